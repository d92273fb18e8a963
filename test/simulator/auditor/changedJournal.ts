/** A stored journal in which one amount is changed, with the right chain: what a wrong decider would have written. */
import { createHash } from 'node:crypto';
import Long from 'long';
import { v1 } from '../../../proto/generated/emoney.js';

type Journal = readonly (readonly Uint8Array[])[];

/** Where an event is. */
interface Place {
  readonly partition: number;
  readonly frame: number;
  readonly turn: number;
  readonly event: number;
}

/** An amount in it: by its path, and by its number among those of its event. */
export interface AmountField extends Place {
  readonly path: string;
  readonly index: number;
}

const AMOUNT =
  /^(value|account|loan|interest|fare|restoredLoan|excess|accountAsLoan|storedValue|fareOwed|limit|previousLimit|amount|remainder|pending|carry|dropped|owed)$/;

/** Stated once, by one side alone: nobody could contradict it. */
const ALONE = /^(transactionRefused|runProgressed|batchClosing)/;

/** Every amount of every event. */
export function amountsIn(journal: Journal): AmountField[] {
  const found: AmountField[] = [];
  journal.forEach((frames, partition) => {
    frames.forEach((bytes, frame) => {
      turnsOf(v1.Frame.decode(bytes)).forEach(({ events }, turn) => {
        events!.forEach((each, event) => {
          const place = { partition, frame, turn, event };
          fieldsOf(v1.Event.decode(each)).forEach(({ path }, index) => found.push({ ...place, path, index }));
        });
      });
    });
  });
  return found.filter(({ path }) => !ALONE.test(path));
}

/** With one more in this field; every later frame of its partition has the hash that follows. */
export function withOneMore(journal: Journal, field: AmountField): Uint8Array[][] {
  const changed = journal.map((frames) => [...frames]);
  const frames = changed[field.partition]!;
  let hash: Uint8Array | undefined;
  for (let index = field.frame; index < frames.length; index += 1) {
    const frame = v1.Frame.decode(frames[index]!);
    if (hash === undefined) change(frame, field);
    else frame.previousHash = hash;
    frames[index] = v1.Frame.encode(frame).finish();
    hash = createHash('sha256').update(frames[index]!).digest();
  }
  return changed;
}

function change(frame: v1.Frame, { turn, event, index }: AmountField): void {
  const { events } = turnsOf(frame)[turn]!;
  const decoded = v1.Event.decode(events![event]!);
  fieldsOf(decoded)[index]!.increase();
  events![event] = v1.Event.encode(decoded).finish();
}

function turnsOf({ turns }: v1.Frame): v1.Turn.$Properties[] {
  return turns?.turns ?? [];
}

interface Field {
  readonly path: string;
  readonly increase: () => void;
}

function fieldsOf(event: v1.Event): Field[] {
  const found: Field[] = [];
  const body = event.body!;
  collect(event[body]!, body, found);
  return found;
}

function collect(message: object, path: string, found: Field[]): void {
  for (const [name, value] of Object.entries(message) as [string, unknown][]) {
    const here = `${path}.${name}`;
    if (Long.isLong(value) || typeof value === 'number') {
      const more = Long.isLong(value) ? value.add(1) : value + 1;
      if (AMOUNT.test(name))
        found.push({ path: here, increase: () => Object.assign(message, { [name]: more }) });
    } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
      collect(value, here, found);
    }
  }
}
