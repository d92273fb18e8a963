import { expect } from 'chai';
import fc from 'fast-check';
import type { Command } from '../../../actors/registry/command.js';
import { createCommandDecoder } from '../../../actors/registry/wire/commandCodec.js';
import { encodeParameters } from '../../../actors/registry/wire/parametersCodec.js';
import { encodePolicy, encodeTerms } from '../../../actors/registry/wire/policyCodec.js';
import { MalformedError } from '../../../actors/runtime/errors.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { C1, idOf, NOON, PARAMETERS, RIGHT_PIN, TODAY } from '../money/samples.js';
import { anyParameters, anyPolicy, anyTerms } from './arbitraries.js';

const decodeCommand = createCommandDecoder('JPY');

function decode(command: v1.Command.$Properties): Command {
  return decodeCommand(v1.Command.encode(command).finish());
}

const pinHash = Buffer.from(RIGHT_PIN, 'hex');
const note = 'by telephone';
const any = undefined;
const place = { partition: 2, chunk: 3, after: 'C0', through: TODAY };

/** One of each command about a card or the center, as it is sent and as it is decided. */
const commands: Readonly<
  Record<
    Exclude<
      NonNullable<v1.Command['body']>,
      | 'openSession'
      | 'transact'
      | 'reverse'
      | 'queryOutcome'
      | 'holdList'
      | 'ask'
      | 'closeBatch'
      | 'compileBatch'
      | 'dryRun'
    >,
    readonly [v1.Command.$Properties, unknown]
  >
> = {
  registerTerminal: [
    { registerTerminal: { terminal: 'G1', role: v1.TerminalRole.TERMINAL_ROLE_GATE, zone: 'A' } },
    {
      type: 'RegisterTerminal',
      terminal: 'G1',
      role: 'GATE',
      mayDefer: false,
      zone: 'A',
      card: '',
      device: 0,
    },
  ],
  issueCard: [
    { issueCard: { card: 'C1', terms: encodeTerms(C1) } },
    { type: 'IssueCard', card: 'C1', terms: C1 },
  ],
  activateCard: [{ activateCard: { card: 'C1' } }, { type: 'ActivateCard', card: 'C1' }],
  changeLimit: [
    { changeLimit: { card: 'C1', limit: 0, expectedVersion: 7 } },
    { type: 'ChangeLimit', card: 'C1', limit: 0, expectedVersion: 7 },
  ],
  changeProhibition: [
    {
      changeProhibition: {
        card: 'C1',
        reason: v1.ProhibitionReason.PROHIBITION_REASON_LOST,
        prohibited: true,
      },
    },
    {
      type: 'ChangeProhibition',
      card: 'C1',
      reason: 'LOST',
      prohibited: true,
      note: '',
      expectedVersion: any,
    },
  ],
  changePolicy: [
    { changePolicy: { card: 'C1', policy: encodePolicy(C1.policy) } },
    { type: 'ChangePolicy', card: 'C1', policy: C1.policy, expectedVersion: any },
  ],
  setPin: [{ setPin: { card: 'C1', pinHash } }, { type: 'SetPin', card: 'C1', pinHash: RIGHT_PIN }],
  unblockPin: [{ unblockPin: { card: 'C1' } }, { type: 'UnblockPin', card: 'C1' }],
  replaceCard: [
    { replaceCard: { card: 'C1', device: 2, note } },
    { type: 'ReplaceCard', card: 'C1', device: 2, note },
  ],
  storeValue: [
    { storeValue: { card: 'C1', reference: 'R1', amount: -5, note, date: TODAY } },
    { type: 'StoreValue', card: 'C1', reference: 'R1', amount: -5, note, date: TODAY },
  ],
  cancelStore: [
    { cancelStore: { card: 'C1', reference: 'R1' } },
    { type: 'CancelStore', card: 'C1', reference: 'R1', note: '' },
  ],
  adjustCard: [
    { adjustCard: { card: 'C1', reference: 'R1', adjustment: { loan: -5, fareOwed: 7 }, note } },
    {
      type: 'AdjustCard',
      card: 'C1',
      reference: 'R1',
      adjustment: { storedValue: 0, loan: -5, interest: 0, fareOwed: 7 },
      note,
      date: any,
    },
  ],
  confirmCollection: [
    { confirmCollection: { card: 'C1', order: '1-0-5-0' } },
    { type: 'ConfirmCollection', card: 'C1', order: '1-0-5-0' },
  ],
  returnCollection: [
    { returnCollection: { card: 'C1', order: '1-0-5-0' } },
    { type: 'ReturnCollection', card: 'C1', order: '1-0-5-0' },
  ],
  setParameters: [
    { setParameters: { parameters: encodeParameters(PARAMETERS), note } },
    { type: 'SetParameters', parameters: PARAMETERS, note },
  ],
  chargeInterest: [{ chargeInterest: { through: TODAY } }, { type: 'ChargeInterest', through: TODAY }],
  settle: [{ settle: { number: 3 } }, { type: 'Settle', number: 3 }],
  describeCenter: [{ describeCenter: {} }, { type: 'DescribeCenter' }],
  adoptParameters: [
    { adoptParameters: { partition: 2, parameters: encodeParameters(PARAMETERS) } },
    { type: 'AdoptParameters', partition: 2, parameters: PARAMETERS },
  ],
  listBorrowers: [{ listBorrowers: place }, { type: 'ListBorrowers', place: { ...place, settlement: 0 } }],
  chargeCards: [
    { chargeCards: { ...place, settlement: 4, cards: ['C1', 'C2'] } },
    { type: 'ChargeCards', place: { ...place, settlement: 4 }, cards: ['C1', 'C2'] },
  ],
  describeCards: [{ describeCards: { cards: ['C1'] } }, { type: 'DescribeCards', ids: ['C1'], firstRow: 0 }],
  describeTerminals: [
    { describeTerminals: { terminals: ['T1'], firstRow: 9 } },
    { type: 'DescribeTerminals', ids: ['T1'], firstRow: 9 },
  ],
  describeTotals: [
    { describeTotals: { terminals: ['T1'] } },
    { type: 'DescribeTotals', ids: ['T1'], firstRow: 0 },
  ],
};

