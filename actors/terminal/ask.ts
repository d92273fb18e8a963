/** What a terminal asks of a card's partition, with the marks that bound what must be remembered there (D7). */
import { findId } from '../money/idTable.js';
import type { Asked, AskMode } from '../money/transaction.js';
import type { TerminalAsk } from './decision.js';
import {
  deviceIncarnation,
  isOpen,
  type Opened,
  type OpenedReversal,
  subjectOf,
  type TerminalEntry,
  type TerminalIncarnation,
  type TerminalState,
} from './terminal.js';

/** EXECUTE or OUTCOME about a transaction that is opened, or is being opened by this decision. */
export function askAbout(
  state: TerminalState,
  incarnation: TerminalIncarnation,
  opened: Opened,
  mode: AskMode,
  pinHash = '',
): TerminalAsk {
  const asked: Asked = {
    id: opened.id,
    card: opened.card,
    kind: opened.kind,
    amount: opened.amount,
    digest: opened.digest,
    batch: opened.batch,
    businessDate: opened.businessDate,
    terminalTime: opened.terminalTime,
    mark: markTowards(incarnation, opened),
    oldestIncarnation: oldestIncarnation(state),
    fromSource: incarnation.source !== '',
    openedTime: opened.time,
    device: opened.device,
    partial: opened.partial,
    original: opened.original,
  };
  const { mayDefer, zone } = state;
  return { mode, asked, mayDefer, zone, pinHash, towards: opened.towards };
}

/** REVERSE: booked in the batch and on the date of the reversal itself (rule 9). */
export function askReversal(
  state: TerminalState,
  incarnation: TerminalIncarnation,
  opened: Opened | undefined,
  reversal: OpenedReversal,
): TerminalAsk {
  const asked: Asked = {
    id: reversal.id,
    card: reversal.card,
    kind: opened?.kind,
    amount: opened?.amount ?? 0,
    digest: opened?.digest ?? 0,
    batch: reversal.batch,
    businessDate: reversal.businessDate,
    terminalTime: reversal.terminalTime,
    mark: markTowards(incarnation, reversal),
    oldestIncarnation: oldestIncarnation(state),
    fromSource: incarnation.source !== '',
    openedTime: reversal.time,
    device: opened?.device ?? 1,
    partial: opened?.partial ?? false,
    original: opened?.original,
  };
  const { mayDefer, zone } = state;
  return { mode: 'REVERSE', asked, mayDefer, zone, pinHash: '', towards: reversal.towards };
}

/** After a takeover: every open id is asked about, every reversal is pursued (D6, D12). */
export function resumeTerminal(state: TerminalState): readonly TerminalAsk[] {
  return state.incarnations.flatMap((incarnation) => resumeIncarnation(state, incarnation));
}

export function resumeIncarnation(
  state: TerminalState,
  incarnation: TerminalIncarnation,
): readonly TerminalAsk[] {
  return incarnation.open.flatMap((number) => {
    const entry = findId(incarnation.entries, number);
    return entry === undefined || !isOpen(entry) ? [] : [resumeEntry(state, incarnation, entry)];
  });
}

function resumeEntry(
  state: TerminalState,
  incarnation: TerminalIncarnation,
  entry: TerminalEntry,
): TerminalAsk {
  const { opened, reversal } = entry;
  if (reversal !== undefined) return askReversal(state, incarnation, opened, reversal);
  if (opened !== undefined) return askAbout(state, incarnation, opened, 'OUTCOME');
  throw new Error(`id ${entry.number} is open, but nothing of it is known`);
}

/** min(device's mark, lowest number that is open towards that partition, the asked one included). */
function markTowards(incarnation: TerminalIncarnation, asked: Opened | OpenedReversal): number {
  if (incarnation.source !== '') return 0;
  const mark = Math.min(Math.max(incarnation.mark, asked.mark), asked.id.number);
  for (const number of incarnation.open) {
    if (number >= mark) break;
    const entry = findId(incarnation.entries, number);
    if (entry !== undefined && subjectOf(entry).towards === asked.towards) return number;
  }
  return mark;
}

/** The lowest incarnation of the device that can still be asked about: with an open id, else its newest. */
function oldestIncarnation(state: TerminalState): number {
  for (const { incarnation, source, open } of state.incarnations) {
    if (source === '' && open.length > 0) return incarnation;
  }
  return deviceIncarnation(state) || state.lastIncarnation;
}
