/** Journals made by hand: frames as models that a test may change, encoded with the right chain at the end. */
import { createHash } from 'node:crypto';
import { v1 } from '../../../proto/generated/emoney.js';

export type Event = v1.Event.$Properties;

export interface TurnModel {
  units: string[];
  events: Event[];
}

export interface FrameModel {
  body: 'genesis' | 'epoch' | 'turns' | 'released';
  time: number;
  turns: TurnModel[];
  /** What the encoded frame says instead of what is right. */
  override: v1.Frame.$Properties;
}

export const START = Date.UTC(2026, 2, 1);

/** FNV-1a, as the deployment places its actors. */
export function placed(id: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(id)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % partitions;
}

export class JournalBuilder {
  readonly partitions: FrameModel[][];
  /** All frames in the order in which they were written. */
  readonly frames: FrameModel[] = [];
  time = START;
  /** What the genesis frames fix; a test may change it. */
  readonly rules: v1.DeploymentRules.$Properties = {
    currency: 'JPY',
    timeZone: 'Asia/Tokyo',
    createdMs: START,
  };

  constructor(partitions: number) {
    this.partitions = Array.from({ length: partitions }, () => []);
    this.partitions.forEach((_, partition) => {
      this.add(partition, 'genesis');
      this.add(partition, 'epoch');
    });
  }

  /** Sequence that the next frame of the partition has. */
  next(partition: number): number {
    return this.partitions[partition]!.length + 1;
  }

  add(partition: number, body: FrameModel['body']): FrameModel {
    this.time += 1;
    const frame: FrameModel = { body, time: this.time, turns: [], override: {} };
    this.partitions[partition]!.push(frame);
    this.frames.push(frame);
    return frame;
  }

  /** One turn in a frame of its own. */
  turn(partition: number, units: string[], events: Event[]): FrameModel {
    const frame = this.add(partition, 'turns');
    frame.turns.push({ units, events });
    return frame;
  }

  /** Every event with a body of this name, in order, to look at or to change. */
  find<Name extends keyof Event>(name: Name): NonNullable<Event[Name]>[] {
    const events = this.frames.flatMap(({ turns }) => turns.flatMap((turn) => turn.events));
    return events.flatMap((event) => {
      const body = event[name];
      return body == null ? [] : [body];
    });
  }

  /** The frame that holds an event of this name; the first, unless `index` says otherwise. */
  frameOf(name: keyof Event, index = 0): FrameModel {
    return this.frames.filter(({ turns }) =>
      turns.some(({ events }) => events.some((event) => event[name] != null)),
    )[index]!;
  }

  encode(): Uint8Array[][] {
    return this.partitions.map((frames, partition) => {
      let hash: Uint8Array = new Uint8Array(0);
      let epoch = 0;
      return frames.map((frame, index) => {
        if (frame.body === 'epoch') epoch = index + 1;
        const bytes = this.#encode(frame, partition, index + 1, epoch, hash);
        hash = createHash('sha256').update(bytes).digest();
        return bytes;
      });
    });
  }

  #encode(
    frame: FrameModel,
    partition: number,
    sequence: number,
    epoch: number,
    hash: Uint8Array,
  ): Uint8Array {
    return v1.Frame.encode({
      format: 1,
      sequence,
      previousHash: hash,
      epoch,
      timeMs: frame.time,
      ...this.#body(frame, partition),
      ...frame.override,
    }).finish();
  }

  #body(frame: FrameModel, partition: number): v1.Frame.$Properties {
    switch (frame.body) {
      case 'genesis':
        return { genesis: this.#genesis(partition) };
      case 'epoch':
        return { epochBegin: { worker: 'w', writesFormat: 1, generation: 1 } };
      case 'released':
        return { released: {} };
      case 'turns': {
        const turns = frame.turns.map(({ units, events }) => ({
          units,
          events: events.map((event) => v1.Event.encode(event).finish()),
        }));
        return { turns: { turns } };
      }
    }
  }

  #genesis(partition: number): v1.Genesis.$Properties {
    const rules = v1.DeploymentRules.encode(this.rules).finish();
    const partitions = this.partitions.length;
    return { deployment: 'test', partition, partitions, hashFunction: 'fnv1a32', rules };
  }
}
