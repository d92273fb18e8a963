/** Where an entry is in its partition's journal. Frames never go back in time, so this is also the order of time. */
export interface Place {
  /** Of the frame, milliseconds. */
  readonly time: number;
  readonly sequence: number;
  /** Among the frame's events. */
  readonly index: number;
}

/** Bytes of a place as part of a key: six of the time, six of the sequence, three of the index. */
export const PLACE_BYTES = 15;

export function writePlace(key: Buffer, at: number, { time, sequence, index }: Place): void {
  key.writeUIntBE(time, at, 6);
  key.writeUIntBE(sequence, at + 6, 6);
  key.writeUIntBE(index, at + 12, 3);
}

export function readPlace(key: Buffer, at: number): Place {
  return {
    time: key.readUIntBE(at, 6),
    sequence: key.readUIntBE(at + 6, 6),
    index: key.readUIntBE(at + 12, 3),
  };
}

/** Negative: `one` is older. */
export function comparePlaces(one: Place, other: Place): number {
  return one.time - other.time || one.sequence - other.sequence || one.index - other.index;
}

/** The last frame of what was filed together: no place in it is newer, and none of what was filed before is as new. */
export interface Stamp {
  readonly time: number;
  readonly sequence: number;
}

/** Of a stamp as part of a key: the beginning of a place's bytes. */
export const STAMP_BYTES = 12;

export function writeStamp(key: Buffer, at: number, { time, sequence }: Stamp): void {
  key.writeUIntBE(time, at, 6);
  key.writeUIntBE(sequence, at + 6, 6);
}

export function readStamp(key: Buffer, at: number): Stamp {
  return { time: key.readUIntBE(at, 6), sequence: key.readUIntBE(at + 6, 6) };
}
