/** The real deciders on a runtime of a few lines: frames of several turns, asks that are lost, repeated and late. */
import { createHash } from 'node:crypto';
import { createRegistry, type Registry } from '../../../actors/registry/registry.js';
import {
  decodeFindOriginal,
  encodeFoundOriginal,
  originalOf,
} from '../../../actors/registry/wire/historyCodec.js';
import type { Ask, Turn } from '../../../actors/runtime/domain.js';
import type { AcknowledgedReply, AuditFrame, AuditSource } from '../../../simulator/auditor/index.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { readParts } from '../../../simulator/auditor/wire/money.js';
import { idText } from '../../../simulator/auditor/findings.js';
import { placed, START } from './journalBuilder.js';

type State = NonNullable<ReturnType<Registry['decodeState']>>;
type Command = ReturnType<Registry['decodeCommand']>;

interface Partition {
  readonly registry: Registry;
  readonly frames: Uint8Array[];
  /** Approved transactions in stored frames, by their ids. */
  readonly moved: Map<string, Uint8Array>;
  readonly states: Map<string, State>;
  readonly positions: Map<string, number>;
  hash: Uint8Array;
  open: v1.Turn.$Properties[];
  /** What leaves when the open frame is stored. */
  effects: (() => void)[];
}

export class ActorsWorld implements AuditSource {
  readonly #partitions: Partition[];
  readonly #asks = new Map<string, Ask>();
  readonly #since = new Map<string, { incarnation: number; sequence: number }>();
  #listSequence = 1;
  time = START;
  /** What devices were told. */
  readonly told: AcknowledgedReply[] = [];
  /** Collection orders in stored frames; credits are negative. */
  readonly orders: { card: string; order: string; amount: number }[] = [];

