/** One partition's journal on the memory twin, written by a test, and the history that follows it. */
import { MemoryHistoryDisk, MemoryHistoryStore } from '../../../actors/adapters/memory/historyStore.js';
import { ManualClock } from '../../../actors/adapters/memory/clock.js';
import { MemoryJournalStore } from '../../../actors/adapters/memory/journal.js';
import { MemoryJournalServer, type MemoryStream } from '../../../actors/adapters/memory/journalServer.js';
import type { HistoryFollower } from '../../../actors/history/follower.js';
import { History } from '../../../actors/history/history.js';
import type { File, Filing, HistoryStore, Matter } from '../../../actors/history/ports.js';
import { latin1OfText } from '../../../actors/history/rows.js';
import type { Query } from '../../../actors/history/query.js';
import { EMPTY_TIP, type Tip } from '../../../actors/runtime/chain.js';
import { encodeFrame, hashOf, type FrameBody, type TurnRecord } from '../../../actors/runtime/frame.js';

export const PARTITION = 3;

/** What an event of these tests says: how it is filed, and a name by which it is known again. */
export interface TestEvent {
  readonly role: Filing['role'] | 'ignored';
  readonly name: string;
  readonly card?: string;
  readonly terminal?: string;
  readonly incarnation?: number;
  readonly number?: number;
  readonly batch?: number;
  readonly lines?: readonly number[];
  readonly matters?: readonly (Omit<Matter, 'name'> & { readonly name: string })[];
  readonly standing?: { readonly name: string; readonly whole: boolean; readonly value: string };
  /** Only makes it longer. */
  readonly padding?: string;
  readonly count?: { readonly name: string; readonly adds: readonly number[] };
}

export function encode(event: TestEvent): Uint8Array {
  return Buffer.from(JSON.stringify(event));
}

export function decode(bytes: Uint8Array): TestEvent {
  return JSON.parse(Buffer.from(bytes).toString()) as TestEvent;
}

export function file(bytes: Uint8Array): Filing | undefined {
  const {
    role,
    card = '',
    terminal = '',
    incarnation = 0,
    number = 0,
    batch = 0,
    lines = [],
    matters = [],
    standing,
    count,
  } = decode(bytes);
  if (role === 'ignored') return undefined;
  return {
    role,
    card: latin1OfText(card),
    terminal: latin1OfText(terminal),
    incarnation,
    number,
    batch,
    lines,
    matters: matters.map(({ name, ...matter }) => ({ ...matter, name: Buffer.from(name) })),
    standing: standing && {
      name: Buffer.from(standing.name),
      whole: standing.whole,
      value: Buffer.from(standing.value),
    },
    count: count && { name: latin1OfText(count.name), adds: count.adds },
  };
}

export class HistoryWorld {
  readonly clock = new ManualClock();
  readonly disk = new MemoryHistoryDisk();
  readonly log: string[] = [];
  readonly #server = new MemoryJournalServer(this.clock);
  /** Of the journal. */
  tip: Tip = EMPTY_TIP;
  store!: MemoryHistoryStore;
  history!: History;
  follower: HistoryFollower | undefined;
  readonly #file: File;
  #epoch = 0;

  /** `events`: how they are filed; default: the events of these tests. */
  constructor(events: File = file) {
    this.#file = events;
    this.#server.create(PARTITION);
    const genesis = {
      ...{ deployment: 'test', partition: PARTITION, partitions: 4 },
      ...{ hashFunction: 'none', rules: new Uint8Array(0) },
    };
    this.write({ kind: 'genesis', ...genesis });
    this.restart();
  }

  get stream(): MemoryStream {
    const stream = this.#server.stream(PARTITION);
    if (stream === undefined) throw new Error('the journal is gone');
    return stream;
  }

  /** Another process opens what the one before left on the disk. */
  restart(store: HistoryStore = new MemoryHistoryStore(this.disk)): void {
    this.follower?.stop();
    this.follower = undefined;
    this.store = store as MemoryHistoryStore;
    this.history = new History({
      store,
      clock: this.clock,
      file: this.#file,
      log: (line) => this.log.push(line),
    });
  }

