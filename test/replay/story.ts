/**
 * What a recording goes through: every event, every field of every state, once at least. Steps are added at the end of
 * a chapter when something new must occur (coverage.test.ts says what is missing); what is recorded stays as it is.
 */
import { CHECKPOINT_INTERVAL_MS, MAX_CHARGED_TOGETHER } from '../../actors/bounds.js';
import { ManualClock } from '../../actors/adapters/memory/clock.js';
import { chunkOf } from '../../actors/center/borrowers.js';
import { encodeRules } from '../../actors/registry/rules.js';
import { v1 } from '../../proto/generated/emoney.js';
import { NO_PARAMETERS } from '../../actors/money/parameters.js';
import { partitionOf } from '../../actors/runtime/placement.js';
import { Deployment, type Worker } from './deployment.js';
import { Till } from './till.js';

const { Kind, ProhibitionReason, ShareKind, TerminalRole } = v1;
const { KIND_PURCHASE, KIND_DEPOSIT, KIND_ENQUIRY, KIND_REFUND, KIND_VOID } = Kind;
const { KIND_UNLOAD, KIND_ENTRY, KIND_FARE } = Kind;

const PARTITIONS = 3;
/** A Thursday, noon in Tokyo. */
const START = Date.parse('2024-02-29T12:00:00+09:00');
const DAY_MS = 86_400_000;
const REFUND_DAYS = 5;

/** Keyed hashes of PINs, as a gateway makes them. */
const RIGHT = new Uint8Array(16).fill(1);
const WRONG = new Uint8Array(16).fill(2);

type Policy = v1.CardPolicy.$Properties;

const POLICIES: Readonly<Record<string, Policy>> = {
  C1: { shareRule: { kind: ShareKind.SHARE_KIND_ALL_LOAN } },
  C2: {
    shareRule: { kind: ShareKind.SHARE_KIND_RATIO, accountWeight: 3, loanWeight: 2, capDay: 5_000 },
    account: 'bank-2',
  },
  C3: { shareRule: { kind: ShareKind.SHARE_KIND_ALL_ACCOUNT, capTransaction: 4_000 }, account: 'bank-3' },
  C4: { cvmLimit: 300, pinForDeferral: true, pinTries: 2 },
  C5: {
    zones: ['A', 'B'],
    hours: [{ days: 127, fromMinute: 60, toMinute: 1_439 }],
    expiryDate: 20260101,
    storedValueCap: 9_000,
  },
  C6: {
    shareRule: { kind: ShareKind.SHARE_KIND_WATERFALL, capTransaction: 500, capDay: 800 },
    account: 'bank-6',
  },
  C7: {},
  C8: {},
  C9: {},
};

const TERMS: Readonly<Record<string, v1.CardTerms.$Properties>> = {
  C1: { storedValue: 1_200 },
  C2: { storedValue: 500 },
  C3: { storedValue: 0 },
  C4: { storedValue: 2_000, pinHash: RIGHT },
  C5: { storedValue: 800 },
  C6: { loan: 900, interest: 22, fareOwed: 9 },
  C7: { active: false, storedValue: 100 },
  C8: { storedValue: 700, loan: 10 },
  C9: {},
};

/** Cards of one partition and one chunk of borrowers: more than one turn of an interest run visits. */
function neighbours(count: number): string[] {
  const found: string[] = [];
  for (let number = 1; found.length < count; number += 1) {
    const card = `N${number}`;
    if (chunkOf(card) === chunkOf('C1') && partitionOf(card, PARTITIONS) === 0) found.push(card);
  }
  return found;
}

export interface Told {
  readonly deployment: Deployment;
  /** The last owner, still serving. */
  readonly worker: Worker;
}

