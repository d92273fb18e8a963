/** When a change of the principal counts (rule 6): a date that is charged is never opened again. */
import { dayOf } from '../calendar.js';
import type { RecordLedger } from '../ledger.js';
import type { Stage } from './stage.js';

export class Principal {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** `stated`: the event's accrual date; absent: the business date. */
  moved(record: RecordLedger, before: number, businessDate: number, stated: number | null | undefined): void {
    const { findings, books, turn } = this.#stage;
    const { chargedThrough } = books.shard(turn.partition);
    const expected = Math.max(businessDate, chargedThrough);
    findings.same('I7', 'accrual date', expected, stated == null || stated === 0 ? businessDate : stated);
    record.accrual.change(dayOf(expected), record.balances.loan - before);
  }
}
