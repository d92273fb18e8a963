/** What may happen in a random history: anything that a device, an operator, the network or a worker can do. */
import fc from 'fast-check';
import { type CardPolicy, PLAIN_POLICY } from '../../../actors/money/cardPolicy.js';
import { ALL_LOAN, type ShareRule } from '../../../actors/money/shareRule.js';
import { encodePolicy } from '../../../actors/registry/wire/policyCodec.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { ratio, RIGHT_PIN, shareRule, TODAY, WRONG_PIN } from '../money/samples.js';

export const CARDS = ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9'] as const;
export const TERMINALS = ['T1', 'T2', 'T3', 'D1', 'D2', 'G1', 'G2', 'P1'] as const;
export const PARTITIONS = 3;

export type Action =
  | (Taps & { readonly do: 'tap' | 'enquire'; readonly card: number; readonly amount: number })
  /** `payment`: how many approved ones ago; `percent` of its amount. `astray`: of something else. */
  | (Taps & { readonly do: 'refund'; readonly payment: number; readonly percent: number } & Astray)
  | (Taps & { readonly do: 'void'; readonly payment: number; readonly named: boolean } & Astray)
  | (Taps & { readonly do: 'unload'; readonly card: number })
  /** Of any device: how many sales ago. */
  | { readonly do: 'reverse'; readonly sale: number }
  | { readonly do: 'repeat' | 'query' | 'misuse'; readonly terminal: number; readonly sale: number }
  | { readonly do: 'hello'; readonly terminal: number; readonly remembers: boolean }
  | { readonly do: 'hold' }
  | { readonly do: 'operate'; readonly card: number; readonly command: Operation }
  | { readonly do: 'charge' | 'settle' }
  /** The bank pays a collection for good, or returns it: how many orders ago. */
  | { readonly do: 'collection'; readonly order: number; readonly comesBack: boolean }
  | { readonly do: 'close'; readonly terminal: number }
  | { readonly do: 'parameters'; readonly ratePpm: number }
  | { readonly do: 'deliver'; readonly choice: number; readonly fate: 'once' | 'twice' | 'lost' }
  | { readonly do: 'commit' | 'crash' | 'repeatAsks' | 'wake'; readonly partition: number }
  | { readonly do: 'wait'; readonly ms: number }
  /** Everything that is on its way arrives. */
  | { readonly do: 'arrive' }
  /** Half a year and more goes by in which nothing happens. */
  | { readonly do: 'age' };

interface Astray {
  readonly astray: 'not' | 'card' | 'payment' | 'terminal';
}

export interface Taps {
  readonly terminal: number;
  readonly how: {
    readonly pinHash: string;
    readonly partial: boolean;
    /** How many devices behind the newest. */
    readonly older: number;
    readonly clock: number;
  };
}

/** Of an operator; the card is chosen apart. */
export type Operation = Pick<
  v1.Command.$Properties,
  | 'changeLimit'
  | 'changeProhibition'
  | 'changePolicy'
  | 'storeValue'
  | 'cancelStore'
  | 'adjustCard'
  | 'replaceCard'
  | 'unblockPin'
  | 'activateCard'
  | 'setPin'
>;

const MINUTE = 60_000;
const DAY = 86_400_000;

const terminal = fc.nat(TERMINALS.length - 1);
const sale = fc.nat(8);
const partition = fc.nat(PARTITIONS - 1);

/** Mostly what a card can pay. */
const amount = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 4_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, 10_000, 1_000_000_000_000) },
);

function rarely<Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(usual, ...others) },
  );
}

const how: fc.Arbitrary<Taps['how']> = fc.record({
  pinHash: fc.oneof(
    { weight: 9, arbitrary: fc.constant('') },
    { weight: 6, arbitrary: fc.constant(RIGHT_PIN) },
    { weight: 1, arbitrary: fc.constant(WRONG_PIN) },
  ),
  partial: fc.boolean(),
  older: rarely(0, 1),
  clock: rarely(0, -90_000, -DAY, -3 * DAY, 5 * MINUTE, 60 * MINUTE),
});

const rules: readonly ShareRule[] = [
  ALL_LOAN,
  shareRule('ALL_ACCOUNT'),
  ratio(60, 40, { capDay: 900 }),
  ratio(1, 1),
  shareRule('WATERFALL', { capTransaction: 300, capDay: 500 }),
];

const credit: CardPolicy = { ...PLAIN_POLICY, account: 'bank-1', creditFlag: true, storedValueCap: 20_000 };
const policies: readonly CardPolicy[] = [
  ...rules.map((rule) => ({ ...credit, shareRule: rule })),
  { ...credit, account: '', shareRule: ratio(1, 1) },
  { ...credit, account: 'bank-2', shareRule: shareRule('ALL_ACCOUNT') },
  { ...credit, pinForDeferral: true },
  { ...credit, creditFlag: false },
  { ...credit, expiryDate: TODAY, storedValueCap: 1_000 },
  { ...credit, zones: ['B'], pinTries: 1 },
  { ...credit, hours: [{ days: 0b001_1111, fromMinute: 0, toMinute: 1_000 }] },
];

