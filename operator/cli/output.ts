import pc from 'picocolors';

/**
 * Where a command writes. Results go to standard output, everything else to standard error. With `--json` standard
 * output holds one document (for `tail` one a line) and nothing else.
 */
export interface Output {
  readonly json: boolean;
  /** A message for a person: progress, what was started, what to do. */
  readonly say: (line: string) => void;
  /** A part of the result for a person; nothing with `--json`. */
  readonly print: (text: string) => void;
  /** The result for a program; nothing without `--json`. */
  readonly document: (value: unknown) => void;
  /** For what `print` writes: on only where standard output is a terminal. */
  readonly colors: ReturnType<typeof pc.createColors>;
  readonly columns: number;
}

export function openOutput(json: boolean): Output {
  return {
    json,
    say: (line) => void process.stderr.write(`${line}\n`),
    print: (text) => {
      if (!json) process.stdout.write(`${text}\n`);
    },
    document: (value) => {
      if (json) process.stdout.write(`${toJson(value)}\n`);
    },
    // Not picocolors' own guess, which also colours in CI and when FORCE_COLOR is set.
    colors: pc.createColors(process.stdout.isTTY && process.env['NO_COLOR'] === undefined),
    columns: process.stdout.isTTY ? process.stdout.columns : Infinity,
  };
}

/** JSON with bigints as numbers, every digit of them: sums over many cards may exceed 2^53. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'bigint' ? `\u0000${member.toString()}\u0000` : member,
  );
  return text.replace(/"\\u0000(-?\d+)\\u0000"/g, '$1');
}

/** `emoney tail | head`: the reader has gone, so there is nobody to write for. A full disk is a failure. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`emoney: standard output cannot be written: ${error.message}\n`);
    process.exit(1);
  });
}
