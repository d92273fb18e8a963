/** The bytes of a base file (bases.proto), both ways. Whatever is not what was written throws BaseDamagedError. */
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { v1 } from '../../../proto/generated/emoney.js';
import { fromUnsigned, toNumber, toUnsigned } from '../../../proto/guard.js';
import { decodeMessage, encodeMessage } from '../../../proto/message.js';
import { BaseDamagedError } from '../../runtime/errors.js';
import type { BaseHead, BaseUnit } from '../../runtime/ports.js';
import { decoded, endOf, type FileKind, type Written } from './framedFile.js';

const FORMAT = 1;
export const BASE_FILE: FileKind = {
  name: 'base',
  firstLine: Buffer.from('emoney base 1\n'),
  Damaged: BaseDamagedError,
  // Nobody waits for a base: without it the journal is read.
  Unavailable: BaseDamagedError,
};
/** The fastest that there is: states are small and much alike, and a slower one gains little. */
const LEVEL = 1;

/** A piece of the file. */
export interface Part extends Written {
  readonly offset: number;
}

export interface Block {
  readonly firstUnit: string;
  readonly index: Part;
  readonly states: Part;
}

export interface Foot {
  readonly deployment: string;
  readonly partition: number;
  readonly head: BaseHead;
  readonly units: number;
  /** Hexadecimal. */
  readonly digest: string;
  readonly blocks: readonly Block[];
}

/** A unit without its state, and how long that is. */
export interface IndexEntry {
  readonly key: string;
  readonly sequence: number;
  readonly unfinished: boolean;
  /** Bytes of the state; undefined: it has none. */
  readonly size: number | undefined;
}

/** The two pieces of a block of units. */
export function encodeBlock(units: readonly BaseUnit[]): { readonly index: Buffer; readonly states: Buffer } {
  const index = encodeMessage(v1.BaseIndex, {
    units: units.map(({ key }) => key),
    sequences: units.map(({ sequence }) => fromUnsigned(sequence, 'sequence')),
    sizes: units.map(({ state }) => (state === undefined ? 0 : state.length + 1)),
    unfinished: units.flatMap(({ unfinished }, at) => (unfinished ? [at] : [])),
  });
  const states = Buffer.concat(units.flatMap(({ state }) => (state === undefined ? [] : [state])));
  return {
    index: deflateRawSync(index, { level: LEVEL }),
    states: deflateRawSync(states, { level: LEVEL }),
  };
}

export function partOf(offset: number, bytes: Uint8Array): Part {
  return { offset, bytes: bytes.length, crc: crc32(bytes) };
}

export function decodeIndex(stored: Uint8Array): readonly IndexEntry[] {
  const { units, sequences, sizes, unfinished } = decoded(BASE_FILE, 'its index', () =>
    decodeMessage(v1.BaseIndex, inflateRawSync(stored)),
  );
  if (units.length !== sequences.length || units.length !== sizes.length) {
    throw new BaseDamagedError('an index whose columns are not of one length');
  }
  const marked = new Set(unfinished);
  return units.map((key, at) => {
    const size = sizes[at] ?? 0;
    return {
      key,
      sequence: toUnsigned(sequences[at], 'sequence'),
      unfinished: marked.has(at),
      size: size === 0 ? undefined : size - 1,
    };
  });
}

/** The units of a block, from its two pieces. */
export function decodeStates(index: readonly IndexEntry[], stored: Uint8Array): readonly BaseUnit[] {
  const states = decoded(BASE_FILE, 'its states', () => inflateRawSync(stored));
  let at = 0;
  const units = index.map(({ key, sequence, unfinished, size }) => {
    if (size === undefined) return { key, sequence, unfinished, state: undefined };
    at += size;
    return { key, sequence, unfinished, state: states.subarray(at - size, at) };
  });
  if (at !== states.length) throw new BaseDamagedError('states that are not as long as the index says');
  return units;
}

/** The end of the file. */
export function encodeFoot({ deployment, partition, head, units, digest, blocks }: Foot): Buffer {
  const foot = encodeMessage(v1.BaseFoot, {
    format: FORMAT,
    deployment,
    partition,
    position: fromUnsigned(head.position, 'position'),
    hash: head.hash,
    timeMs: fromUnsigned(head.time, 'time_ms'),
    generation: head.generation,
    genesisHash: head.genesis,
    units: fromUnsigned(units, 'units'),
    digest: Buffer.from(digest, 'hex'),
    blocks: blocks.map(({ firstUnit, index, states }) => ({
      firstUnit,
      index: wireOf(index),
      states: wireOf(states),
    })),
  });
  return endOf(foot);
}

export function decodeFoot(bytes: Uint8Array): Foot {
  return decoded(BASE_FILE, 'its foot', () => {
    const wire = decodeMessage(v1.BaseFoot, bytes);
    if (wire.format !== FORMAT) {
      throw new BaseDamagedError(`format ${String(wire.format)} is not known to this version`);
    }
    const head: BaseHead = {
      position: toUnsigned(wire.position, 'position'),
      hash: wire.hash,
      time: toNumber(wire.timeMs, 'time_ms'),
      generation: wire.generation,
      genesis: wire.genesisHash,
    };
    return {
      deployment: wire.deployment,
      partition: wire.partition,
      head,
      units: toUnsigned(wire.units, 'units'),
      digest: Buffer.from(wire.digest).toString('hex'),
      blocks: wire.blocks.map(({ firstUnit, index, states }) => ({
        firstUnit: firstUnit ?? '',
        index: plainOf(index),
        states: plainOf(states),
      })),
    };
  });
}

function wireOf({ offset, bytes, crc }: Part): v1.BasePart.$Properties {
  return { offset: fromUnsigned(offset, 'offset'), bytes, crc };
}

function plainOf(wire: v1.BasePart.$Properties | null | undefined): Part {
  return {
    offset: toUnsigned(wire?.offset ?? 0, 'offset'),
    bytes: wire?.bytes ?? 0,
    crc: wire?.crc ?? 0,
  };
}
