/** Lines of the three columns, as the journals have them. */
import { amountOf, NO_PARTS, type Parts } from '../../actors/money/parts.js';
import { v1 } from '../../proto/generated/emoney.js';
import { toNumber, toUnsigned } from '../../proto/guard.js';
import type { KeyedLine, Line, LineKey } from './line.js';

const { Kind, Outcome } = v1;

type Event = v1.Event.$Properties | null | undefined;

/** What a device reported, each an approved transaction or the reversal of one. */
export function reportedLines({ transactions }: v1.BatchReported.$Properties): readonly KeyedLine[] {
  return (transactions ?? []).map(({ incarnation, number, kind, reversal, amount }) => ({
    incarnation: incarnation ?? 0,
    number: toUnsigned(number ?? 0, 'number'),
    reversal: reversal ?? false,
    line: {
      kind: kind ?? Kind.KIND_UNSPECIFIED,
      outcome: reversal === true ? Outcome.OUTCOME_REVERSED : Outcome.OUTCOME_APPROVED,
      amount: toNumber(amount ?? 0, 'amount'),
      parts: undefined,
      card: '',
      undone: undefined,
      own: false,
    },
  }));
}

/** Of the terminal's own column. Undefined: an id that had no effect, which is no line. */
export function terminalLine({ opened, event }: v1.HistoryEntry.$Properties): KeyedLine | undefined {
  const refused = event?.transactionRefused;
  if (refused != null) return refusedLine(refused);
  const answer = event?.transactionClosed?.answer ?? event?.reversalClosed?.answer;
  if (answer == null) return undefined;
  const { transactionOpened, reversalOpened } = opened ?? {};
  if (reversalOpened != null) {
    const line = lineOf(reversalOpened.card, Kind.KIND_UNSPECIFIED, Outcome.OUTCOME_REVERSED);
    const { amount, parts, original } = answer;
    const undone = original === Outcome.OUTCOME_APPROVED;
    const said = { amount: numberOf(amount), parts: partsOf(parts), undone };
    return { ...keyOf(reversalOpened.id, true), line: { ...line, ...said } };
  }
  if (transactionOpened == null) return undefined;
  // A terminal that had given up learns with the reversal what the card had recorded before it.
  const gaveUp = event?.reversalClosed != null;
  const outcome = (gaveUp ? answer.original : answer.outcome) ?? Outcome.OUTCOME_UNSPECIFIED;
  const parts = gaveUp ? answer.originalParts : answer.parts;
  return transactionLine(transactionOpened, outcome, parts);
}

function transactionLine(
  opened: v1.TransactionOpened.$Properties,
  outcome: v1.Outcome,
  answered: v1.Parts.$Properties | null | undefined,
): KeyedLine | undefined {
  // Never executed: only its reversal is a line.
  if (outcome === Outcome.OUTCOME_UNSPECIFIED || outcome === Outcome.OUTCOME_REVERSED) return undefined;
  const line = lineOf(opened.card, opened.kind, outcome);
  const key = keyOf(opened.id, false);
  if (outcome !== Outcome.OUTCOME_APPROVED) {
    return { ...key, line: { ...line, amount: numberOf(opened.amount) } };
  }
  const parts = partsOf(answered);
  return { ...key, line: { ...line, parts, amount: amountOf(parts) } };
}

function refusedLine({ opened, outcome }: v1.TransactionRefused.$Properties): KeyedLine {
  const line = lineOf(opened?.card, opened?.kind, outcome ?? Outcome.OUTCOME_UNSPECIFIED);
  return { ...keyOf(opened?.id, false), line: { ...line, amount: numberOf(opened?.amount), own: true } };
}

/** Undefined: no line of a batch. */
export function centerLine(event: Event): KeyedLine | undefined {
  const { recordMoved, recordDeclined, recordReversed } = event ?? {};
  const asked = (recordMoved ?? recordDeclined ?? recordReversed)?.asked;
  if (asked == null) return undefined;
  const line = lineOf(asked.card, asked.kind, Outcome.OUTCOME_APPROVED);
  if (recordReversed != null) {
    const { amount, parts, undone } = recordReversed;
    const said = { amount: numberOf(amount), parts: partsOf(parts), undone: undone === true };
    return { ...keyOf(asked.id, true), line: { ...line, outcome: Outcome.OUTCOME_REVERSED, ...said } };
  }
  const key = keyOf(asked.id, false);
  if (recordDeclined != null) {
    const outcome = recordDeclined.outcome ?? Outcome.OUTCOME_UNSPECIFIED;
    return { ...key, line: { ...line, outcome, amount: numberOf(asked.amount) } };
  }
  const parts = partsOf(recordMoved?.parts);
  return { ...key, line: { ...line, parts, amount: amountOf(parts) } };
}

/** What is open at the terminal: which line, of which card. */
export function openLine({ opened }: v1.HistoryEntry.$Properties): LineKey & { readonly card: string } {
  const { transactionOpened, reversalOpened } = opened ?? {};
  const about = transactionOpened ?? reversalOpened;
  return { ...keyOf(about?.id, reversalOpened != null), card: about?.card ?? '' };
}

function lineOf(
  card: string | null | undefined,
  kind: v1.Kind | null | undefined,
  outcome: v1.Outcome,
): Line {
  const said = { card: card ?? '', kind: kind ?? Kind.KIND_UNSPECIFIED };
  return { ...said, outcome, amount: 0, parts: undefined, undone: undefined, own: false };
}

function keyOf(id: v1.TransactionId.$Properties | null | undefined, reversal: boolean): LineKey {
  return { incarnation: id?.incarnation ?? 0, number: toUnsigned(id?.number ?? 0, 'number'), reversal };
}

function partsOf(parts: v1.Parts.$Properties | null | undefined): Parts {
  const read: Record<string, number> = {};
  for (const part of Object.keys(NO_PARTS) as (keyof Parts)[]) read[part] = numberOf(parts?.[part]);
  return { ...NO_PARTS, ...read };
}

function numberOf(value: v1.Parts.$Properties['value']): number {
  return toNumber(value ?? 0, 'amount');
}
