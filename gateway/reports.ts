import { DAY_TOTALS_PAGE, LOANS_PAGE } from '../actors/bounds.js';
import { MAX_DATE, MIN_DATE, dateOfDay, dayOf } from '../actors/money/businessDate.js';
import { v1 } from '../proto/generated/emoney.js';
import type { Answer, Exchange } from './exchange.js';
import type { Histories } from './histories.js';
import { identifierProblem } from './identifier.js';
import { nextPage, type PartitionPlace, placeOf } from './partitionPages.js';
import { limited } from './limit.js';

/** LIST_LOANS and LIST_DAY_TOTALS: what accountants ask the histories, one partition after the other. */
export class Reports {
  private readonly histories: Histories;
  private readonly partitions: number;

  constructor(histories: Histories, partitions: number) {
    this.histories = histories;
    this.partitions = partitions;
  }

  loans(wanted: v1.ListLoans.$Properties, exchange: Exchange): void {
    const { businessDate = 0, after, limit } = wanted;
    const place = placeOf(after, this.partitions);
    if (place === undefined) exchange.refuse(v1.Rejection.REJECTION_MALFORMED, noNext('listLoans'));
    else if (!isDate(businessDate)) {
      exchange.refuse(v1.Rejection.REJECTION_MALFORMED, noDate('listLoans.businessDate'));
    } else {
      const listLoans = { businessDate, after: place.after, limit: limited(limit, LOANS_PAGE) };
      this.ask(place, { listLoans }, exchange, ({ loans, over, next, sequence }) => ({
        loans: { loans, over, ...this.pageOf(place, next, sequence) },
      }));
    }
  }

  dayTotals(wanted: v1.ListDayTotals.$Properties, exchange: Exchange): void {
    const place = placeOf(wanted.after, this.partitions);
    const problem = place === undefined ? noNext('listDayTotals') : totalsProblem(wanted);
    if (place === undefined || problem !== undefined) {
      exchange.refuse(v1.Rejection.REJECTION_MALFORMED, problem ?? '');
      return;
    }
    const { fromDate = 0, toDate = 0, terminal = '', limit } = wanted;
    const range = { fromDate, toDate, terminal };
    const listDayTotals = { ...range, after: place.after, limit: limited(limit, DAY_TOTALS_PAGE) };
    this.ask(place, { listDayTotals }, exchange, ({ totals, next, sequence }) => ({
      dayTotals: { totals, ...this.pageOf(place, next, sequence) },
    }));
  }

  private ask(
    { partition }: PartitionPlace,
    request: v1.HistoryRequest.$Properties,
    exchange: Exchange,
    answerOf: (reply: v1.HistoryReply) => Answer,
  ): void {
    exchange.answerWhen(this.histories.ask(partition, request).then(answerOf));
  }

  private pageOf(
    { partition }: PartitionPlace,
    next: Uint8Array,
    sequence: v1.HistoryReply['sequence'],
  ): { readonly next: Uint8Array; readonly asOf: v1.PartitionPosition.$Properties } {
    return { next: nextPage(partition, next, this.partitions), asOf: { partition, sequence } };
  }
}

function totalsProblem({ fromDate, toDate, terminal }: v1.ListDayTotals.$Properties): string | undefined {
  if (!isDate(fromDate)) return noDate('listDayTotals.fromDate');
  if (!isDate(toDate)) return noDate('listDayTotals.toDate');
  if ((fromDate ?? 0) > (toDate ?? 0)) return 'listDayTotals.toDate: is before fromDate';
  return terminal ? identifierProblem('listDayTotals.terminal', terminal) : undefined;
}

function isDate(date: number | null | undefined): boolean {
  return date != null && date >= MIN_DATE && date <= MAX_DATE && dateOfDay(dayOf(date)) === date;
}

function noNext(message: string): string {
  return `${message}.after: is no \`next\` of an answer`;
}

function noDate(field: string): string {
  return `${field}: is no date (yyyymmdd)`;
}
