/** I7, from the journals alone: what was posted, carried and dropped is exactly what rule 6 accrues. */
import { expect } from 'chai';
import type { RecordState } from '../../../actors/center/record.js';
import { dateOfDay, dayOf } from '../../../actors/money/businessDate.js';
import { inForce, type Parameters } from '../../../actors/money/parameters.js';
import type { Event } from '../../../actors/registry/event.js';

interface Loan {
  readonly issued: number;
  /** How much the principal rose on each date; 0: at issue. */
  readonly changes: { readonly date: number; readonly amount: number }[];
  now: number;
  /** No date up to it is reopened. */
  through: number;
  /** In 1/365,000,000 of a minor unit. */
  charged: bigint;
  carry: number;
}

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
      const loan = { issued, changes, now: terms.loan, through: issued, charged: 0n, carry: 0 };
      this.#loans.set(event.card, loan);
    } else if (event.type === 'InterestRunBegun') this.#closed.set(partition, event.through);
    else if (event.type === 'RecordInterestPosted') this.#post(event);
    else if (event.type === 'RecordMoved' || event.type === 'RecordReversed') {
      this.#change(event.asked.card, event.asked.businessDate, event.balances?.loan, partition);
    } else if ('accrualDate' in event) {
      this.#change(event.card, event.businessDate, event.balances.loan, partition);
    }
  }

  check({ card, accrual }: RecordState): void {
    const loan = this.#loans.get(card);
    if (loan === undefined) throw new Error(`${card} was never opened`);
    expect(accrual.carry, `${card}: carry`).to.equal(loan.carry);
    const last = dayOf(accrual.through);
    let accrued = 0n;
    for (let day = dayOf(loan.issued) + 1; day <= last; day += 1) {
      const yesterday = dateOfDay(day - 1);
      let principal = 0;
      for (const { date, amount } of loan.changes) if (date <= yesterday) principal += amount;
      const { ratePpm } = inForce(this.#schedule, dateOfDay(day));
      accrued += BigInt(Math.max(0, principal)) * BigInt(ratePpm);
    }
    expect(loan.charged + BigInt(loan.carry), `${card}: interest through ${accrual.through} (I7)`).to.equal(
      accrued,
    );
  }

  #post(event: Extract<Event, { type: 'RecordInterestPosted' }>): void {
    const loan = this.#loans.get(event.card);
    if (loan === undefined) throw new Error(`${event.card} was never opened`);
    expect(event.through, `${event.card}: no date is charged twice`).to.be.above(loan.through);
    loan.through = event.through;
    loan.charged += BigInt(event.amount) * UNIT + BigInt(event.dropped);
    loan.carry = event.carry;
  }

  #change(card: string, businessDate: number, after: number | undefined, partition: number): void {
    const loan = this.#loans.get(card);
    if (loan === undefined || after === undefined || after === loan.now) return;
    const date = Math.max(businessDate, this.#closed.get(partition) ?? 0, loan.through);
    loan.changes.push({ date, amount: after - loan.now });
    loan.now = after;
  }
}
