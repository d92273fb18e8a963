/** Terminals without a gateway: a client on the bus that speaks to the terminals' partitions as the gateway does. */
import type { ListVersion } from '../../client/index.js';
import { Numbers } from '../../client/numbers.js';
import type { Partitions } from '../../gateway/partitions.js';
import type { Waiter } from '../../gateway/pending.js';
import { transactOf } from '../../gateway/transactions.js';
import { v1 } from '../../proto/generated/emoney.js';
import { toUnsigned } from '../../proto/guard.js';
import type { BenchSystem } from '../support/system.js';
import { ask } from './ask.js';
import { openBusPartitions } from './busPartitions.js';

/** Once, when a payment has its outcome: undefined where it was approved. */
export type OnPaid = (refusal?: string) => void;

export interface Tills {
  /** At the next terminal in turn. */
  pay(card: string, done: OnPaid): void;
  /** At one of them, by its place among the terminals. */
  payAt(place: number, card: string, done: OnPaid): void;
}

export interface BusTills extends Tills {
  close(): Promise<void>;
}

/** Repeats of one payment before it is given up. */
const ATTEMPTS = 20;
const RETRY_MS = 100;

/** Every terminal says HELLO, and that it holds the prohibition list. */
export async function openTills(
  partitions: Partitions,
  terminals: readonly string[],
  version: ListVersion,
): Promise<Tills> {
  const tills = await Promise.all(terminals.map((terminal) => Till.open(partitions, terminal, version)));
  let turn = 0;
  return {
    pay: (card, done) => {
      tills[turn++ % tills.length]?.pay(card, done);
    },
    payAt: (place, card, done) => {
      tills[place]?.pay(card, done);
    },
  };
}

/** The same, on a connection of their own. */
export async function openBusTills(
  system: BenchSystem,
  terminals: readonly string[],
  version: ListVersion,
): Promise<BusTills> {
  const { partitions, close } = await openBusPartitions(system, 'tills');
  return { ...(await openTills(partitions, terminals, version)), close };
}

class Till {
  readonly partitions: Partitions;
  readonly partition: number;
  readonly session: Parameters<typeof transactOf>[2];
  readonly numbers: Numbers;

  private constructor(partitions: Partitions, partition: number, welcomed: v1.Welcomed) {
    const { terminal, incarnation, session, nextNumber } = welcomed;
    this.partitions = partitions;
    this.partition = partition;
    this.session = { terminal, partition, incarnation, session };
    this.numbers = new Numbers(toUnsigned(nextNumber, 'next_number'), []);
  }

  static async open(partitions: Partitions, terminal: string, version: ListVersion): Promise<Till> {
    const partition = partitions.of(terminal);
    const openSession = { terminal, source: '', card: '', device: 0 };
    const { welcomed } = await ask(partitions, partition, { openSession });
    if (welcomed == null) throw new Error(`${terminal} got no WELCOME`);
    const till = new Till(partitions, partition, welcomed as v1.Welcomed);
    const { session } = till.session;
    await ask(partitions, partition, { holdList: { terminal, session, version } });
    return till;
  }

  pay(card: string, done: OnPaid): void {
    new Payment(this, card, done).send();
  }
}

/** One payment, repeated under its number while it is rejected. */
class Payment implements Waiter {
  readonly #till: Till;
  readonly #said: v1.Purchase;
  readonly #number: number;
  readonly #done: OnPaid;
  #attempts = 0;

  constructor(till: Till, card: string, done: OnPaid) {
    const { numbers } = till;
    this.#till = till;
    this.#done = done;
    this.#number = numbers.take();
    const { mark } = numbers;
    // No spreads: what they make is slow to read, and the load generator has its part in every figure.
    this.#said = {
      terminal: '',
      number: this.#number,
      card,
      amount: 1,
      currency: '',
      terminalTimeMs: Date.now(),
      mark,
      device: 0,
      partial: false,
      pin: '',
    };
  }

  send(): void {
    const { partitions, partition, session } = this.#till;
    const transact = transactOf(v1.Kind.KIND_PURCHASE, this.#said, session, undefined);
    partitions.send(partition, { transact }, this);
  }

  answered({ answered }: v1.CommandReply): void {
    this.#till.numbers.settle(this.#number);
    const outcome = answered?.answer?.outcome;
    this.#done(outcome === v1.Outcome.OUTCOME_APPROVED ? undefined : `outcome ${outcome ?? 'none'}`);
  }

  rejected(code: v1.Rejection, detail: string): void {
    this.#attempts += 1;
    if (this.#attempts >= ATTEMPTS) this.#done(`rejection ${code}: ${detail}`);
    else setTimeout(() => this.send(), RETRY_MS);
  }
}