const { PROHIBITION_REASON_OPERATOR, PROHIBITION_REASON_LOST } = v1.ProhibitionReason;
const signed = fc.integer({ min: -400, max: 400 });
const reference = fc.nat(12).map((number) => `R${number}`);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ changeLimit: fc.record({ limit: fc.nat(12_000) }) }),
  fc.record({
    changeProhibition: fc.record({
      reason: fc.constantFrom(PROHIBITION_REASON_OPERATOR, PROHIBITION_REASON_LOST),
      prohibited: fc.boolean(),
    }),
  }),
  fc.record({ changePolicy: fc.record({ policy: fc.constantFrom(...policies.map(encodePolicy)) }) }),
  fc.record({ storeValue: fc.record({ reference, amount }) }),
  fc.record({ storeValue: fc.record({ reference, amount }) }),
  fc.record({ cancelStore: fc.record({ reference }) }),
  fc.record({
    adjustCard: fc.record({
      reference,
      adjustment: fc.record({ storedValue: signed, loan: signed, interest: signed, fareOwed: signed }),
      note: fc.constant('a correction'),
    }),
  }),
  fc.record({ replaceCard: fc.record({ device: fc.integer({ min: 2, max: 4 }) }) }),
  fc.constantFrom<Operation>(
    { unblockPin: {} },
    { activateCard: {} },
    { setPin: { pinHash: Buffer.from(RIGHT_PIN, 'hex') } },
  ),
);

interface Weighted {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Action>;
}

type ActionOf<Name, Each = Action> = Each extends { readonly do: infer Names }
  ? Name extends Names
    ? Each
    : never
  : never;

type FieldsOf<Each> = { readonly [Key in Exclude<keyof Each, 'do'>]: fc.Arbitrary<Each[Key]> };

function weighted<Name extends Action['do']>(
  weight: number,
  name: Name,
  fields: FieldsOf<ActionOf<Name>>,
): Weighted {
  return { weight, arbitrary: fc.record({ ...fields, do: fc.constant(name) }) as fc.Arbitrary<Action> };
}

/** What devices and operators do. */
function business(card: fc.Arbitrary<number>): readonly Weighted[] {
  const payment = fc.nat(5);
  const percent = fc.constantFrom(100, 50, 33, 1, 70, 101);
  const astray = rarely<Astray['astray']>('not', 'card', 'payment', 'terminal');
  const till = fc.constantFrom(0, 0, 1, 2, 3, 3, 5, 6, 7);
  return [
    weighted(48, 'tap', { terminal: till, card, amount, how }),
    weighted(2, 'enquire', { terminal, card, amount: fc.constant(0), how }),
    weighted(14, 'refund', { terminal: fc.nat(2), payment, percent, astray, how }),
    weighted(8, 'void', { terminal: fc.nat(2), payment: rarely(0, 1), named: fc.boolean(), astray, how }),
    weighted(1, 'unload', { terminal: fc.constantFrom(3, 4), card, how }),
    weighted(6, 'repeat', { terminal, sale }),
    weighted(22, 'reverse', { sale: fc.nat(9) }),
    weighted(18, 'operate', { card, command: operation }),
    weighted(3, 'charge', {}),
    weighted(8, 'settle', {}),
    weighted(12, 'collection', { order: fc.nat(5), comesBack: rarely(true, false) }),
    weighted(5, 'close', { terminal: till }),
    weighted(4, 'wait', { ms: fc.oneof(fc.nat(60 * MINUTE), fc.constant(DAY)) }),
    weighted(5, 'hold', {}),
  ];
}

const misfortune: readonly Weighted[] = [
  weighted(2, 'query', { terminal, sale }),
  weighted(2, 'misuse', { terminal, sale }),
  weighted(3, 'hello', { terminal, remembers: fc.boolean() }),
  weighted(2, 'parameters', { ratePpm: fc.nat(10_000_000) }),
  weighted(170, 'deliver', {
    choice: fc.nat(20),
    fate: fc.constantFrom<'once' | 'twice' | 'lost'>('once', 'once', 'once', 'once', 'twice', 'lost'),
  }),
  weighted(80, 'commit', { partition }),
  weighted(4, 'crash', { partition }),
  weighted(4, 'repeatAsks', { partition }),
  weighted(10, 'wake', { partition }),
  weighted(12, 'arrive', {}),
];

/** Everything, with a network and workers that fail. */
export const troubledHistory = fc.array(fc.oneof(...business(fc.nat(CARDS.length - 1)), ...misfortune), {
  minLength: 1,
  maxLength: 400,
  size: 'max',
});

/** Every message arrives at once: deeper mixtures of fewer cards, and shorter counterexamples. */
export const calmHistory = fc.array(
  fc.oneof(...business(fc.constantFrom(0, 0, 1, 5, 7)), weighted(1, 'age', {})),
  { minLength: 1, maxLength: 80, size: 'max' },
);
