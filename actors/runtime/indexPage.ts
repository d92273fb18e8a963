/** One page of a partition's index as Redis holds it (snapshots.proto): units, and the sequences of their last events. */
import { v1 } from '../../proto/generated/emoney.js';
import { fromUnsigned, toUnsigned } from '../../proto/guard.js';
import { tagsOf } from '../../proto/tags.js';
import { END, Unpacker, Unusual } from '../../proto/unpacker.js';
import { MAX_KEY } from './frame.js';

const FORMAT = 1;

const PAGE = tagsOf(v1.IndexPage, {
  format: 1,
  page: 1,
  units: ['x'],
  sequences: [fromUnsigned(1, 'sequence')],
});
const from = new Unpacker(1);

export function encodePage(page: number, content: ReadonlyMap<string, number>): Uint8Array {
  return v1.IndexPage.encode({
    format: FORMAT,
    page,
    units: [...content.keys()],
    sequences: [...content.values()].map((sequence) => fromUnsigned(sequence, 'sequence')),
  }).finish();
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
export function readPage(
  page: number,
  bytes: Uint8Array,
  onUnit: (unit: string, sequence: number) => void,
): void {
  const units: string[] = [];
  const sequences: number[] = [];
  try {
    scan(
      page,
      bytes,
      () => units.push(from.id(MAX_KEY)),
      (sequence) => sequences.push(sequence),
    );
  } catch (error) {
    if (!(error instanceof Unusual)) throw error;
    decode(page, bytes, onUnit);
    return;
  }
  for (const [at, unit] of units.entries()) onUnit(unit, sequences[at] ?? 0);
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