  constructor(count: number, rules: v1.DeploymentRules.$Properties = {}) {
    const encoded = v1.DeploymentRules.encode({
      ...{ currency: 'JPY', timeZone: 'Asia/Tokyo', createdMs: START },
      ...rules,
    }).finish();
    const list = {
      prohibitedSince: (card: string) => this.#since.get(card),
      listVersion: () => this.list,
    };
    this.#partitions = Array.from({ length: count }, (_, partition) => ({
      registry: createRegistry({ deployment: 'd', partition, partitions: count, rules: encoded }, list),
      ...{
        frames: [],
        moved: new Map(),
        states: new Map(),
        positions: new Map(),
        hash: new Uint8Array(0),
        open: [],
        effects: [],
      },
    }));
    this.#partitions.forEach((each, partition) => {
      const genesis = {
        deployment: 'd',
        partition,
        partitions: count,
        hashFunction: 'fnv1a32',
        rules: encoded,
      };
      this.#store(each, { genesis, epoch: 0 });
      this.#store(each, { epochBegin: { worker: 'w', writesFormat: 1, generation: 1 } });
    });
  }

  get list(): { incarnation: number; sequence: number } {
    return { incarnation: 1, sequence: this.#listSequence };
  }

  /** Every stored frame, by partition. */
  get journal(): readonly (readonly Uint8Array[])[] {
    return this.#partitions.map(({ frames }) => frames);
  }

  /** Nothing is under way, and nothing waits to be stored. */
  get isQuiet(): boolean {
    return (
      this.#asks.size === 0 &&
      this.#partitions.every(({ open, effects }) => open.length + effects.length === 0)
    );
  }

  /** To the partition of `id`. Undefined: it waits, or was rejected. */
  command(id: string, command: v1.Command.$Properties): v1.CommandReply | undefined {
    const partition = this.#partitionOf(id);
    const decoded = partition.registry.decodeCommand(v1.Command.encode(command).finish());
    const { response } = this.#turn(partition, decoded);
    if (response.kind !== 'reply') return undefined;
    this.#tell(partition, response.bytes);
    return v1.CommandReply.decode(response.bytes);
  }

  /** Delivers one ask; `lost`: its answer does not arrive. */
  deliver(choice: number, lost = false): void {
    const asks = [...this.#asks.values()];
    const ask = asks[choice % asks.length];
    if (ask === undefined) return;
    const reply = 'outlet' in ask.to ? this.#outlet(ask.to.outlet, ask) : this.#ask(ask.to.partition, ask);
    if (reply === undefined || lost) return;
    const from = this.#partitionOf(ask.from.slice(ask.from.indexOf('/') + 1));
    this.#turn(from, from.registry.answered(ask, reply));
  }

  /** Stores every open frame. */
  flush(): void {
    for (const partition of this.#partitions) {
      const { open, effects } = partition;
      partition.open = [];
      partition.effects = [];
      if (open.length > 0) this.#store(partition, { turns: { turns: open } });
      for (const event of open.flatMap(({ events }) => events ?? [])) this.#note(partition, event);
      for (const effect of effects) effect();
    }
  }

  /** What units do by themselves: the center's schedule, batches that are closing. */
  wake(): void {
    for (const partition of this.#partitions) {
      const { registry, states } = partition;
      const unfinished = [...states].filter(([, state]) => registry.isUnfinished(state)).map(([key]) => key);
      for (const key of new Set([...registry.standing, ...unfinished])) {
        const command = registry.wake(key, states.get(key), this.time);
        if (command !== undefined) this.#turn(partition, command);
      }
    }
  }

  drain(): void {
    for (let rounds = 0; rounds < 10_000; rounds += 1) {
      this.flush();
      if (this.#asks.size > 0) this.deliver(rounds);
      else {
        this.wake();
        if (this.isQuiet) return;
      }
    }
    throw new Error(`still open: ${[...this.#asks.keys()].join(', ')}`);
  }

  #turn(partition: Partition, command: Command): Turn<unknown> {
    const { registry, states, positions } = partition;
    this.time += 1;
    const position = partition.frames.length + 1;
    const keys = registry.unitsOf(command);
    const context = { time: this.time, position, lastPositions: keys.map((key) => positions.get(key) ?? 0) };
    const turn = registry.decide(
      command,
      keys.map((key) => states.get(key)),
      context,
    );
    // The bytes are what counts: they are decoded before anything evolves from them.
    const bytes = turn.events.map((event) => registry.encodeEvent(event));
    for (const unit of turn.units) {
      for (const event of bytes) {
        const state = registry.evolve(unit, states.get(unit), registry.decodeEvent(event));
        if (state !== undefined) states.set(unit, state);
      }
      positions.set(unit, position);
    }
    if (bytes.length > 0) partition.open.push({ units: [...turn.units], events: bytes });
    partition.effects.push(() => {
      for (const ask of turn.asks) this.#asks.set(ask.key, ask);
      for (const key of turn.settles) this.#asks.delete(key);
      for (const { bytes: released } of turn.releases) this.#tell(partition, released);
    });
    return turn;
  }

  #ask(to: number, ask: Ask): Uint8Array | undefined {
    const partition = this.#at(to);
    const { response } = this.#turn(partition, partition.registry.decodeCommand(ask.command));
    this.flush();
    return response.kind === 'reply' ? response.bytes : undefined;
  }

  /** What the rest of the world must know of a stored event. */
  #note({ moved }: Partition, event: Uint8Array): void {
    const { recordMoved, recordCollectionOrdered: ordered } = v1.Event.decode(event);
    const id = recordMoved?.asked?.id;
    if (id != null) moved.set(idText(id.terminal!, id.incarnation!, Number(id.number)), event);
    if (ordered != null)
      this.orders.push({
        card: ordered.card!,
        order: ordered.order!,
        amount: Number(ordered.amount) * (ordered.credit === true ? -1 : 1),
      });
  }

  #outlet(name: string, ask: Ask): Uint8Array {
    return name === 'originals' ? this.#findOriginal(ask) : this.#publish(ask);
  }

  /** As the history of the card's partition does, from the journal. */
  #findOriginal(ask: Ask): Uint8Array {
    const { original, card } = decodeFindOriginal(ask.command);
    const { terminal, incarnation, number } = original;
    const event = this.#partitionOf(card).moved.get(idText(terminal, incarnation, number));
    return encodeFoundOriginal(event && originalOf(event, card));
  }

  #publish(ask: Ask): Uint8Array {
    const entry = v1.ProhibitionEntry.decode(ask.command);
    this.#listSequence += 1;
    const free = entry.reasons.length === 0;
    if (free) this.#since.delete(entry.card);
    else if (!this.#since.has(entry.card)) this.#since.set(entry.card, this.list);
    return v1.ListVersion.encode(this.list).finish();
  }

  /** Replies about an id reach devices when their frame is stored. */
  #tell(partition: Partition, bytes: Uint8Array): void {
    const { answered } = v1.CommandReply.decode(bytes);
    if (answered == null) return;
    const { id, card, kind, answer } = answered;
    const told = {
      id: { terminal: id!.terminal!, incarnation: id!.incarnation!, number: Number(id!.number) },
      ...{ card: card!, kind: kind ?? 0, outcome: answer!.outcome ?? 0 },
      ...{ amount: Number(answer!.amount ?? 0), position: Number(answer!.position ?? 0) },
      parts: readParts(answer!.parts),
    };
    partition.effects.push(() => this.told.push(told));
  }

  #store(partition: Partition, body: v1.Frame.$Properties): void {
    const sequence = partition.frames.length + 1;
    const epoch = 2;
    const frame = { format: 1, sequence, previousHash: partition.hash, epoch, timeMs: this.time, ...body };
    const bytes = v1.Frame.encode(frame).finish();
    partition.hash = createHash('sha256').update(bytes).digest();
    partition.frames.push(bytes);
  }

  /** Where an actor with this id lives. */
  #partitionOf(id: string): Partition {
    return this.#at(placed(id, this.#partitions.length));
  }

  #at(partition: number): Partition {
    return this.#partitions[partition]!;
  }

  async partitionCount(): Promise<number> {
    return this.#partitions.length;
  }

  async lastSequence(partition: number): Promise<number> {
    return this.#at(partition).frames.length;
  }

  async *readFrames(partition: number, from: number): AsyncIterable<readonly AuditFrame[]> {
    const frames = this.#at(partition).frames.slice(from - 1);
    yield frames.map((bytes, index) => ({ sequence: from + index, bytes }));
  }

  async describeCards(ids: readonly string[]): Promise<v1.CardDescription.$Properties[]> {
    return ids.map((id) => this.command(id, { describeCards: { cards: [id] } })!.cards!.cards![0]!);
  }

  async describeTerminals(ids: readonly string[]): Promise<v1.TerminalDescription.$Properties[]> {
    return ids.map(
      (id) => this.command(id, { describeTerminals: { terminals: [id] } })!.terminals!.terminals![0]!,
    );
  }

  async describeTotals(ids: readonly string[]): Promise<v1.TotalsDescription.$Properties[]> {
    // The rows of all partitions one after the other: whoever reads them adds up those of one batch and date.
    return ids.map((terminal) => ({
      terminal,
      totals: this.#partitions.flatMap((each) => this.#totals(each, terminal)),
    }));
  }

  #totals(partition: Partition, terminal: string): v1.BatchTotals.$Properties[] {
    const bytes = v1.Command.encode({ describeTotals: { terminals: [terminal] } }).finish();
    const { response } = this.#turn(partition, partition.registry.decodeCommand(bytes));
    if (response.kind !== 'reply') throw new Error('not described');
    return v1.CommandReply.decode(response.bytes).totals?.terminals?.[0]?.totals ?? [];
  }

  async readSnapshots(
    partition: number,
    units: readonly string[],
  ): Promise<v1.SnapshotDescription.$Properties[]> {
    const { registry, states, positions } = this.#at(partition);
    return units.map((unit) => {
      const state = states.get(unit);
      if (state === undefined) return { unit };
      return { unit, state: registry.encodeState(state), sequence: positions.get(unit)!, generation: 1 };
    });
  }
}
