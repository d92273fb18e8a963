import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';

/** The file to which a child writes; it is continued by every start. */
export interface LogFile {
  readonly path: string;
  readonly descriptor: number;
  /** What the child wrote since this start: at most `lines` lines, the last ones. */
  tail(lines: number): string;
  close(): void;
}

const LARGEST_BYTES = 16 * 1024 * 1024;
const TAIL_BYTES = 16 * 1024;

/** Opens for appending; a file above 16 MB becomes `PATH.1` first. */
export function openLogFile(path: string): LogFile {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_BYTES) renameSync(path, `${path}.1`);
  const descriptor = openSync(path, 'a', 0o600);
  const start = fstatSync(descriptor).size;
  return {
    path,
    descriptor,
    tail: (lines) => lastLines(path, start, lines),
    close: () => {
      closeSync(descriptor);
    },
  };
}

function lastLines(path: string, start: number, lines: number): string {
  const reader = openSync(path, 'r');
  try {
    const size = fstatSync(reader).size;
    const from = Math.max(start, size - TAIL_BYTES);
    const bytes = Buffer.alloc(Math.max(0, size - from));
    readSync(reader, bytes, 0, bytes.length, from);
    return bytes.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(reader);
  }
}