  /**
   * The machine fails, with the newest batches of the store, and with what was filed in memory only; another process
   * goes on.
   */
  async crash(batches: number): Promise<void> {
    this.follower?.stop();
    await this.finished(this.follower?.ended ?? Promise.resolve(), 'the end');
    this.disk.loseNewest(batches);
    this.restart();
    const lines = this.log.length;
    await this.take();
    await this.clock.runUntil(() => this.log.length > lines, 'the history is complete again');
  }

  /** The partition is taken: an epoch frame, and a follower from there. */
  async take(): Promise<HistoryFollower> {
    this.write({ kind: 'epoch', worker: 'w', writesFormat: 1, generation: 1, operatorOrder: '' });
    const journal = await this.finished(
      new MemoryJournalStore(this.#server, this.clock).open(PARTITION),
      'the journal',
    );
    const served = { partition: PARTITION, epoch: this.tip.sequence, journal, tip: this.tip };
    this.follower = this.history.follow(served);
    return this.follower;
  }

  /** A frame of turns, one event each, in the journal, unknown to the follower. */
  append(...events: readonly TestEvent[]): readonly TurnRecord[] {
    return this.#append(events.map(encode));
  }

  /** The same, acknowledged to the owner. `bytes`: the size that it states. */
  acknowledge(events: readonly TestEvent[], bytes = 100): void {
    this.acknowledgeBytes(events.map(encode), bytes);
  }

  acknowledgeBytes(events: readonly Uint8Array[], bytes = 100): void {
    const turns = this.#append(events);
    this.follower?.stored(this.tip, turns, bytes);
  }

  #append(events: readonly Uint8Array[]): readonly TurnRecord[] {
    const turns = events.map((event) => ({ units: ['u'], events: [event] }));
    this.write({ kind: 'turns', turns });
    return turns;
  }

  write(body: FrameBody): void {
    const { sequence, hash, time } = this.tip;
    const epoch = body.kind === 'epoch' ? sequence + 1 : this.#epoch;
    const frame = {
      sequence: sequence + 1,
      previousHash: hash,
      epoch,
      time: Math.max(time, this.clock.now()),
    };
    const bytes = encodeFrame({ ...frame, body });
    this.stream.append(bytes, sequence, this.clock.now());
    this.tip = { sequence: sequence + 1, hash: hashOf(bytes), time: frame.time };
    this.#epoch = epoch;
  }

  /** The journal loses its end, and goes on from there. */
  cut(count: number): void {
    this.stream.cutTail(count);
    const [last] = this.stream.following(this.stream.last, 1);
    if (last === undefined) throw new Error('nothing is left');
    this.tip = { sequence: last.sequence, hash: hashOf(last.bytes), time: this.clock.now() };
  }

  /** Names of what is found, newest first, and "…" when there is more. */
  async search(query: Partial<Query> = {}): Promise<string[]> {
    const all = {
      card: undefined,
      terminal: undefined,
      id: undefined,
      from: undefined,
      to: undefined,
      limit: 100,
    };
    const { entries, more } = await this.finished(
      this.history.search(PARTITION, { ...all, ...query }),
      'the search',
    );
    const names = entries.map(({ event }) => decode(event).name);
    return more ? [...names, '…'] : names;
  }

  /** A batch of a terminal, in pages: opening+closing, or the entry's name. */
  async batch(terminal: string, batch: number, own: boolean, limit = 1_000): Promise<string[][]> {
    const pages: string[][] = [];
    for (let after: Uint8Array = new Uint8Array(0); ;) {
      const query = { terminal, batch, own, after, limit };
      const { items, next } = await this.finished(this.history.listBatch(PARTITION, query), 'the batch');
      pages.push(
        items.map(({ event, opening }) => {
          const { name } = decode(event);
          return opening === undefined ? name : `${decode(opening).name}+${name}`;
        }),
      );
      if (next.length === 0) return pages;
      after = next;
    }
  }

  async finished<Result>(work: Promise<Result>, what: string): Promise<Result> {
    let done = false;
    work.then(
      () => (done = true),
      () => (done = true),
    );
    await this.clock.runUntil(() => done, what, 60_000);
    return work;
  }
}

/** An entry of a transaction. */
export function entry(
  name: string,
  card: string,
  id: readonly [string, number, number],
  batch = 1,
): TestEvent {
  const [terminal, incarnation, number] = id;
  return { role: 'entry', name, card, terminal, incarnation, number, batch };
}
