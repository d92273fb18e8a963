/** One page of a partition's index as Redis holds it (snapshots.proto): units, and the sequences of their last events. */
import { v1 } from '../../proto/generated/emoney.js';
import { fromUnsigned, toUnsigned } from '../../proto/guard.js';
import { sizeOf, writeVarint } from '../../proto/packer.js';
import { tagsOf } from '../../proto/tags.js';
import { END, Unpacker, Unusual } from '../../proto/unpacker.js';
import { Sequences } from './sequences.js';

const FORMAT = 1;

const PAGE = tagsOf(v1.IndexPage, {
  format: 1,
  page: 1,
  units: ['x'],
  sequences: [fromUnsigned(1, 'sequence')],
});
const from = new Unpacker(1);
/** Two tags and two numbers below 2^32. */
const MOST_BEFORE_LISTS = 2 * (1 + 5);

export function encodePage(page: number, content: Sequences): Uint8Array {
  const { fields, size } = content;
  let sequenceBytes = 0;
  for (let unit = 0; unit < size; unit += 1) sequenceBytes += sizeOf(content.sequenceAt(unit));
  const bytes = new Uint8Array(MOST_BEFORE_LISTS + fields.length + MOST_BEFORE_LISTS + sequenceBytes);
  let at = writeVarint(bytes, 0, PAGE.format);
  at = writeVarint(bytes, at, FORMAT);
  if (page !== 0) {
    at = writeVarint(bytes, at, PAGE.page);
    at = writeVarint(bytes, at, page);
  }
  bytes.set(fields, at);
  at += fields.length;
  if (size > 0) {
    at = writeVarint(bytes, at, PAGE.sequences);
    at = writeVarint(bytes, at, sequenceBytes);
    for (let unit = 0; unit < size; unit += 1) at = writeVarint(bytes, at, content.sequenceAt(unit));
  }
  return bytes.subarray(0, at);
}

/** The highest sequence that it names. Throws when it is no page, or another, or could not be read later. */
export function checkPage(page: number, bytes: Uint8Array): number {
  let highest = 0;
  const count = (sequence: number): void => {
    if (sequence > highest) highest = sequence;
  };
  try {
    scan(
      page,
      bytes,
      () => {
        from.skip();
      },
      count,
    );
  } catch (error) {
    if (!(error instanceof Unusual)) throw error;
    decode(page, bytes, (_, sequence) => {
      count(sequence);
    });
  }
  return highest;
}

/** Throws as checkPage does. */
export function readPage(page: number, bytes: Uint8Array): Sequences {
  const keys: Uint8Array[] = [];
  const sequences: number[] = [];
  try {
    scan(
      page,
      bytes,
      () => keys.push(from.raw()),
      (sequence) => sequences.push(sequence),
    );
  } catch (error) {
    if (!(error instanceof Unusual)) throw error;
    const content = emptyPage();
    decode(page, bytes, (unit, sequence) => {
      content.set(unit, sequence);
    });
    return content;
  }
  // One more: it is not full when all are in it.
  const content = emptyPage(keys.length + 1);
  for (const [at, key] of keys.entries()) content.add(key, sequences[at] ?? 0);
  return content;
}

/** With room for so many units. */
export function emptyPage(units?: number): Sequences {
  return new Sequences(PAGE.units, units);
}

/** A page as it is usually packed. Throws Unusual: to be read by `decode`. `onUnit`: has to read, or skip, its key. */
function scan(
  page: number,
  bytes: Uint8Array,
  onUnit: () => void,
  onSequence: (sequence: number) => void,
): void {
  let [units, sequences] = [0, 0];
  from.begin(bytes);
  const format = from.tag() === PAGE.format ? from.uint() : from.unusual();
  let tag = from.tag();
  let named = 0;
  if (tag === PAGE.page) {
    named = from.uint();
    tag = from.tag();
  }
  mustBe(page, format, named);
  for (; tag === PAGE.units; tag = from.tag()) {
    onUnit();
    units += 1;
  }
  if (tag === PAGE.sequences) {
    const outer = from.enter();
    for (; !from.isAtEnd; sequences += 1) onSequence(from.uint());
    from.leave(outer);
    tag = from.tag();
  }
  if (tag !== END) from.unusual();
  mustMatch(units, sequences);
}

function decode(page: number, bytes: Uint8Array, onUnit: (unit: string, sequence: number) => void): void {
  const { format, page: named, units, sequences } = v1.IndexPage.decode(bytes);
  mustBe(page, format, named);
  mustMatch(units.length, sequences.length);
  for (const [at, unit] of units.entries()) onUnit(unit, toUnsigned(sequences[at], 'sequence'));
}

function mustBe(page: number, format: number, named: number): void {
  if (format !== FORMAT || named !== page) throw new Error(`not index page ${String(page)}`);
}

function mustMatch(units: number, sequences: number): void {
  if (units !== sequences) throw new Error('index page of unequal columns');
}
