/** Balances that the center's own decisions lead to: dated by its time, and counted for interest on that date. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { RecordLedger } from '../ledger.js';
import { plain } from '../wire/basics.js';
import { readBalances, type Balances } from '../wire/money.js';
import { Principal } from './principal.js';
import { settle } from './settle.js';
import type { Stage } from './stage.js';

type Dated = Pick<v1.RecordAdjusted.$Properties, 'balances' | 'businessDate' | 'accrualDate' | 'timeMs'>;

export class CenterSettling {
  readonly #stage: Stage;
  readonly #principal: Principal;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#principal = new Principal(stage);
  }

  settle(record: RecordLedger, after: Balances, event: Dated): void {
    const { loan } = record.balances;
    settle(this.#stage.findings, 'record', record, after, readBalances(event.balances));
    const businessDate = event.businessDate ?? 0;
    this.dated(businessDate, plain(event.timeMs, 'time_ms'));
    this.#principal.moved(record, loan, businessDate, event.accrualDate);
  }

  /** The center's dates are those of its time. */
  dated(businessDate: number, time: number): void {
    const { findings, books } = this.#stage;
    findings.same('RULE', "business date of the center's time", books.dateOf(time), businessDate);
  }
}
