/** A till, a gate or a phone as an integrator would write it: it remembers its numbers, repeats what is unanswered, and may give up. */
import { MAX_REVERSAL_AGE_MS } from '../../../actors/bounds.js';
import type { TransactionId } from '../../../actors/money/ids.js';
import { type Kind, statesAmount } from '../../../actors/money/transaction.js';
import { v1 } from '../../../proto/generated/emoney.js';
import type { Reply, World } from './world.js';

/** What is asked of a card. */
export interface Order {
  readonly kind: Kind;
  readonly card: string;
  readonly amount: number;
  /** The terminal's clock is off by this, ms. */
  readonly clock?: number;
  readonly device?: number;
  readonly partial?: boolean;
  readonly original?: TransactionId | undefined;
  /** Keyed hash in hexadecimal. */
  readonly pinHash?: string;
}

export interface Sale {
  readonly number: number;
  readonly incarnation: number;
  readonly order: Order;
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
const KEPT = 8;

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
    const phone = this.terminal === 'P1' ? { card: 'C1', device: 1 } : {};
    const openSession = { terminal: this.terminal, ...memory, ...phone };
    this.#send({ openSession }, (reply) => this.#welcomed(reply));
  }

  holdList(): void {
    const version = this.#world.list.version;
    this.#send({ holdList: { terminal: this.terminal, session: this.#session, version } }, () => undefined);
  }

  /** Undefined: it has no session yet. */
  sell(order: Order): Sale | undefined {
    const incarnation = this.#incarnation;
    if (incarnation === 0) return undefined;
    const number = this.#next;
    this.#next += 1;
    const time = this.#world.time + (order.clock ?? 0);
    const sale: Sale = { number, incarnation, order, time, givenUp: false, final: undefined };
    this.#sales.set(number, sale);
    this.#transact(sale);
    return sale;
  }

  /** Sends again what it once sent: the same message, or the reversal after it gave up. */
  repeat(sale: Sale): void {
    if (sale.givenUp) this.reverse(sale);
    else this.#transact(sale);
  }

  /** Not below the mark that it has stated: what it said it would never ask about is forgotten. */
  reverse(sale: Sale): void {
    if (this.#sales.get(sale.number) !== sale) return;
    if (sale.final !== undefined && sale.number < this.#stated) return;
    // It knows that this would be too old.
    if (sale.final !== undefined && this.#world.time - sale.time > MAX_REVERSAL_AGE_MS) return;
    sale.givenUp = true;
    if (sale.final !== 'REVERSED') sale.final = undefined;
    const { number } = sale;
    const { card } = sale.order;
    const reverse = { id: this.#id(number), session: this.#session, mark: this.#mark(), card };
    this.#send({ reverse }, this.#onAnswer(sale));
  }

  query(sale: Sale): void {
    const queryOutcome = { id: this.#id(sale.number), session: this.#session };
    this.#send({ queryOutcome }, () => undefined);
  }

  /** The number of something finished with another amount: must never have an effect. */
  misuse(sale: Sale): void {
    const { order } = sale;
    if (sale.final === undefined || !statesAmount(order.kind)) return;
    const incarnation = this.#incarnation;
    const other = { ...sale, order: { ...order, amount: order.amount + 1 } };
    this.#send({ transact: this.#message(other) }, (reply) => {
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

  #message({ number, order, time }: Sale): v1.Transact.$Properties {
    const { kind, card, amount, device = 1, partial = false, original = null, pinHash = '' } = order;
    return {
      id: this.#id(number),
      session: this.#session,
      mark: this.#mark(),
      kind: v1.Kind[`KIND_${kind}`],
      card,
      amount: statesAmount(kind) ? amount : null,
      terminalTimeMs: time,
      device,
      partial,
      original,
      pinHash: Buffer.from(pinHash, 'hex'),
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
