/** A till as an integrator would write it: it remembers its numbers, repeats what is unanswered, and may give up. */
import type { Kind } from '../../../actors/money/transaction.js';
import { v1 } from '../../../proto/generated/emoney.js';
import type { Reply, World } from './world.js';

interface Sale {
  readonly number: number;
  readonly kind: Kind;
  readonly card: string;
  readonly amount: number;
  readonly time: number;
  /** Set when it gave up: from then on it accepts no approval. */
  givenUp: boolean;
  /** The outcome that it accepted as final. */
  final: string | undefined;
}

/** What it has been told about an id, whether it still cared or not. */
export interface Told {
  readonly incarnation: number;
  readonly number: number;
  readonly outcome: string;
}

/** Sales that it can still reverse. */
const KEPT = 4;

const kinds: Readonly<Record<Kind, v1.Kind>> = {
  PURCHASE: v1.Kind.KIND_PURCHASE,
  DEPOSIT: v1.Kind.KIND_DEPOSIT,
  ENQUIRY: v1.Kind.KIND_ENQUIRY,
};

export class Device {
  readonly terminal: string;
  readonly told: Told[] = [];
  readonly #world: World;
  #life = 0;
  #session = 0;
  #incarnation = 0;
  #next = 1;
  #stated = 0;
  #sales = new Map<number, Sale>();

  constructor(world: World, terminal: string) {
    this.#world = world;
    this.terminal = terminal;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  get sales(): readonly Sale[] {
    return [...this.#sales.values()];
  }

  hello(remembers: boolean): void {
    const memory =
      remembers && this.#incarnation > 0
        ? { incarnation: this.#incarnation, nextNumber: this.#next }
        : { incarnation: null, nextNumber: null };
    if (!remembers) this.#forget();
    this.#send({ openSession: { terminal: this.terminal, ...memory } }, (reply) => this.#welcomed(reply));
  }

  holdList(): void {
    const version = this.#world.list.version;
    this.#send({ holdList: { terminal: this.terminal, session: this.#session, version } }, () => undefined);
  }

  sell(kind: Kind, card: string, amount: number): void {
    if (this.#incarnation === 0) return;
    const number = this.#next;
    this.#next += 1;
    const { time } = this.#world;
    const sale: Sale = { number, kind, card, amount, time, givenUp: false, final: undefined };
    this.#sales.set(number, sale);
    this.#transact(sale);
  }

  /** Sends again what it once sent: the same message, or the reversal after it gave up. */
  repeat(sale: Sale): void {
    if (sale.givenUp) this.reverse(sale);
    else this.#transact(sale);
  }

  /** Not below the mark that it has stated: what it said it would never ask about is forgotten. */
  reverse(sale: Sale): void {
    if (sale.final !== undefined && sale.number < this.#stated) return;
    sale.givenUp = true;
    if (sale.final !== 'REVERSED') sale.final = undefined;
    const { number, card } = sale;
    const reverse = { id: this.#id(number), session: this.#session, mark: this.#mark(), card };
    this.#send({ reverse }, this.#onAnswer(sale));
  }

  query(sale: Sale): void {
    const queryOutcome = { id: this.#id(sale.number), session: this.#session };
    this.#send({ queryOutcome }, () => undefined);
  }

  /** The number of something finished with another amount: must never have an effect. */
  misuse(sale: Sale): void {
    if (sale.final === undefined || sale.kind === 'ENQUIRY') return;
    const incarnation = this.#incarnation;
    this.#send({ transact: this.#message({ ...sale, amount: sale.amount + 1 }) }, (reply) => {
      const { number } = sale;
      if (outcomeOf(reply) === 'APPROVED') this.told.push({ incarnation, number, outcome: 'MISUSED' });
    });
  }

  /** Restored or replaced: another connection, on which no answer to the former one arrives. */
  #forget(): void {
    this.#life += 1;
    this.#session = 0;
    this.#incarnation = 0;
    this.#sales = new Map();
  }

  #send(command: v1.Command.$Properties, onReply: (reply: Reply) => void): void {
    if (this.#session === 0 && !command.openSession) return;
    const life = this.#life;
    this.#world.send(this.terminal, command, (reply) => {
      if (life === this.#life) onReply(reply);
    });
  }

  #transact(sale: Sale): void {
    this.#send({ transact: this.#message(sale) }, this.#onAnswer(sale));
  }

  #message({ number, kind, card, amount, time }: Sale): v1.Transact.$Properties {
    return {
      id: this.#id(number),
      session: this.#session,
      mark: this.#mark(),
      kind: kinds[kind],
      card,
      amount: kind === 'ENQUIRY' ? null : amount,
      terminalTimeMs: time,
    };
  }

  #onAnswer(sale: Sale): (reply: Reply) => void {
    const incarnation = this.#incarnation;
    return (reply) => {
      const outcome = outcomeOf(reply);
      if (outcome === undefined) return;
      this.told.push({ incarnation, number: sale.number, outcome });
      if (sale.givenUp && outcome !== 'REVERSED') return;
      sale.final ??= outcome;
    };
  }

  #welcomed(reply: Reply): void {
    if (typeof reply === 'string' || !reply.welcomed) return;
    const { session, incarnation, nextNumber } = reply.welcomed;
    // Welcomes may come late, or twice: the highest session is the one that counts.
    if (Number(session) <= this.#session) return;
    this.#session = Number(session);
    if (incarnation !== this.#incarnation) {
      this.#sales = new Map();
      this.#next = 1;
      this.#stated = 0;
    }
    this.#incarnation = incarnation ?? 0;
    this.#next = Math.max(this.#next, Number(nextNumber));
  }

  #id(number: number): v1.TransactionId.$Properties {
    return { terminal: this.terminal, incarnation: this.#incarnation, number };
  }

  /** It holds the final answer of every number below; the last few it keeps, because it may still give them up. */
  #mark(): number {
    let mark = Math.max(1, this.#next - KEPT);
    for (const { number, final } of this.#sales.values())
      if (final === undefined) mark = Math.min(mark, number);
    this.#stated = Math.max(this.#stated, mark);
    return this.#stated;
  }
}

function outcomeOf(reply: Reply): string | undefined {
  if (typeof reply === 'string') return undefined;
  const outcome = reply.answered?.answer?.outcome;
  return outcome == null ? undefined : v1.Outcome[outcome].replace('OUTCOME_', '');
}
