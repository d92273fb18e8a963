/** Frames as the journal stores them (journal.proto): encoded, decoded and hashed here and nowhere else. */
import { hash } from 'node:crypto';
import { decodeMessage, encodeMessage } from '../../proto/message.js';
import { v1 } from '../../proto/generated/emoney.js';
import { Packer } from '../../proto/packer.js';
import { tagsOf } from '../../proto/tags.js';
import { END, Unpacker, Unusual } from '../../proto/unpacker.js';
import { fromUnsigned, toNumber, toUnsigned } from '../../proto/guard.js';
import type { Deployment } from './domain.js';
import { FormatUnknownError, JournalDamagedError } from './errors.js';
import type { StoredFrame } from './ports.js';

/** The frame format that this version writes, and the newest that it reads. */
export const FRAME_FORMAT = 1;

/** One command decided: the units that evolve from its events. */
export interface TurnRecord {
  readonly units: readonly string[];
  readonly events: readonly Uint8Array[];
}

/** What the genesis frame fixes. */
export interface GenesisBody extends Deployment {
  readonly hashFunction: string;
}

/** Who took the partition, and how it writes. */
export interface EpochBody {
  readonly worker: string;
  readonly writesFormat: number;
  readonly generation: number;
  readonly operatorOrder: string;
}

export type FrameBody =
  | ({ readonly kind: 'genesis' } & GenesisBody)
  | ({ readonly kind: 'epoch' } & EpochBody)
  | { readonly kind: 'turns'; readonly turns: readonly TurnRecord[] }
  | { readonly kind: 'released'; readonly successor: string }
  | { readonly kind: 'sealed'; readonly nextSegment: number }
  | {
      readonly kind: 'continued';
      readonly segment: number;
      readonly genesis: GenesisBody;
      readonly genesisHash: Uint8Array;
      /** The epoch in force. */
      readonly epoch: EpochBody;
    };

export interface Frame {
  readonly sequence: number;
  /** SHA-256 of the frame before; empty in the genesis frame. */
  readonly previousHash: Uint8Array;
  /** Sequence of the epoch frame in force; the frame's own in an epoch frame; 0 in genesis. */
  readonly epoch: number;
  /** Milliseconds; never before the frame before. */
  readonly time: number;
  readonly body: FrameBody;
}

