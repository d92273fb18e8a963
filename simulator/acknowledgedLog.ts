/** Every reply that a driver got, packed: a long run gets millions, and the auditor wants to see each of them. */
import type { Reply } from '../client/index.js';
import { v1 } from '../proto/generated/emoney.js';
import type { AcknowledgedReply } from './auditor/acknowledged.js';

/** Replies in one piece. */
const LENGTH = 16_384;
const CODES = 4;
const NUMBERS = 11;

class Chunk {
  readonly terminals: string[] = [];
  readonly cards: string[] = [];
  readonly codes = new Uint32Array(LENGTH * CODES);
  readonly numbers = new Float64Array(LENGTH * NUMBERS);
}

export class AcknowledgedLog implements Iterable<AcknowledgedReply> {
  /** Sees each reply as it comes. */
  onAdded: ((terminal: string, card: string, reply: Reply, reversal: boolean) => void) | undefined;
  readonly #chunks: Chunk[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** `terminal` and `card` are the asker's own strings: a reply's would be a copy each time. */
  add(terminal: string, card: string, reply: Reply, reversal: boolean): void {
    const at = this.#length % LENGTH;
    if (at === 0) this.#chunks.push(new Chunk());
    const chunk = this.#chunks.at(-1);
    if (chunk === undefined) return;
    chunk.terminals.push(terminal);
    chunk.cards.push(card);
    writeCodes(chunk.codes, at * CODES, reply, reversal);
    writeNumbers(chunk.numbers, at * NUMBERS, reply);
    this.#length += 1;
    this.onAdded?.(terminal, card, reply, reversal);
  }

  *[Symbol.iterator](): Generator<AcknowledgedReply> {
    for (const chunk of this.#chunks) {
      for (let at = 0; at < chunk.terminals.length; at += 1) yield readReply(chunk, at);
    }
  }
}

function writeCodes(codes: Uint32Array, from: number, { kind, outcome, id }: Reply, reversal: boolean): void {
  codes[from] = v1.Kind[`KIND_${kind}`];
  codes[from + 1] = v1.Outcome[`OUTCOME_${outcome}`];
  codes[from + 2] = reversal ? 1 : 0;
  codes[from + 3] = id.incarnation;
}

function writeNumbers(numbers: Float64Array, from: number, { id, amount, position, parts }: Reply): void {
  numbers[from] = id.number;
  numbers[from + 1] = Number(amount);
  numbers[from + 2] = position;
  numbers[from + 3] = parts.value;
  numbers[from + 4] = parts.account;
  numbers[from + 5] = parts.loan;
  numbers[from + 6] = parts.interest;
  numbers[from + 7] = parts.fare;
  numbers[from + 8] = parts.restoredLoan;
  numbers[from + 9] = parts.excess;
  numbers[from + 10] = parts.accountAsLoan;
}

function readReply({ terminals, cards, codes, numbers }: Chunk, at: number): AcknowledgedReply {
  const code = (index: number): number => codes[at * CODES + index] ?? 0;
  const number = (index: number): number => numbers[at * NUMBERS + index] ?? 0;
  return {
    id: { terminal: terminals[at] ?? '', incarnation: code(3), number: number(0) },
    card: cards[at] ?? '',
    kind: code(0),
    reversal: code(2) === 1,
    outcome: code(1),
    amount: number(1),
    position: number(2),
    parts: {
      value: number(3),
      account: number(4),
      loan: number(5),
      interest: number(6),
      fare: number(7),
      restoredLoan: number(8),
      excess: number(9),
      accountAsLoan: number(10),
    },
  };
}