/** Tells the story. What it leaves: Redis as it was at the last checkpoint, journals that are longer. */
export async function tell(): Promise<Told> {
  const deployment = new Deployment(PARTITIONS, { clock: new ManualClock(START) });
  const parameters = {
    ...NO_PARAMETERS,
    effectiveFrom: 20240229,
    ratePpm: 730_000,
    fares: [
      { fromZone: 'A', toZone: 'B', amount: 320 },
      { fromZone: 'B', toZone: 'A', amount: 320 },
    ],
    refundDays: REFUND_DAYS,
  };
  const businessClock = { start: START, rate: 1 };
  const rules = { currency: 'JPY', currencyScale: 0, timeZone: 'Asia/Tokyo', created: START };
  await deployment.create(encodeRules({ ...rules, businessClock, parameters }));
  const story = new Story(deployment);
  await story.workers('worker-1');
  await story.begin();
  await story.payments();
  await story.givingBack();
  await story.gates();
  await story.operators();
  await story.settlement();
  await story.interest();
  await story.owners();
  await story.batches();
  await story.forgetting();
  await story.withoutRedis();
  return { deployment, worker: story.worker };
}

class Story {
  readonly #at: Deployment;
  readonly #tills = new Map<string, Till>();
  #worker: Worker | undefined;
  #settlements = 0;

  constructor(deployment: Deployment) {
    this.#at = deployment;
  }

  get worker(): Worker {
    if (this.#worker === undefined) throw new Error('nobody serves');
    return this.#worker;
  }

  async workers(name: string, acceptLoss?: ReadonlyMap<number, string>): Promise<void> {
    this.#worker = await this.#at.serve(name, acceptLoss);
  }

  #till(terminal: string): Till {
    const known = this.#tills.get(terminal) ?? new Till(this.#at, terminal);
    this.#tills.set(terminal, known);
    return known;
  }

