/** What an accountant asks a partition's history: loans as at a date, and what business dates were compiled to. */
import { v1 } from '../../proto/generated/emoney.js';
import type { AsOf, History } from '../history/history.js';
import type { Page } from '../history/page.js';
import type { StandingsQuery } from '../history/standings.js';
import { dateOfDay, dayOf } from '../money/businessDate.js';
import { dayTotalsOf, nameOfRow } from './historyCounts.js';
import { loanOf } from './historyStandings.js';
import type { DayTotalsQuery } from './wire/historyCodec.js';

export interface LoansPage {
  readonly sequence: number;
  /** Cards that owed something. A page may have none although there are more. */
  readonly loans: v1.Loan.$Properties[];
  readonly next: Uint8Array;
  readonly over: boolean;
}

export async function loans(history: History, partition: number, query: StandingsQuery): Promise<LoansPage> {
  const { sequence, items, next, over } = await history.listStandings(partition, query);
  return { sequence, loans: items.flatMap((item) => loanOf(item) ?? []), next, over };
}

export async function dayTotals(
  history: History,
  partition: number,
  { from, to, terminal, after, limit }: DayTotalsQuery,
): Promise<Page<v1.DayTotals.$Properties> & AsOf> {
  if (terminal !== undefined) {
    return ofTerminal(history, partition, { from, to, terminal, after, limit });
  }
  const query = { from: rowName(from), to: rowName(to + 1), after, limit };
  const { sequence, items, next } = await history.listSums(partition, query);
  return { sequence, items: items.map(dayTotalsOf), next };
}

/** By name, date by date. */
async function ofTerminal(
  history: History,
  partition: number,
  { from, to, terminal, after, limit }: DayTotalsQuery & { readonly terminal: string },
): Promise<Page<v1.DayTotals.$Properties> & AsOf> {
  const first = after.length < 4 ? dayOf(from) : dayOf(Buffer.from(after).readUInt32BE(0)) + 1;
  const last = Math.min(dayOf(to), first + limit - 1);
  const names = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) =>
    rowName(dateOfDay(first + at), terminal),
  );
  const { sequence, items } = await history.findSums(partition, names);
  const next = last < dayOf(to) ? (names.at(-1) ?? new Uint8Array(0)) : new Uint8Array(0);
  return { sequence, items: items.map(dayTotalsOf), next };
}

function rowName(date: number, terminal = ''): Buffer {
  return Buffer.from(nameOfRow(date, Buffer.from(terminal).toString('latin1')), 'latin1');
}
