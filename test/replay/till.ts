/** A till, gate or phone of the story: it numbers what it sends, and waits for each answer unless it is told not to. */
import { v1 } from '../../proto/generated/emoney.js';
import type { Deployment } from './deployment.js';

/** What was asked under one id. */
export interface Sale {
  readonly id: v1.TransactionId.$Properties;
  readonly card: string;
  readonly correlation: number;
}

export class Till {
  readonly terminal: string;
  readonly #deployment: Deployment;
  #session = 0;
  #incarnation = 0;
  #next = 1;

  constructor(deployment: Deployment, terminal: string) {
    this.terminal = terminal;
    this.#deployment = deployment;
  }

  get session(): number {
    return this.#session;
  }

  async hello(more: v1.OpenSession.$Properties = {}): Promise<void> {
    const openSession = { terminal: this.terminal, ...more };
    const { welcomed } = await this.#deployment.ask(this.terminal, { openSession });
    this.#session = Number(welcomed?.session);
    this.#incarnation = welcomed?.incarnation ?? 0;
    this.#next = Number(welcomed?.nextNumber);
  }

  /** As it was: the same incarnation, the next number. */
  helloAgain(more: v1.OpenSession.$Properties = {}): Promise<void> {
    return this.hello({ incarnation: this.#incarnation, nextNumber: this.#next, ...more });
  }

  async holdList(): Promise<void> {
    const { version } = this.#deployment.prohibitions;
    const holdList = { terminal: this.terminal, session: this.#session, version };
    await this.#deployment.ask(this.terminal, { holdList });
  }

  /** Sent, not answered yet. `mark`: numbers below it are final and known here; default: it keeps all. */
  send(kind: v1.Kind, card: string, more: v1.Transact.$Properties = {}): Sale {
    const id = { terminal: this.terminal, incarnation: this.#incarnation, number: this.#next };
    this.#next += 1;
    const terminalTimeMs = this.#deployment.clock.now() - 1_000;
    const transact = { id, session: this.#session, mark: 1, kind, card, terminalTimeMs, device: 1, ...more };
    return { id, card, correlation: this.#deployment.send(this.terminal, { transact }) };
  }

  /** Throws when the outcome is another. */
  async transact(
    outcome: keyof typeof v1.Outcome,
    kind: v1.Kind,
    card: string,
    more: v1.Transact.$Properties = {},
  ): Promise<Sale> {
    const sale = this.send(kind, card, more);
    const { answered } = await this.#deployment.reply(sale.correlation);
    const found = v1.Outcome[answered?.answer?.outcome ?? 0];
    if (found !== outcome) {
      throw new Error(`${v1.Kind[kind]} of ${card} at ${this.terminal}: ${found ?? ''}, not ${outcome}`);
    }
    return sale;
  }

  async reverse({ id, card }: Pick<Sale, 'id' | 'card'>, more: v1.Reverse.$Properties = {}): Promise<void> {
    const terminalTimeMs = this.#deployment.clock.now();
    const reverse = { id, session: this.#session, mark: 1, card, terminalTimeMs, ...more };
    await this.#deployment.ask(this.terminal, { reverse });
  }

  /** A number that it never used for anything else: the reversal comes alone. */
  async reverseUnseen(card: string): Promise<void> {
    const id = { terminal: this.terminal, incarnation: this.#incarnation, number: this.#next };
    this.#next += 1;
    await this.reverse({ id, card });
  }
}
