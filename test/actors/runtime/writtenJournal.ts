/** A journal whose frames a test writes itself. */
import { MemoryJournalStore } from '../../../actors/adapters/memory/journal.js';
import { MemoryJournalServer } from '../../../actors/adapters/memory/journalServer.js';
import { systemClock } from '../../../actors/adapters/system/clock.js';
import { EMPTY_TIP } from '../../../actors/runtime/chain.js';
import { StateDigest } from '../../../actors/runtime/digest.js';
import type { Domain } from '../../../actors/runtime/domain.js';
import { encodeFrame, type FrameBody, hashOf, type TurnRecord } from '../../../actors/runtime/frame.js';
import { HASH_FUNCTION } from '../../../actors/runtime/placement.js';
import type { Journal } from '../../../actors/runtime/ports.js';
import { evolveAll } from '../../../actors/runtime/replay.js';

export class WrittenJournal {
  readonly clock = systemClock;
  readonly server = new MemoryJournalServer(systemClock);
  readonly bodies: FrameBody[] = [];
  readonly #partition = 0;
  #epoch = 0;
  #previousHash = EMPTY_TIP.hash;

  /** Begins with its genesis frame. `deployment` tells journals apart. */
  constructor(deployment = 'test') {
    this.server.create(this.#partition);
    const rules = new Uint8Array(0);
    this.add({
      ...{ kind: 'genesis', deployment, partition: this.#partition, partitions: 1 },
      ...{ hashFunction: HASH_FUNCTION, rules },
    });
  }

  get last(): number {
    return this.bodies.length;
  }

  get stream() {
    return this.server.stream(this.#partition)!;
  }

  add(body: FrameBody): void {
    const sequence = this.last + 1;
    if (body.kind === 'epoch') this.#epoch = sequence;
    const time = 1_767_000_000_000 + sequence;
    const frame = { sequence, previousHash: this.#previousHash, epoch: this.#epoch, time, body };
    const bytes = encodeFrame(frame);
    this.stream.append(bytes, sequence - 1, time);
    this.#previousHash = hashOf(bytes);
    this.bodies.push(body);
  }

  epoch(generation = 1): void {
    this.add({ kind: 'epoch', worker: 'w', writesFormat: 1, generation, operatorOrder: '' });
  }

  turns(...turns: readonly TurnRecord[]): void {
    this.add({ kind: 'turns', turns });
  }

  /** Frames after `sequence` are gone. */
  cutAfter(sequence: number): void {
    const { bytes } = this.stream.frame(sequence)!;
    this.stream.cutTail(this.last - sequence);
    this.bodies.length = sequence;
    this.#previousHash = hashOf(bytes);
    this.#epoch = this.bodies.findLastIndex(({ kind }) => kind === 'epoch') + 1;
  }

  open(): Promise<Journal> {
    return new MemoryJournalStore(this.server, this.clock).open(this.#partition);
  }

  /** Of all states that the frames up to `position` lead to, from the genesis frame on. */
  digestAt<Command, Event, State>(domain: Domain<Command, Event, State>, position: number): string {
    const states = new Map<string, { readonly state: State | undefined; readonly sequence: number }>();
    for (const [at, body] of this.bodies.slice(0, position).entries()) {
      if (body.kind !== 'turns') continue;
      for (const { units, events } of body.turns) {
        const decoded = events.map((bytes) => domain.decodeEvent(bytes));
        for (const unit of units) {
          const state = evolveAll(domain, unit, states.get(unit)?.state, decoded);
          states.set(unit, { state, sequence: at + 1 });
        }
      }
    }
    const digest = new StateDigest();
    for (const key of [...states.keys()].sort()) {
      const { state, sequence = 0 } = states.get(key) ?? {};
      if (state !== undefined) digest.add(key, sequence, domain.encodeState(state));
    }
    return digest.end();
  }
}
