import { expect } from 'chai';
import { v1 } from '../../../proto/generated/emoney.js';
import { Auditor } from '../../../simulator/auditor/auditor.js';
import { auditSystem } from '../../../simulator/auditor/index.js';
import { expectViolation } from './audited.js';
import { ActorsWorld } from './actorsWorld.js';

const { Kind, ShareKind, TerminalRole } = v1;
const DAY_MS = 86_400_000;
const PARAMETERS = { effectiveFrom: 20240101, ratePpm: 180_000, frequency: 1 };

/** Some minutes before midnight in Tokyo, on the first day. */
const LATE = Date.parse('2026-03-01T23:50:00+09:00');

/** One card, a till and a deposit terminal, of the real actors. */
class Bank {
  readonly world = new ActorsWorld(2, { parameters: PARAMETERS });
  readonly #sessions = new Map<string, { session: number; incarnation: number; next: number }>();

  constructor(terms: v1.CardTerms.$Properties, policy: v1.CardPolicy.$Properties = {}) {
    this.world.time = LATE;
    this.#register('T1', TerminalRole.TERMINAL_ROLE_PURCHASE);
    this.#register('D1', TerminalRole.TERMINAL_ROLE_DEPOSIT);
    const issued = { active: true, limit: 50_000, ...terms, policy: { creditFlag: true, ...policy } };
    this.operate({ issueCard: { card: 'C1', terms: issued } });
  }

  #register(terminal: string, role: v1.TerminalRole): void {
    const { world } = this;
    world.command(terminal, { registerTerminal: { terminal, role, mayDefer: true } });
    const { welcomed } = world.command(terminal, { openSession: { terminal } })!;
    const session = Number(welcomed!.session);
    this.#sessions.set(terminal, { session, incarnation: welcomed!.incarnation!, next: 1 });
    world.command(terminal, { holdList: { terminal, session, version: world.list } });
  }

  transact(
    terminal: string,
    kind: v1.Kind,
    more: v1.Transact.$Properties = {},
  ): v1.TransactionId.$Properties {
    const device = this.#sessions.get(terminal)!;
    const { session, incarnation } = device;
    const id = { terminal, incarnation, number: device.next };
    device.next += 1;
    this.world.command(terminal, { transact: { id, session, kind, card: 'C1', device: 1, ...more } });
    this.world.drain();
    return id;
  }

  reverse(id: v1.TransactionId.$Properties): void {
    const { session } = this.#sessions.get(id.terminal!)!;
    this.world.command(id.terminal!, { reverse: { id, session, card: 'C1' } });
    this.world.drain();
  }

  operate(command: v1.Command.$Properties, at = 'C1'): void {
    this.world.command(at, command);
    this.world.drain();
  }

  settle(number: number): void {
    this.operate({ settle: { number } }, 'center');
  }

  /** Of the latest settlement that ordered something. */
  get order(): string {
    return this.world.orders.at(-1)!.order;
  }

  days(count: number): void {
    for (let day = 0; day < count; day += 1) {
      this.world.time += DAY_MS;
      this.world.wake();
      this.world.drain();
    }
  }

  get record(): v1.RecordState.$Properties {
    const { cards } = this.world.command('C1', { describeCards: { cards: ['C1'] } })!;
    return cards!.cards![0]!.record!;
  }

  owes(): Record<string, number> {
    const { storedValue, loan, interest } = this.record.balances!;
    return { storedValue: Number(storedValue), loan: Number(loan), interest: Number(interest) };
  }

  async audit(): Promise<void> {
    const { violations, compared } = await auditSystem(this.world, { drained: true });
    expect(violations, JSON.stringify(violations)).to.deep.equal([]);
    expect(compared.cards).to.equal(1);
  }
}

/** Drawn and repaid on one evening, the second at a terminal whose clock is past midnight already. */
function closedBeforeMidnight(): Bank {
  const bank = new Bank({});
  bank.transact('T1', Kind.KIND_PURCHASE, { amount: 3_000 });
  bank.world.time = LATE + 5 * 60_000;
  const terminalTimeMs = bank.world.time + 9 * 60_000;
  bank.transact('D1', Kind.KIND_DEPOSIT, { amount: 3_000, terminalTimeMs });
  bank.transact('D1', Kind.KIND_UNLOAD);
  return bank;
}

describe('auditor and closed cards', () => {
  it('one that was repaid by a terminal whose clock was past midnight is charged nothing', async () => {
    const bank = closedBeforeMidnight();
    expect(bank.record.closed).to.equal(true);
    bank.days(3);
    expect(bank.owes()).to.deep.equal({ storedValue: 0, loan: 0, interest: 0 });
    await bank.audit();
  });

  it('finds one whose accrual did not end', () => {
    const bank = closedBeforeMidnight();
    const auditor = new Auditor();
    for (const [partition, frames] of bank.world.journal.entries()) {
      for (const [index, bytes] of frames.entries()) {
        auditor.frame(partition, index + 1, withoutPosting(bytes));
      }
    }
    expectViolation(auditor.finish(), 'I7', /closed with a principal/);
  });

  it('bears no interest on what comes onto it later; reopened, the dates since are charged', async () => {
    const bank = new Bank({ loan: 36_500 });
    const deposit = bank.transact('D1', Kind.KIND_DEPOSIT, { amount: 36_500 });
    const unload = bank.transact('D1', Kind.KIND_UNLOAD);
    bank.reverse(deposit);
    bank.days(10);
    expect(bank.owes()).to.deep.equal({ storedValue: 0, loan: 36_500, interest: 0 });
    await bank.audit();
    bank.reverse(unload);
    bank.days(1);
    expect(bank.owes()).to.deep.equal({ storedValue: 0, loan: 36_500, interest: 180 });
    await bank.audit();
  });

  it('has its collections answered, and is adjusted: I1, I7 and I10 hold', async () => {
    const shareRule = { kind: ShareKind.SHARE_KIND_ALL_ACCOUNT };
    const bank = new Bank({ storedValue: 100 }, { shareRule, account: 'bank-1' });
    const paid = bank.transact('T1', Kind.KIND_PURCHASE, { amount: 900 });
    const refund = bank.transact('T1', Kind.KIND_REFUND, { amount: 450, original: paid });
    bank.settle(1);
    bank.operate({ confirmCollection: { card: 'C1', order: bank.order } });
    bank.transact('D1', Kind.KIND_UNLOAD);
    expect(bank.record.closed).to.equal(true);
    bank.reverse(refund);
    bank.settle(2);
    bank.operate({ returnCollection: { card: 'C1', order: bank.order } });
    expect(bank.owes(), 'value that was paid out, and the share that came back').to.include({ loan: 450 });
    bank.days(10);
    const adjustment = { loan: -450, storedValue: 20 };
    bank.operate({ adjustCard: { card: 'C1', reference: 'A1', adjustment, note: 'written off' } });
    expect(bank.owes()).to.deep.equal({ storedValue: 20, loan: 0, interest: 0 });
    await bank.audit();
  });
});

/** The same frame, as a center would have written it that forgets to end the accrual. */
function withoutPosting(bytes: Uint8Array): Uint8Array {
  const frame = v1.Frame.decode(bytes);
  for (const turn of frame.turns?.turns ?? []) {
    turn.events = (turn.events ?? []).filter((event) => v1.Event.decode(event).recordInterestPosted == null);
  }
  return v1.Frame.encode(frame).finish();
}
