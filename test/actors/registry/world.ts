/**
 * A few partitions and a network in one object: what the runtime does with a domain, without any of its speed. Frames
 * hold several turns and are acknowledged late; owners stop at any moment; messages come late, twice, out of order,
 * or never. Every choice is made by the test, so that a failure can be repeated and made smaller.
 */
import { expect } from 'chai';
import type { DeploymentRules } from '../../../actors/money/deploymentRules.js';
import { sameId } from '../../../actors/money/ids.js';
import type { Original } from '../../../actors/money/original.js';
import { amountOf } from '../../../actors/money/parts.js';
import type { ListVersion, ProhibitionReason } from '../../../actors/money/prohibition.js';
import type { Command } from '../../../actors/registry/command.js';
import type { Event } from '../../../actors/registry/event.js';
import { ORIGINALS } from '../../../actors/registry/originals.js';
import { createRegistry, type Registry } from '../../../actors/registry/registry.js';
import { encodeRules } from '../../../actors/registry/rules.js';
import type { State } from '../../../actors/registry/unit.js';
import { decodeFindOriginal, encodeFoundOriginal } from '../../../actors/registry/wire/historyCodec.js';
import {
  decodeAnswered,
  decodePublication,
  encodeListVersion,
  type Publication,
} from '../../../actors/registry/wire/replyCodec.js';
import type { Ask, Turn } from '../../../actors/runtime/domain.js';
import { partitionOf } from '../../../actors/runtime/placement.js';
import type { Rejection } from '../../../actors/runtime/rejection.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { NOON, RULES } from '../money/samples.js';

export type Reply = v1.CommandReply | Rejection;
type Origin = (reply: Uint8Array | Rejection) => void;

/** One frame as the journal has it. `order`: how many frames of all partitions were acknowledged before. */
export interface JournalFrame {
  readonly position: number;
  readonly order: number;
  readonly turns: readonly { readonly units: readonly string[]; readonly events: readonly Uint8Array[] }[];
}

interface Unit {
  readonly state: State | undefined;
  readonly position: number;
}

/** The prohibition list, newer position wins; a version for each change. */
export class List {
  readonly #entries = new Map<string, Publication & { since: ListVersion | undefined }>();
  version: ListVersion = { incarnation: 1, sequence: 1 };

  publish(entry: Publication): ListVersion {
    const known = this.#entries.get(entry.card);
    if (known !== undefined && known.position >= entry.position) return this.version;
    this.version = { incarnation: 1, sequence: this.version.sequence + 1 };
    const since = entry.reasons.length === 0 ? undefined : (known?.since ?? this.version);
    this.#entries.set(entry.card, { ...entry, since });
    return this.version;
  }

  prohibitedSince(card: string): ListVersion | undefined {
    return this.#entries.get(card)?.since;
  }

  reasonsOf(card: string): readonly ProhibitionReason[] {
    return this.#entries.get(card)?.reasons ?? [];
  }
}

/** One partition and its present owner. */
export class Node {
  readonly journal: JournalFrame[] = [];
  readonly registry: Registry;
  readonly #world: World;
  #units = new Map<string, Unit>();
  #staged = new Map<string, Unit>();
  #turns: JournalFrame['turns'][number][] = [];
  #effects: (() => void)[] = [];
  #frameAsks: Ask[] = [];
  #asks = new Map<string, Ask>();
  #waiters = new Map<string, Origin[]>();
  #epoch = 0;

  constructor(world: World, partition: number, partitions: number) {
    this.#world = world;
    const { list } = world;
    const rules = encodeRules(world.rules);
    this.registry = createRegistry(
      { deployment: 'test', partition, partitions, rules },
      { prohibitedSince: (card) => list.prohibitedSince(card), listVersion: () => list.version },
    );
  }

  get position(): number {
    return this.journal.length + 1;
  }

  get pendingAsks(): number {
    return this.#asks.size;
  }

  /** Staged or not. */
  state(key: string): State | undefined {
    return this.#unit(key)?.state;
  }