/** SHA-256 of a frame's bytes: what the next frame and a checkpoint name. */
export function hashOf(bytes: Uint8Array): Uint8Array {
  // As a string first: a Buffer from there is memory outside of V8's heap, and takes twice as long.
  return Buffer.from(hash('sha256', bytes, 'binary'), 'binary');
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

export function encodeFrame(frame: Frame): Uint8Array {
  if (frame.body.kind === 'turns') return packTurns(frame, frame.body.turns);
  return encodeMessage(v1.Frame, {
    format: FRAME_FORMAT,
    sequence: fromUnsigned(frame.sequence, 'sequence'),
    previousHash: frame.previousHash,
    epoch: fromUnsigned(frame.epoch, 'epoch'),
    timeMs: fromUnsigned(frame.time, 'time_ms'),
    ...encodeBody(frame.body),
  });
}

const FRAME = tagsOf(v1.Frame, {
  format: 1,
  sequence: 1,
  previousHash: new Uint8Array(1),
  epoch: 1,
  timeMs: 1,
  turns: {},
});
const TURNS = tagsOf(v1.Turns, { turns: [{}] });
const TURN = tagsOf(v1.Turn, { units: ['x'], events: [new Uint8Array(1)] });
/** Everything of a frame but its turns. */
const HEAD_BYTES = 128;

const to = new Packer();

/** Nearly every frame: the bytes that protobufjs would write, without an object for each message in it. */
function packTurns({ sequence, previousHash, epoch, time }: Frame, turns: readonly TurnRecord[]): Uint8Array {
  let most = HEAD_BYTES;
  for (const turn of turns) most += mostBytes(turn);
  to.begin(most);
  to.uint(FRAME.format, FRAME_FORMAT, 'format');
  to.uint(FRAME.sequence, sequence, 'sequence');
  to.raw(FRAME.previousHash, previousHash);
  to.uint(FRAME.epoch, epoch, 'epoch');
  to.uint(FRAME.timeMs, time, 'time_ms');
  const all = to.open(FRAME.turns);
  for (const { units, events } of turns) {
    const turn = to.open(TURNS.turns);
    for (const unit of units) to.presentText(TURN.units, unit, 'units');
    for (const event of events) to.raw(TURN.events, event);
    to.close(turn);
  }
  to.close(all);
  return to.finish();
}

/** Of a turn in its frame, a few too many: of a character three bytes, of tag and length six. */
export function mostBytes({ units, events }: TurnRecord): number {
  let size = 8;
  for (const { length } of units) size += 3 * length + 6;
  for (const { length } of events) size += length + 6;
  return size;
}

function encodeBody(body: Exclude<FrameBody, { kind: 'turns' }>): v1.Frame.$Properties {
  switch (body.kind) {
    case 'genesis':
      return { genesis: encodeGenesis(body) };
    case 'epoch':
      return { epochBegin: encodeEpoch(body) };
    case 'released':
      return { released: { successor: body.successor } };
    case 'sealed':
      return { sealed: { nextSegment: body.nextSegment } };
    case 'continued': {
      const { segment, genesis, genesisHash, epoch } = body;
      const within = { genesis: encodeGenesis(genesis), epoch: encodeEpoch(epoch) };
      return { continued: { segment, genesisHash, ...within } };
    }
  }
}

function encodeGenesis({ deployment, partition, partitions, hashFunction, rules }: GenesisBody) {
  return { deployment, partition, partitions, hashFunction, rules };
}

function encodeEpoch({ worker, writesFormat, generation, operatorOrder }: EpochBody) {
  return { worker, writesFormat, generation, operatorOrder };
}

/** Throws JournalDamagedError: bytes that are no frame, or of a format that is newer than this version. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const turns = unpackTurns(bytes);
  if (turns !== undefined) return turns;
  try {
    const message = decodeMessage(v1.Frame, bytes);
    if (message.format < 1 || message.format > FRAME_FORMAT) {
      throw new FormatUnknownError(
        `frame format ${String(message.format)} is unknown to this version (reads up to ${String(FRAME_FORMAT)}): upgrade this worker`,
      );
    }
    return {
      sequence: toUnsigned(message.sequence, 'sequence'),
      previousHash: message.previousHash,
      epoch: toUnsigned(message.epoch, 'epoch'),
      time: toNumber(message.timeMs, 'time_ms'),
      body: decodeBody(message),
    };
  } catch (error) {
    if (error instanceof JournalDamagedError) throw error;
    throw new JournalDamagedError(`bytes are no frame: ${String(error)}`, { cause: error });
  }
}

/** Characters of a unit's key, its kind and its id, in ordinary messages. */
export const MAX_KEY = 96;
/** Keys that are kept, so that those of a replay are hashed once: a few megabytes. */
const KEPT_KEYS = 65_536;
const from = new Unpacker(KEPT_KEYS);

/** A frame of turns as it is usually packed; undefined: to be decoded by protobufjs, which knows every field. */
function unpackTurns(bytes: Uint8Array): Frame | undefined {
  try {
    from.begin(bytes);
    const format = expected(FRAME.format);
    const sequence = expected(FRAME.sequence);
    if (format !== FRAME_FORMAT || from.tag() !== FRAME.previousHash) return undefined;
    const previousHash = from.raw();
    const epoch = expected(FRAME.epoch);
    const time = expected(FRAME.timeMs);
    if (from.tag() !== FRAME.turns) return undefined;
    const turns: TurnRecord[] = [];
    const outer = from.enter();
    for (let tag = from.tag(); tag !== END; tag = from.tag()) {
      if (tag !== TURNS.turns) return undefined;
      turns.push(unpackTurn());
    }
    from.leave(outer);
    if (from.tag() !== END) return undefined;
    return { sequence, previousHash, epoch, time, body: { kind: 'turns', turns } };
  } catch (error) {
    if (error instanceof Unusual) return undefined;
    throw error;
  }
}

function unpackTurn(): TurnRecord {
  const units: string[] = [];
  const events: Uint8Array[] = [];
  const outer = from.enter();
  let tag = from.tag();
  for (; tag === TURN.units; tag = from.tag()) units.push(from.id(MAX_KEY));
  for (; tag === TURN.events; tag = from.tag()) events.push(from.raw());
  if (tag !== END) from.unusual();
  from.leave(outer);
  return { units, events };
}

/** An integer that must be there. */
function expected(tag: number): number {
  return from.tag() === tag ? from.uint() : from.unusual();
}

/** Throws as decodeFrame does; the message names the frame. */
export function readFrame({ sequence, bytes }: Pick<StoredFrame, 'sequence' | 'bytes'>): Frame {
  try {
    return decodeFrame(bytes);
  } catch (error) {
    const { message, constructor: type } = error as JournalDamagedError;
    const text = `frame ${String(sequence)}: ${message}`;
    if (type === FormatUnknownError) throw new FormatUnknownError(text, { cause: error });
    throw new JournalDamagedError(text, { cause: error });
  }
}

function decodeBody(message: v1.Frame): FrameBody {
  if (message.turns) return { kind: 'turns', turns: message.turns.turns as readonly TurnRecord[] };
  if (message.epochBegin) return { kind: 'epoch', ...decodeEpoch(message.epochBegin) };
  if (message.released) return { kind: 'released', successor: message.released.successor ?? '' };
  if (message.genesis) return { kind: 'genesis', ...decodeGenesis(message.genesis) };
  if (message.sealed) return { kind: 'sealed', nextSegment: message.sealed.nextSegment ?? 0 };
  if (message.continued) {
    const { segment = 0, genesisHash = new Uint8Array(0), genesis, epoch } = present(message.continued);
    if (genesis === undefined || epoch === undefined)
      throw new JournalDamagedError('the first frame of a segment says nothing of what lies before it');
    const within = { genesis: decodeGenesis(genesis), epoch: decodeEpoch(epoch) };
    return { kind: 'continued', segment, genesisHash, ...within };
  }
  throw new JournalDamagedError('a frame without a body');
}

function decodeGenesis(message: v1.Genesis.$Properties): GenesisBody {
  const { deployment = '', partition = 0, partitions = 0 } = present(message);
  const { hashFunction = '', rules = new Uint8Array(0) } = present(message);
  return { deployment, partition, partitions, hashFunction, rules };
}

function decodeEpoch(message: v1.Epoch.$Properties): EpochBody {
  const { worker = '', writesFormat = 0, generation = 0, operatorOrder = '' } = present(message);
  return { worker, writesFormat, generation, operatorOrder };
}

/** protobufjs leaves out a field that has its default value; its types also allow null, which decode never gives. */
function present<T extends object>(message: T): { [K in keyof T]: Exclude<T[K], null> } {
  return message as { [K in keyof T]: Exclude<T[K], null> };
}
