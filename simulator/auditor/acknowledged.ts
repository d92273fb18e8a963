/** I9: everything that somebody was told is in the journal, as it was told. */
import type { Books } from './books.js';
import { Outcome, outcomeName } from './codes.js';
import { idText } from './findings.js';
import { Seen } from './ids.js';
import { sumOf } from './rules/split.js';
import type { Id } from './wire/basics.js';
import { sameParts, shown, type Parts } from './wire/money.js';

/** A reply as a driver received it. */
export interface AcknowledgedReply {
  readonly id: Id;
  /** Card that the command named. */
  readonly card: string;
  readonly kind: number;
  /** The reply to a reversal, not to the transaction. */
  readonly reversal?: boolean;
  readonly outcome: number;
  readonly amount: number;
  readonly parts?: Partial<Parts>;
  /** 0: the terminal's own refusal. */
  readonly position: number;
}

/** Compares one reply with the books; call when all partitions were read. */
export function checkAcknowledged(books: Books, reply: AcknowledgedReply): void {
  const { findings } = books;
  const { terminal, incarnation, number } = reply.id;
  const place = { terminal, id: idText(terminal, incarnation, number), card: reply.card };
  const wrong = difference(books, reply);
  findings.checked('I9');
  if (wrong !== undefined)
    findings.report('I9', `acknowledged ${outcomeName(reply.outcome)}: ${wrong}`, place);
}

/** What the journal does not have, or has otherwise; undefined: it is there. */
function difference(books: Books, reply: AcknowledgedReply): string | undefined {
  switch (reply.outcome) {
    // Not answers about what was recorded under this id by this command.
    case Outcome.idUnknown:
    case Outcome.idempotencyConflict:
      return undefined;
    default: {
      const row = books.knownRow(reply.id);
      return row === undefined ? 'the journal has no such id' : atRow(books, row, reply);
    }
  }
}

function atRow(books: Books, row: number, reply: AcknowledgedReply): string | undefined {
  const { ids } = books.transactions;
  switch (reply.outcome) {
    case Outcome.pending:
      return ids.has(row, Seen.opened | Seen.reversalOpened) ? undefined : 'the journal never opened it';
    case Outcome.reversing:
      return ids.has(row, Seen.reversalOpened) ? undefined : 'the journal has no reversal of it';
    case Outcome.reversed:
      return reversalDiffers(books, row, reply);
    default:
      return reply.position === 0 ? refusalDiffers(books, row, reply) : decisionDiffers(books, row, reply);
  }
}

function reversalDiffers(books: Books, row: number, reply: AcknowledgedReply): string | undefined {
  const { ids, reversals } = books.transactions;
  const answer = reversals.get(row)?.answer;
  if (!ids.has(row, Seen.reversed) || answer === undefined) {
    // A refused id has no effect to undo: it is told to be reversed, and nothing is recorded.
    const refused = ids.has(row, Seen.refused | Seen.decided) && ids.outcome[row] !== Outcome.approved;
    return refused && reply.amount === 0 ? undefined : 'the journal has no reversal of it';
  }
  // A repeated purchase that was reversed since is told so, without the sums.
  if (reply.reversal !== true) return undefined;
  if (answer.amount !== reply.amount) return `amount: the journal has ${answer.amount}, told ${reply.amount}`;
  if (answer.position === reply.position) return undefined;
  return `position: the journal has ${answer.position}, told ${reply.position}`;
}

function refusalDiffers(books: Books, row: number, reply: AcknowledgedReply): string | undefined {
  const { ids } = books.transactions;
  if (!ids.has(row, Seen.refused)) return 'the journal has no refusal by the terminal';
  const recorded = ids.outcome[row] ?? 0;
  return recorded === reply.outcome ? undefined : `the journal has ${outcomeName(recorded)}`;
}

function decisionDiffers(books: Books, row: number, reply: AcknowledgedReply): string | undefined {
  const { ids } = books.transactions;
  if (!ids.has(row, Seen.decided)) return 'the journal has no decision of the card';
  const outcome = ids.outcome[row] ?? 0;
  if (outcome !== reply.outcome) return `the journal has ${outcomeName(outcome)}`;
  const compared: [string, unknown, unknown][] = [
    ['position', ids.position[row], reply.position],
    ['kind', ids.kind[row], reply.kind],
    ['card', books.cardList[ids.card[row] ?? 0]?.id, reply.card],
  ];
  // Of a partial approval, a fare or a void the amount follows from the parts alone.
  if (outcome === Outcome.approved) compared.push(['amount', sumOf(ids.partsOf(row)), reply.amount]);
  for (const [what, recorded, told] of compared) {
    if (recorded !== told) return `${what}: the journal has ${String(recorded)}, told ${String(told)}`;
  }
  if (reply.parts === undefined) return undefined;
  // A driver that knows only some of the parts is not told that it got the others wrong.
  const parts = { ...ids.partsOf(row), ...reply.parts };
  if (sameParts(parts, ids.partsOf(row))) return undefined;
  return `parts: the journal has ${shown(ids.partsOf(row))}, told ${shown(parts)}`;
}