  /** To a card, or to the center. Throws for another outcome. */
  async #operate(
    to: string,
    command: v1.Command.$Properties,
    outcome: keyof typeof v1.Outcome = 'OUTCOME_APPROVED',
  ): Promise<void> {
    const { acknowledged } = await this.#at.ask(to, command);
    const found = v1.Outcome[acknowledged?.outcome ?? 0];
    if (found !== outcome) throw new Error(`${JSON.stringify(command)}: ${found ?? ''}, not ${outcome}`);
  }

  /** The next days begin; what looks at the clock does so. */
  async #days(count: number): Promise<void> {
    this.#at.clock.set(count * DAY_MS);
    await this.#at.clock.advance(3_000);
  }

  async #holdLists(): Promise<void> {
    // Lists are published, and read by the workers, meanwhile.
    await this.#at.clock.advance(2_000);
    for (const till of this.#tills.values()) await till.holdList();
  }

  async #issue(card: string): Promise<void> {
    const policy = { creditFlag: true, ...POLICIES[card] };
    const terms = { limit: 10_000, active: true, ...TERMS[card], policy };
    await this.#operate(card, { issueCard: { card, terms } });
  }

  async #register(
    terminal: string,
    role: v1.TerminalRole,
    more: v1.RegisterTerminal.$Properties = {},
  ): Promise<void> {
    await this.#operate(terminal, { registerTerminal: { terminal, role, mayDefer: true, ...more } });
  }

  async begin(): Promise<void> {
    for (const card of Object.keys(TERMS)) await this.#issue(card);
    for (const card of neighbours(MAX_CHARGED_TOGETHER + 1)) {
      const terms = { loan: 1_000, limit: 10_000, active: true, policy: { creditFlag: true } };
      await this.#operate(card, { issueCard: { card, terms } });
    }
    await this.#register('T1', TerminalRole.TERMINAL_ROLE_PURCHASE);
    await this.#register('T2', TerminalRole.TERMINAL_ROLE_PURCHASE, { mayDefer: false });
    await this.#register('D1', TerminalRole.TERMINAL_ROLE_DEPOSIT);
    await this.#register('G1', TerminalRole.TERMINAL_ROLE_GATE, { zone: 'A' });
    await this.#register('G2', TerminalRole.TERMINAL_ROLE_GATE, { zone: 'B' });
    await this.#register('P1', TerminalRole.TERMINAL_ROLE_PHONE, { card: 'C1', device: 1 });
    // A first entry, so that the list has a version.
    const prohibition = { card: 'C8', reason: ProhibitionReason.PROHIBITION_REASON_LOST, prohibited: true };
    await this.#operate('C8', { changeProhibition: { ...prohibition, note: 'left on a train' } });
    for (const terminal of ['T1', 'T2', 'D1', 'G1', 'G2']) await this.#till(terminal).hello();
    await this.#till('P1').hello({ card: 'C1', device: 1 });
    await this.#holdLists();
  }

  async payments(): Promise<void> {
    const till = this.#till('T1');
    const { list } = { list: this.#at.prohibitions.version };
    await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C1', { amount: 700 });
    await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C1', { amount: 1_500 });
    await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C2', { amount: 1_501 });
    await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C3', { amount: 1_000 });
    await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C6', { amount: 900 });
    await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C9', { amount: 777 });
    await till.transact('OUTCOME_CREDIT_LIMIT', KIND_PURCHASE, 'C1', { amount: 90_000 });
    await till.transact('OUTCOME_CARD_UNKNOWN', KIND_PURCHASE, 'nobody', { amount: 1 });
    await till.transact('OUTCOME_CARD_PROHIBITED', KIND_PURCHASE, 'C8', { amount: 5 });
    await till.transact('OUTCOME_CARD_NOT_ACTIVE', KIND_PURCHASE, 'C7', { amount: 5 });
    await till.transact('OUTCOME_NOT_PERMITTED', KIND_DEPOSIT, 'C1', { amount: 5 });
    const partial = { amount: 2_500, partial: true };
    await this.#till('T2').transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C5', partial);
    // PINs: asked for, wrong, right, wrong until it is blocked.
    await till.transact('OUTCOME_PIN_REQUIRED', KIND_PURCHASE, 'C4', { amount: 400 });
    await till.transact('OUTCOME_PIN_WRONG', KIND_PURCHASE, 'C4', { amount: 400, pinHash: WRONG });
    await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C4', { amount: 400, pinHash: RIGHT });
    await till.transact('OUTCOME_PIN_WRONG', KIND_PURCHASE, 'C4', { amount: 400, pinHash: WRONG });
    await till.transact('OUTCOME_PIN_BLOCKED', KIND_PURCHASE, 'C4', { amount: 400, pinHash: WRONG });
    await till.transact('OUTCOME_PIN_BLOCKED', KIND_PURCHASE, 'C4', { amount: 400, pinHash: RIGHT });
    const deposits = this.#till('D1');
    await deposits.transact('OUTCOME_APPROVED', KIND_DEPOSIT, 'C1', { amount: 5_000 });
    await deposits.transact('OUTCOME_APPROVED', KIND_DEPOSIT, 'C6', { amount: 500 });
    await deposits.transact('OUTCOME_APPROVED', KIND_DEPOSIT, 'C5', { amount: 3_000 });
    await deposits.transact('OUTCOME_CAP_EXCEEDED', KIND_DEPOSIT, 'C5', { amount: 90_000 });
    await this.#till('P1').transact('OUTCOME_APPROVED', KIND_ENQUIRY, 'C1');
    // The same device again, then one with a source, which a file replays.
    await till.helloAgain({ list });
    await this.#till('T2').hello({ source: 'week-9.csv sha256:0123' });
    await this.#till('T2').holdList();
    await this.#till('T2').transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C1', { amount: 20 });
  }

  async givingBack(): Promise<void> {
    const till = this.#till('T1');
    const first = await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C1', { amount: 4_200 });
    await till.transact('OUTCOME_APPROVED', KIND_REFUND, 'C1', { amount: 1_000, original: first.id });
    const second = await till.transact('OUTCOME_APPROVED', KIND_REFUND, 'C1', {
      amount: 300,
      original: first.id,
    });
    await till.reverse(second);
    await till.transact('OUTCOME_REFUND_EXCEEDS_ORIGINAL', KIND_REFUND, 'C1', {
      amount: 9_999,
      original: first.id,
    });
    await till.reverse(first);
    const shared = await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C2', { amount: 700 });
    await till.transact('OUTCOME_APPROVED', KIND_VOID, 'C2', { original: shared.id });
    const third = await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C2', { amount: 300 });
    const taken = await till.transact('OUTCOME_APPROVED', KIND_VOID, 'C2');
    await till.reverse(taken);
    await till.reverse(third);
    await till.reverseUnseen('C3');
    // Deposited, spent, and the deposit reversed: what the card no longer holds becomes loan.
    const deposits = this.#till('D1');
    const deposit = await deposits.transact('OUTCOME_APPROVED', KIND_DEPOSIT, 'C3', { amount: 2_000 });
    await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C3', { amount: 1_900 });
    await deposits.reverse(deposit);
    // Loan that was repaid before it is given back goes to stored value.
    const loaned = await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C6', { amount: 1_500 });
    await deposits.transact('OUTCOME_APPROVED', KIND_DEPOSIT, 'C6', { amount: 4_000 });
    await till.transact('OUTCOME_APPROVED', KIND_REFUND, 'C6', { amount: 1_500, original: loaned.id });
  }

  async gates(): Promise<void> {
    const [enter, leave] = [this.#till('G1'), this.#till('G2')];
    await enter.transact('OUTCOME_APPROVED', KIND_ENTRY, 'C5');
    await enter.transact('OUTCOME_ALREADY_INSIDE', KIND_ENTRY, 'C5');
    const fare = await leave.transact('OUTCOME_APPROVED', KIND_FARE, 'C5');
    await leave.reverse(fare);
    await leave.transact('OUTCOME_APPROVED', KIND_FARE, 'C5');
    const entry = await enter.transact('OUTCOME_APPROVED', KIND_ENTRY, 'C5');
    await enter.reverse(entry);
    // Of a card that cannot pay all of it: the rest stays owed.
    await this.#operate('C7', { activateCard: { card: 'C7' } });
    const policy = { creditFlag: false };
    await this.#operate('C7', { changePolicy: { card: 'C7', policy } });
    await enter.transact('OUTCOME_APPROVED', KIND_ENTRY, 'C7');
    const unpaid = await leave.transact('OUTCOME_APPROVED', KIND_FARE, 'C7');
    await leave.transact('OUTCOME_APPROVED', KIND_VOID, 'C7', { original: unpaid.id });
    await enter.transact('OUTCOME_APPROVED', KIND_ENTRY, 'C7');
    await leave.transact('OUTCOME_APPROVED', KIND_FARE, 'C7');
    await leave.transact('OUTCOME_FARE_OWED', KIND_ENTRY, 'C7');
    await enter.transact('OUTCOME_APPROVED', KIND_ENTRY, 'C5');
  }

  async operators(): Promise<void> {
    await this.#operate('C4', { unblockPin: { card: 'C4' } });
    await this.#operate('C4', { setPin: { card: 'C4', pinHash: RIGHT } });
    await this.#operate('C4', { replaceCard: { card: 'C4', device: 2, note: 'a broken chip' } });
    await this.#till('T1').transact('OUTCOME_DEVICE_SUPERSEDED', KIND_PURCHASE, 'C4', { amount: 5 });
    const present = { amount: 5, device: 2 };
    await this.#till('T1').transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C4', present);
    await this.#operate('C1', { storeValue: { card: 'C1', reference: 'S1', amount: 250, note: 'a gift' } });
    await this.#operate('C1', { storeValue: { card: 'C1', reference: 'S2', amount: 99 } });
    await this.#operate('C1', { cancelStore: { card: 'C1', reference: 'S2', note: 'twice' } });
    await this.#till('P1').transact('OUTCOME_APPROVED', KIND_ENQUIRY, 'C1');
    await this.#operate('C3', { storeValue: { card: 'C3', reference: 'S3', amount: 40 } });
    const adjustment = { storedValue: 5, loan: 7, interest: 3, fareOwed: 2 };
    await this.#operate('C6', {
      adjustCard: { card: 'C6', reference: 'A1', adjustment, note: 'a correction' },
    });
    const waiver = { interest: -3, fareOwed: -2 };
    await this.#operate('C6', {
      adjustCard: { card: 'C6', reference: 'A2', adjustment: waiver, note: 'waived' },
    });
    // An instruction that waits, because the cap has fallen.
    await this.#operate('C5', { storeValue: { card: 'C5', reference: 'S5', amount: 1_000 } });
    await this.#operate('C5', {
      changePolicy: { card: 'C5', policy: { ...POLICIES['C5'], storedValueCap: 1 } },
    });
    await this.#till('T1').transact('OUTCOME_APPROVED', KIND_ENQUIRY, 'C5');
    await this.#operate('C5', {
      changePolicy: { card: 'C5', policy: { creditFlag: true, ...POLICIES['C5'] } },
    });
    // The limit falls below what is owed: an alert, then a prohibition by the limit; repaid, both are over.
    await this.#till('T1').transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C1', { amount: 9_000 });
    await this.#operate('C1', { changeLimit: { card: 'C1', limit: 2_000 } });
    await this.#holdLists();
    await this.#till('D1').transact('OUTCOME_APPROVED', KIND_DEPOSIT, 'C1', { amount: 9_000 });
    const lost = { card: 'C8', reason: ProhibitionReason.PROHIBITION_REASON_LOST, prohibited: false };
    await this.#operate('C8', { changeProhibition: { ...lost, note: 'found' } });
    await this.#holdLists();
    // Closed for good.
    await this.#operate('C8', {
      adjustCard: { card: 'C8', reference: 'A3', adjustment: { loan: -10 }, note: 'written off' },
    });
    await this.#till('D1').transact('OUTCOME_CLOSE_NOT_POSSIBLE', KIND_UNLOAD, 'C6');
    const closing = await this.#till('D1').transact('OUTCOME_APPROVED', KIND_UNLOAD, 'C8');
    await this.#till('D1').reverse(closing);
    await this.#till('D1').transact('OUTCOME_APPROVED', KIND_UNLOAD, 'C8');
  }

  async #settle(): Promise<void> {
    this.#settlements += 1;
    await this.#operate('center', { settle: { number: this.#settlements } });
    await this.#at.clock.advance(1_000);
  }

  /** Debit orders of a card, oldest first. */
  async #orders(card: string): Promise<string[]> {
    const { cards } = await this.#at.ask(card, { describeCards: { cards: [card] } });
    const shares = cards?.cards?.[0]?.record?.shares ?? [];
    return shares.map(({ order }) => order ?? '').filter((order) => order !== '');
  }

  async settlement(): Promise<void> {
    const till = this.#till('T1');
    const shared = await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C2', { amount: 500 });
    await this.#settle();
    await till.transact('OUTCOME_APPROVED', KIND_REFUND, 'C2', { amount: 100, original: shared.id });
    // What was given back after its order is ordered back.
    await this.#settle();
    const [paid, ...others] = await this.#orders('C2');
    await this.#operate('C2', { confirmCollection: { card: 'C2', order: paid ?? '' } });
    for (const order of others) await this.#operate('C2', { returnCollection: { card: 'C2', order } });
    const [back] = await this.#orders('C3');
    await this.#operate('C3', { returnCollection: { card: 'C3', order: back ?? '' } });
    await till.transact('OUTCOME_APPROVED', KIND_REFUND, 'C2', { amount: 200, original: shared.id });
    await this.#orderedTwice('C2', true);
    await this.#orderedTwice('C3', false);
  }

  /** A share that is ordered, given back, and ordered again because the refund was reversed. */
  async #orderedTwice(card: string, paid: boolean): Promise<void> {
    const till = this.#till('T1');
    const sale = await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, card, { amount: 900 });
    await this.#settle();
    const first = (await this.#orders(card)).at(-1) ?? '';
    const refund = await till.transact('OUTCOME_APPROVED', KIND_REFUND, card, {
      amount: 900,
      original: sale.id,
    });
    await this.#settle();
    await till.reverse(refund);
    await this.#settle();
    await this.#operate(
      card,
      paid ? { confirmCollection: { card, order: first } } : { returnCollection: { card, order: first } },
    );
  }

  async interest(): Promise<void> {
    const fares = [{ fromZone: 'A', toZone: 'B', amount: 350 }];
    const frequency = v1.Frequency.FREQUENCY_WEEKLY;
    const parameters = {
      number: 1,
      effectiveFrom: 20240302,
      ratePpm: 365_000,
      frequency,
      fares,
      refundDays: 4,
    };
    await this.#operate('center', { setParameters: { parameters, note: 'a spring offer' } });
    await this.#days(2);
    await this.#operate('center', { chargeInterest: { through: 20240301 } });
    // Late, of a date that is charged already: a payment, its reversal, and an access that applies an instruction.
    const late = { terminalTimeMs: this.#at.clock.now() - 2 * DAY_MS };
    const till = this.#till('T1');
    const sale = await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C6', { amount: 5_000, ...late });
    await till.reverse(sale, late);
    await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C6', { amount: 5_000 });
    await this.#operate('C6', { storeValue: { card: 'C6', reference: 'S4', amount: 120 } });
    await till.transact('OUTCOME_APPROVED', KIND_ENQUIRY, 'C6', late);
    await this.#till('D1').transact('OUTCOME_APPROVED', KIND_DEPOSIT, 'C9', { amount: 2_000 });
    // The schedule does it by itself.
    await this.#days(6);
    await this.#till('D1').transact('OUTCOME_APPROVED', KIND_DEPOSIT, 'C6', { amount: 100 });
    // Closed with a fraction of a yen that is owed to nobody.
    await this.#till('D1').transact('OUTCOME_APPROVED', KIND_DEPOSIT, 'C9', { amount: 100 });
    await this.#till('D1').transact('OUTCOME_APPROVED', KIND_UNLOAD, 'C9');
  }

  async owners(): Promise<void> {
    const { clock } = this.#at;
    const first = this.worker;
    const second = await this.#at.start('worker-2', new Map([[1, 'a drill']]));
    await this.#at.until(() => this.#at.serving(second) === 1, 'a hand-over', 30_000);
    first.link.stop();
    this.#worker = second;
    await this.#at.until(() => this.#at.serving(second) === PARTITIONS, 'worker-2 has all', 30_000);
    await this.#at.leave(second);
    await clock.advance(500);
    await this.workers('worker-3', new Map([[1, 'acknowledged frames were given up in a drill']]));
  }

  async batches(): Promise<void> {
    const till = this.#till('T1');
    await till.helloAgain();
    await this.#holdLists();
    const sale = await till.transact('OUTCOME_APPROVED', KIND_PURCHASE, 'C1', { amount: 30 });
    const { incarnation, number } = sale.id;
    const reported = { incarnation: incarnation!, number: number!, kind: KIND_PURCHASE, amount: 30 };
    const closing = { terminal: 'T1', session: till.session, batch: 1 };
    const transactions = [reported, { ...reported, reversal: true }];
    await this.#at.ask('T1', { closeBatch: { ...closing, transactions, more: true } });
    const totals = {
      purchases: { count: 12, amount: 9_000 },
      deposits: { count: 0, amount: 0 },
      enquiries: 1,
    };
    await this.#at.ask('T1', { closeBatch: { ...closing, totals } });
    for (const terminal of ['T2', 'D1', 'G1', 'G2'])
      await this.#at.ask(terminal, { closeBatch: { terminal } });
    await this.#at.clock.advance(3_000);
  }

  /** Nothing of the payments can be given back any more: the next access forgets what was. */
  async forgetting(): Promise<void> {
    await this.#days(220);
    for (const till of this.#tills.values()) {
      const phone = till.terminal === 'P1' ? { card: 'C1', device: 1 } : {};
      await till.helloAgain(phone);
    }
    await this.#holdLists();
    for (const card of ['C1', 'C2', 'C3', 'C6']) {
      await this.#till('T1').transact('OUTCOME_APPROVED', KIND_ENQUIRY, card);
    }
    await this.#operate('center', { chargeInterest: { through: 20241001 } });
  }

  /** The last checkpoint is written in the middle of a payment; what comes after it is in the journals alone. */
  async withoutRedis(): Promise<void> {
    const till = this.#till('T1');
    const elsewhere = ['C1', 'C2', 'C3', 'C6'].find(
      (card) => this.#at.partitionOf(card) !== this.#at.partitionOf('T1'),
    )!;
    const stream = this.#at.stream(this.#at.partitionOf(elsewhere));
    stream.setReachable(false);
    const open = till.send(KIND_PURCHASE, elsewhere, { amount: 35 });
    await this.#at.clock.advance(2 * CHECKPOINT_INTERVAL_MS);
    stream.setReachable(true);
    this.#at.snapshots.setAvailable(false);
    await this.#at.reply(open.correlation);
    await till.transact('OUTCOME_APPROVED', KIND_ENQUIRY, 'C1');
    await this.#till('D1').transact('OUTCOME_APPROVED', KIND_DEPOSIT, 'C3', { amount: 75 });
    await this.#operate('C5', { changeLimit: { card: 'C5', limit: 4_000 } });
    await this.#at.clock.advance(3_000);
  }
}
