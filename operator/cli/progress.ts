import { Presets, SingleBar } from 'cli-progress';

/** Progress of one activity, on standard error: a bar on a terminal, else a plain line every few seconds. */
export interface Progress {
  /** `done` of the total; `note` is shown beside it. */
  update(done: number, note?: string): void;
  end(): void;
}

const LINE_EVERY_MS = 5_000;

export function startProgress(name: string, total: number): Progress {
  return process.stderr.isTTY ? startBar(name, total) : startLines(name, total);
}

function startBar(name: string, total: number): Progress {
  const bar = new SingleBar(
    {
      stream: process.stderr,
      format: `${name.padEnd(9)} {bar} {percentage}%  {note}`,
      hideCursor: true,
      clearOnComplete: false,
      fps: 8,
      barsize: 32,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { note: '' });
  return {
    update: (done, note = '') => {
      bar.update(Math.min(done, total), { note });
    },
    end: () => {
      bar.stop();
    },
  };
}

function startLines(name: string, total: number): Progress {
  let last = performance.now();
  return {
    update: (done, note = '') => {
      const now = performance.now();
      if (now - last < LINE_EVERY_MS) return;
      last = now;
      const percent = Math.floor((100 * Math.min(done, total)) / Math.max(total, 1));
      process.stderr.write(`${name}: ${percent} %${note === '' ? '' : `, ${note}`}\n`);
    },
    end: () => undefined,
  };
}