describe('what operators and the center command', () => {
  for (const [name, [wire, plain]] of Object.entries(commands)) {
    it(`${name} arrives as it was sent`, () => {
      expect(decode(wire)).to.deep.equal(plain);
    });
  }

  it('terms, policies and parameters arrive whole, whatever they are', () => {
    fc.assert(
      fc.property(anyTerms, anyPolicy, anyParameters, (terms, policy, parameters) => {
        expect(decode({ issueCard: { card: 'C1', terms: encodeTerms(terms) } })).to.deep.include({ terms });
        const changed = { changePolicy: { card: 'C1', policy: encodePolicy(policy) } };
        expect(decode(changed)).to.deep.include({ policy });
        const set = { setParameters: { parameters: encodeParameters(parameters) } };
        expect(decode(set)).to.deep.include({ parameters });
      }),
      { numRuns: 200 },
    );
  });

  describe('is refused when it is badly formed, and the field is named', () => {
    const card = 'C1';
    const reference = 'R1';
    const store = { card, reference, amount: 5 };
    const adjust = { card, reference, adjustment: { loan: 1 }, note };
    const rule = (shareRule: v1.ShareRule.$Properties) => ({ changePolicy: { card, policy: { shareRule } } });
    const hours = (window: v1.TimeWindow.$Properties) => ({
      changePolicy: { card, policy: { hours: [window] } },
    });
    const set = (change: v1.Parameters.$Properties) => ({
      setParameters: { parameters: { ...encodeParameters(PARAMETERS), ...change } },
    });
    const { SHARE_KIND_ALL_LOAN, SHARE_KIND_ALL_ACCOUNT, SHARE_KIND_RATIO, SHARE_KIND_WATERFALL } =
      v1.ShareKind;
    const gate = v1.TerminalRole.TERMINAL_ROLE_GATE;
    const till = v1.TerminalRole.TERMINAL_ROLE_PURCHASE;
    const phone = v1.TerminalRole.TERMINAL_ROLE_PHONE;
    const tap = { id: idOf(1), session: 1, mark: 1, card, terminalTimeMs: NOON };
    const refused: readonly [string, v1.Command.$Properties, RegExp][] = [
      ['a store without a reference', { storeValue: { card, amount: 5 } }, /reference: is missing/],
      ['a store without an amount', { storeValue: { card, reference } }, /amount: is missing/],
      ['a store on a date that is none', { storeValue: { ...store, date: 20241301 } }, /date/],
      ['a store with a note of two lines', { storeValue: { ...store, note: 'a\nb' } }, /note/],
      ['a cancellation of nothing', { cancelStore: { card } }, /reference: is missing/],
      ['an adjustment without a reason', { adjustCard: { ...adjust, note: '' } }, /note: is missing/],
      ['an adjustment of nothing', { adjustCard: { ...adjust, adjustment: null } }, /adjustment: is missing/],
      [
        'an adjustment that is huge',
        { adjustCard: { ...adjust, adjustment: { loan: -1_000_000_000_000 } } },
        /adjustment.loan: is beyond/,
      ],
      ['a replacement by no device', { replaceCard: { card } }, /device/],
      [
        'a hash of 15 bytes',
        { setPin: { card, pinHash: new Uint8Array(15) } },
        /pin_hash: must have 16 bytes/,
      ],
      ['a change of no policy', { changePolicy: { card } }, /policy: is missing/],
      ['16 tries', { changePolicy: { card, policy: { pinTries: 16 } } }, /policy.pin_tries/],
      [
        '65 zones',
        { changePolicy: { card, policy: { zones: Array<string>(65).fill('A') } } },
        /policy.zones/,
      ],
      ['a cap below 0', { changePolicy: { card, policy: { storedValueCap: -1 } } }, /stored_value_cap/],
      ['no kind of a share rule', rule({}), /share_rule.kind/],
      ['a ratio of nothing', rule({ kind: SHARE_KIND_RATIO }), /both weights are 0/],
      ['weights of a waterfall', rule({ kind: SHARE_KIND_WATERFALL, loanWeight: 1 }), /has no weights/],
      ['a waterfall without a cap', rule({ kind: SHARE_KIND_WATERFALL }), /needs a cap/],
      ['a cap of no account', rule({ kind: SHARE_KIND_ALL_LOAN, capDay: 1 }), /has no account/],
      ['a cap below 0', rule({ kind: SHARE_KIND_ALL_ACCOUNT, capDay: -1 }), /share_rule.cap_day/],
      ['a window on no day', hours({ fromMinute: 0, toMinute: 5 }), /hours.days/],
      [
        'a window that ends before it begins',
        hours({ days: 1, fromMinute: 9, toMinute: 9 }),
        /hours.to_minute/,
      ],
      ['a window of more than a day', hours({ days: 1, fromMinute: 0, toMinute: 1_441 }), /hours.to_minute/],
      ['no parameters', { setParameters: {} }, /parameters: is missing/],
      ['a rate above 1,000 %', set({ ratePpm: 10_000_001 }), /rate_ppm/],
      ['no frequency', set({ frequency: null }), /frequency/],
      ['no date', set({ effectiveFrom: null }), /effective_from/],
      ['a fare below 0', set({ fares: [{ fromZone: 'A', toZone: 'B', amount: -1 }] }), /fares.amount/],
      ['a fare to nowhere', set({ fares: [{ fromZone: 'A', amount: 1 }] }), /fares.to_zone/],
      ['a window of eleven years', set({ refundDays: 4_000 }), /refund_days/],
      ['a charge up to no date', { chargeInterest: {} }, /through/],
      ['a return of no order', { returnCollection: { card } }, /order: is missing/],
      ['a gate without a zone', { registerTerminal: { terminal: 'G1', role: gate } }, /zone: is missing/],
      [
        'a till with one',
        { registerTerminal: { terminal: 'T1', role: till, zone: 'A' } },
        /zone: PURCHASE has/,
      ],
      ['a phone without a card', { registerTerminal: { terminal: 'P1', role: phone } }, /card: is missing/],
      ['a till with one', { registerTerminal: { terminal: 'T1', role: till, card } }, /card: PURCHASE has/],
      [
        'a refund of nothing',
        { transact: { ...tap, kind: v1.Kind.KIND_REFUND, amount: 5 } },
        /original: is missing/,
      ],
      [
        'a purchase of something before',
        { transact: { ...tap, kind: v1.Kind.KIND_PURCHASE, amount: 5, original: idOf(2) } },
        /original: PURCHASE has none/,
      ],
      [
        'a void with an amount',
        { transact: { ...tap, kind: v1.Kind.KIND_VOID, amount: 5 } },
        /amount: VOID has none/,
      ],
      ['a store by a terminal', { transact: { ...tap, kind: v1.Kind.KIND_STORE } }, /kind: STORE/],
    ];
    for (const [what, command, message] of refused) {
      it(what, () => {
        expect(() => decode(command)).to.throw(MalformedError, message);
      });
    }
  });
});
