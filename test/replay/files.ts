/**
 * A recording as files: `journal.<p>.gz` and `snapshots.<p>.gz`, gzip over entries, each with its length. Written once,
 * read for ever: this format does not change either.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { StoredFrame } from '../../actors/runtime/ports.js';

/** One key of the snapshot store, its value as Redis holds it: generation, sequence, bytes. */
export interface StoredValue {
  readonly key: string;
  readonly value: Buffer;
}

export interface CardBalances {
  readonly storedValue: number;
  readonly loan: number;
  readonly interest: number;
  readonly fareOwed: number;
  readonly limit: number;
}

/** What replaying must lead to. */
export interface Expected {
  /** Who can read it says what it was made from. */
  readonly recordedBy: string;
  readonly deployment: string;
  readonly partitions: readonly {
    readonly frames: number;
    /** Canonical digest of every unit's state (actors/runtime/digest.ts). */
    readonly digest: string;
    /** Of the checkpoint; the frames after it are its tail. */
    readonly checkpoint: number;
  }[];
  readonly cards: Readonly<Record<string, { readonly card: CardBalances; readonly center: CardBalances }>>;
}

export interface Recording {
  readonly journals: readonly (readonly StoredFrame[])[];
  readonly snapshots: readonly (readonly StoredValue[])[];
  readonly expected: Expected;
}

/** Recordings of all versions, oldest first. */
export async function versionsIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^v\d+$/.test(name));
  return names.sort((left, right) => Number(left.slice(1)) - Number(right.slice(1)));
}

/** Throws when the folder is there: a recording is never overwritten. */
export async function writeRecording(folder: string, recording: Recording): Promise<void> {
  await mkdir(folder);
  for (const [partition, frames] of recording.journals.entries()) {
    await writeFile(join(folder, journalFile(partition)), gzipSync(packFrames(frames), { level: 9 }));
  }
  for (const [partition, values] of recording.snapshots.entries()) {
    await writeFile(join(folder, snapshotFile(partition)), gzipSync(packValues(values), { level: 9 }));
  }
  await writeFile(join(folder, 'expected.json'), `${JSON.stringify(recording.expected, null, 2)}\n`);
}

export async function readRecording(folder: string): Promise<Recording> {
  const expected = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')) as Expected;
  const partitions = [...expected.partitions.keys()];
  const unpacked = async (file: string): Promise<Buffer> => gunzipSync(await readFile(join(folder, file)));
  return {
    expected,
    journals: await Promise.all(
      partitions.map(async (each) => unpackFrames(await unpacked(journalFile(each)))),
    ),
    snapshots: await Promise.all(
      partitions.map(async (each) => unpackValues(await unpacked(snapshotFile(each)))),
    ),
  };
}

const journalFile = (partition: number): string => `journal.${partition}.gz`;
const snapshotFile = (partition: number): string => `snapshots.${partition}.gz`;

/** Each frame: length (4 bytes, big endian), the server's stamp in milliseconds (8), the frame's bytes. */
function packFrames(frames: readonly StoredFrame[]): Buffer {
  return Buffer.concat(
    frames.flatMap(({ bytes, storedAt }) => {
      const head = Buffer.alloc(12);
      head.writeUInt32BE(bytes.length, 0);
      head.writeBigUInt64BE(BigInt(storedAt), 4);
      return [head, bytes];
    }),
  );
}

function unpackFrames(packed: Buffer): StoredFrame[] {
  const frames: StoredFrame[] = [];
  for (let at = 0; at < packed.length;) {
    const length = packed.readUInt32BE(at);
    const storedAt = Number(packed.readBigUInt64BE(at + 4));
    frames.push({ sequence: frames.length + 1, bytes: packed.subarray(at + 12, at + 12 + length), storedAt });
    at += 12 + length;
  }
  return frames;
}

/** Each: length of the key (4 bytes, big endian), key, length of the value (4), value. */
function packValues(values: readonly StoredValue[]): Buffer {
  return Buffer.concat(values.flatMap(({ key, value }) => [...sized(Buffer.from(key)), ...sized(value)]));
}

function sized(bytes: Buffer): Buffer[] {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length, 0);
  return [head, bytes];
}

function unpackValues(packed: Buffer): StoredValue[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < packed.length;) {
    const length = packed.readUInt32BE(at);
    parts.push(packed.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return Array.from({ length: parts.length / 2 }, (_, at) => ({
    key: parts[2 * at]!.toString(),
    value: parts[2 * at + 1]!,
  }));
}