  /** Keys and states of all units, staged ones included. */
  states(): ReadonlyMap<string, State> {
    const states = new Map<string, State>();
    for (const [key, { state }] of [...this.#units, ...this.#staged]) {
      if (state !== undefined) states.set(key, state);
    }
    return states;
  }

  receive(bytes: Uint8Array, origin: Origin): void {
    this.#decide(this.registry.decodeCommand(bytes), origin);
  }

  /** Of another partition: handed over within a process means the same as over the network. */
  take({ command, meaning }: Ask, origin: Origin): void {
    const read = this.registry.decodeCommand(command);
    if (meaning !== undefined) expect(this.registry.understood(meaning), 'an ask').to.deep.equal(read);
    this.#decide(read, origin);
  }

  answered(ask: Ask, epoch: number, reply: Uint8Array): void {
    // What an ask was replaced by, or a former owner asked, has another correlation: its answers find nobody.
    if (epoch !== this.#epoch || this.#asks.get(ask.key) !== ask) return;
    this.#decide(this.registry.answered(ask, reply), undefined);
  }

  /** What looks at the clock by itself does so. */
  wake(): void {
    const keys = new Set([...this.registry.standing, ...this.states().keys()]);
    for (const key of keys) {
      const state = this.state(key);
      const command = this.registry.wake(key, state, this.#world.time);
      if (command !== undefined) this.#decide(command, undefined);
    }
  }

  /** The open frame is stored and acknowledged. */
  commit(): void {
    const [effects, asks] = [this.#effects, this.#frameAsks];
    if (this.#turns.length > 0) {
      this.journal.push({ position: this.position, order: this.#world.nextOrder(), turns: this.#turns });
    }
    for (const [key, unit] of this.#staged) this.#units.set(key, unit);
    this.#open();
    for (const effect of effects) effect();
    for (const ask of asks) this.#ask(ask);
  }

  /** The owner stops; another one begins with what the journal has. */
  crash(): void {
    this.#open();
    this.#units = this.#rebuilt();
    this.#asks = new Map();
    this.#waiters = new Map();
    this.#epoch += 1;
    for (const [key, { state }] of this.#units) {
      if (state === undefined || !this.registry.isUnfinished(state)) continue;
      for (const ask of this.registry.resume(key, state)) this.#ask(ask);
    }
  }

  /** Whether the journal leads to exactly the states that are in memory, byte for byte. */
  differences(): readonly string[] {
    const rebuilt = this.#rebuilt();
    const bytesOf = (unit: Unit | undefined) =>
      unit?.state === undefined ? '' : Buffer.from(this.registry.encodeState(unit.state)).toString('hex');
    const keys = new Set([...rebuilt.keys(), ...this.#units.keys()]);
    return [...keys].filter((key) => bytesOf(rebuilt.get(key)) !== bytesOf(this.#units.get(key)));
  }

  /** Everything that is not answered is asked again. */
  repeatAsks(): void {
    for (const ask of this.#asks.values()) this.#send(ask);
  }

  #unit(key: string): Unit | undefined {
    return this.#staged.get(key) ?? this.#units.get(key);
  }

  #open(): void {
    this.#staged = new Map();
    this.#turns = [];
    this.#effects = [];
    this.#frameAsks = [];
  }

  #rebuilt(): Map<string, Unit> {
    const units = new Map<string, Unit>();
    for (const { position, turns } of this.journal) {
      for (const { units: keys, events } of turns) {
        const decoded = events.map((bytes) => this.registry.decodeEvent(bytes));
        for (const key of keys)
          units.set(key, { state: this.#evolved(key, units.get(key), decoded), position });
      }
    }
    return units;
  }

  #evolved(key: string, unit: Unit | undefined, events: readonly Event[]): State | undefined {
    let state = unit?.state;
    for (const event of events) state = this.registry.evolve(key, state, event);
    return state;
  }

  #decide(command: Command, origin: Origin | undefined): void {
    const keys = this.registry.unitsOf(command);
    const units = keys.map((key) => this.#unit(key));
    const { position } = this;
    const turn = this.registry.decide(
      command,
      units.map((unit) => unit?.state),
      { time: this.#world.time, position, lastPositions: units.map((unit) => unit?.position ?? 0) },
    );
    const events = turn.events.map((event) => this.registry.encodeEvent(event));
    for (const key of turn.units) {
      if (!keys.includes(key)) throw new Error(`${key} was not asked for`);
      this.#staged.set(key, { state: this.#evolved(key, this.#unit(key), turn.events), position });
    }
    if (events.length > 0) this.#turns.push({ units: turn.units, events });
    this.#respond(turn, origin);
  }

  #respond({ response, asks, settles, releases }: Turn<Event>, origin: Origin | undefined): void {
    for (const { key, bytes } of releases) {
      const waiting = this.#waiters.get(key) ?? [];
      this.#waiters.delete(key);
      this.#effects.push(() => {
        for (const waiter of waiting) waiter(bytes);
      });
    }
    for (const key of settles) {
      this.#asks.delete(key);
      // Also what has not left yet: what is settled and forgotten would be asked, and rejected, for ever.
      this.#frameAsks = this.#frameAsks.filter((ask) => ask.key !== key);
    }
    if (origin !== undefined) {
      if (response.kind === 'reply') {
        mustSaySo(response.bytes, response.meaning);
        this.#effects.push(() => origin(response.bytes));
      }
      // Nothing here holds a command: its sender says it again.
      if (response.kind === 'reject' || response.kind === 'hold')
        this.#effects.push(() => origin(response.rejection));
      if (response.kind === 'wait') {
        this.#waiters.set(response.key, [...(this.#waiters.get(response.key) ?? []), origin]);
      }
    }
    this.#frameAsks.push(...asks);
  }

  #ask(ask: Ask): void {
    this.#asks.set(ask.key, ask);
    this.#send(ask);
  }

  #send(ask: Ask): void {
    const epoch = this.#epoch;
    const back = (reply: Uint8Array | Rejection) => {
      // Rejections end nothing: the ask is repeated.
      if (typeof reply !== 'string') this.#world.post(() => this.answered(ask, epoch, reply));
    };
    const { to } = ask;
    if ('partition' in to) {
      this.#world.post(() => this.#world.node(to.partition).take(ask, back));
    } else if (to.outlet === ORIGINALS) {
      this.#world.post(() => back(encodeFoundOriginal(this.#original(ask.command))));
    } else {
      this.#world.post(() => {
        back(encodeListVersion(this.#world.list.publish(decodePublication(ask.command))));
      });
    }
  }

  /** As the journal has it: what is not acknowledged is not there. */
  #original(bytes: Uint8Array): Original | undefined {
    const { original, card } = decodeFindOriginal(bytes);
    for (const { turns } of this.journal) {
      for (const event of turns.flatMap(({ events }) =>
        events.map((each) => this.registry.decodeEvent(each)),
      )) {
        if (event.type !== 'RecordMoved' || event.asked.card !== card) continue;
        const { id, kind, batch, businessDate } = event.asked;
        if (kind === undefined || !sameId(id, original)) continue;
        const { parts, receiveTime } = event;
        return { kind, amount: amountOf(parts), parts, receiveTime, businessDate, batch };
      }
    }
    return undefined;
  }
}

export class World {
  readonly rules: DeploymentRules;
  readonly list = new List();
  readonly nodes: readonly Node[];
  /** Messages on their way, each delivered by calling it. */
  readonly network: (() => void)[] = [];
  time = NOON;
  #order = 0;

  constructor(partitions: number, rules: DeploymentRules = RULES) {
    this.rules = rules;
    this.nodes = Array.from({ length: partitions }, (_, partition) => new Node(this, partition, partitions));
  }

  node(partition: number): Node {
    const node = this.nodes[partition];
    if (node === undefined) throw new Error(`there is no partition ${partition}`);
    return node;
  }

  nextOrder(): number {
    this.#order += 1;
    return this.#order;
  }

  post(message: () => void): void {
    this.network.push(message);
  }

  /** Sends a command to the partition of a card or terminal; the reply comes back over the network too. */
  send(id: string, command: v1.Command.$Properties, onReply: (reply: Reply) => void): void {
    const bytes = v1.Command.encode(command).finish();
    const node = this.node(partitionOf(id, this.nodes.length));
    this.post(() => {
      node.receive(bytes, (reply) => {
        this.post(() => onReply(typeof reply === 'string' ? reply : v1.CommandReply.decode(reply)));
      });
    });
  }

  /** Delivers one message: any of those on their way. A duplicate stays on its way; a lost one never arrives. */
  deliver(choice: number, fate: 'once' | 'twice' | 'lost'): void {
    const index = choice % Math.max(1, this.network.length);
    const message = this.network[index];
    if (message === undefined) return;
    if (fate !== 'twice') this.network.splice(index, 1);
    if (fate !== 'lost') message();
  }

  /** Everything arrives, every frame is acknowledged, until nothing moves any more. */
  settle(): void {
    for (let round = 0; round < 10_000; round += 1) {
      for (const node of this.nodes) node.commit();
      const messages = this.network.splice(0);
      for (const message of messages) message();
      if (this.network.length > 0 || messages.length > 0) continue;
      if (this.nodes.every((node) => node.pendingAsks === 0)) return;
      for (const node of this.nodes) node.repeatAsks();
    }
    throw new Error('the world does not come to rest');
  }

  /** A command whose reply arrives at once. For setting up a world, and for looking at it at the end. */
  ask(id: string, command: v1.Command.$Properties): Reply {
    let answer: Reply | undefined;
    this.send(id, command, (reply) => (answer = reply));
    this.settle();
    if (answer === undefined) throw new Error('nobody answered');
    return answer;
  }
}

/** What is handed over within a process is what would be read in the bytes. */
function mustSaySo(bytes: Uint8Array, meaning: unknown): void {
  if (meaning !== undefined) expect(meaning, 'an answer').to.deep.equal(decodeAnswered(bytes));
}
