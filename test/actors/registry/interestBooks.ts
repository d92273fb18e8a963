/** I7, from the journals alone: what was posted, carried and dropped is exactly what rule 6 accrues. */
import { expect } from 'chai';
import type { RecordState } from '../../../actors/center/record.js';
import { createBusinessCalendar, dateOfDay, dayOf } from '../../../actors/money/businessDate.js';
import { inForce, type Parameters } from '../../../actors/money/parameters.js';
import type { Event } from '../../../actors/registry/event.js';
import { RULES } from '../money/samples.js';

interface Loan {
  /** Or closed last: what was before is settled. */
  issued: number;
  /** How much the principal rose on each date; 0: at issue. */
  changes: { readonly date: number; readonly amount: number }[];
  now: number;
  /** No date up to it is reopened. */
  through: number;
  /** In 1/365,000,000 of a minor unit. */
  charged: bigint;
  carry: number;
  /** Date of the unload; undefined: it is open. */
  closedOn: number | undefined;
}

const dateOf = createBusinessCalendar(RULES.timeZone);
const UNIT = 365_000_000n;

export class InterestBooks {
  readonly #schedule: readonly Parameters[];
  readonly #loans = new Map<string, Loan>();
  /** By partition: its run has closed these dates. */
  readonly #closed = new Map<number, number>();

  constructor(schedule: readonly Parameters[]) {
    this.#schedule = schedule;
  }

  enter(event: Event, partition: number): void {
    if (event.type === 'RecordOpened') {
      const { businessDate: issued, terms } = event;
      const changes = [{ date: 0, amount: terms.loan }];
      const loan: Loan = {
        issued,
        changes,
        now: terms.loan,
        through: issued,
        charged: 0n,
        carry: 0,
        closedOn: undefined,
      };
      this.#loans.set(event.card, loan);
    } else if (event.type === 'InterestRunBegun') this.#closed.set(partition, event.through);
    else if (event.type === 'RecordInterestPosted') this.#post(event);
    else if (event.type === 'RecordMoved' || event.type === 'RecordReversed') {
      this.#change(event.asked.card, event.asked.businessDate, event.balances?.loan, partition);
      this.#unload(event);
    } else if ('accrualDate' in event) {
      this.#change(event.card, event.businessDate, event.balances.loan, partition);
    }
  }

  check({ card, accrual }: RecordState): void {
    const loan = this.#loans.get(card);
    if (loan === undefined) throw new Error(`${card} was never opened`);
    expect(accrual.carry, `${card}: carry`).to.equal(loan.carry);
    const due = this.#accrued(loan, accrual.through);
    const charged = loan.charged + BigInt(loan.carry);
    expect(charged, `${card}: interest through ${accrual.through} (I7)`).to.equal(due);
  }

  #accrued({ issued, changes }: Loan, through: number): bigint {
    let accrued = 0n;
    for (let day = dayOf(issued) + 1; day <= dayOf(through); day += 1) {
      const yesterday = dateOfDay(day - 1);
      let principal = 0;
      for (const { date, amount } of changes) if (date <= yesterday) principal += amount;
      const { ratePpm } = inForce(this.#schedule, dateOfDay(day));
      accrued += BigInt(Math.max(0, principal)) * BigInt(ratePpm);
    }
    return accrued;
  }

  #unload(event: Extract<Event, { type: 'RecordMoved' | 'RecordReversed' }>): void {
    const loan = this.#loans.get(event.asked.card);
    if (loan === undefined || event.asked.kind !== 'UNLOAD') return;
    if (event.type === 'RecordMoved') loan.closedOn = dateOf(event.receiveTime);
    else if (event.undone) loan.closedOn = undefined;
  }

  #post(event: Extract<Event, { type: 'RecordInterestPosted' }>): void {
    const loan = this.#loans.get(event.card);
    if (loan === undefined) throw new Error(`${event.card} was never opened`);
    if (loan.closedOn !== undefined) {
      this.#close(loan, loan.closedOn, event);
      return;
    }
    expect(event.through, `${event.card}: no date is charged twice`).to.be.above(loan.through);
    expect(event.dropped, `${event.card}: only a closing drops a fraction`).to.equal(0);
    loan.through = event.through;
    loan.charged += BigInt(event.amount) * UNIT;
    loan.carry = event.carry;
  }

  /** Nothing whole is due on its day, the fraction is dropped, and no principal is left for any later date. */
  #close(loan: Loan, today: number, event: Extract<Event, { type: 'RecordInterestPosted' }>): void {
    const { card, amount, carry, dropped, through } = event;
    expect({ amount, carry }, `${card} is closed: nothing is charged or kept`).to.deep.equal({
      amount: 0,
      carry: 0,
    });
    const due = this.#accrued(loan, today) - loan.charged;
    expect(BigInt(dropped), `${card}: the fraction that is dropped`).to.equal(due);
    expect(loan.now, `${card}: closed without a loan`).to.equal(0);
    Object.assign(loan, { issued: through, through, changes: [], charged: 0n, carry: 0 });
  }

  #change(card: string, businessDate: number, after: number | undefined, partition: number): void {
    const loan = this.#loans.get(card);
    if (loan === undefined || after === undefined || after === loan.now) return;
    const date = Math.max(businessDate, this.#closed.get(partition) ?? 0, loan.through);
    loan.changes.push({ date, amount: after - loan.now });
    loan.now = after;
  }
}
