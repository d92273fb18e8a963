/**
 * A worker in a process of its own, for tests that kill it. Its parent may order it to die at an exact moment: before
 * a frame about a unit is published, or when it is durable and before anybody was told.
 */
import { decodeFrame } from '../../actors/runtime/frame.js';
import type { Journal, JournalStore } from '../../actors/runtime/ports.js';
import { runWorker } from '../../actors/worker.js';
import { v1 } from '../../proto/generated/emoney.js';
import { decodeMessage } from '../../proto/message.js';
import { withAppend } from '../../simulator/virtual/mutations/withAppend.js';

/** The moment of a worker's death. */
export interface Doom {
  /** Of a frame with a turn about this unit, for instance `card/C1` … */
  readonly unit: string;
  /** … that has such an event; absent: any. */
  readonly event?: NonNullable<v1.Event['body']>;
  readonly when: 'before' | 'stored';
}

/** From the parent; it is told when it is done. */
export type Order = Doom | { /** In the log. */ readonly say: string };

const { NATS, REDIS, DEPLOYMENT, HISTORY, ARCHIVE, SEGMENT_BYTES } = process.env;
let doom: Doom | undefined;

function mortal(journals: JournalStore): JournalStore {
  return {
    list: () => journals.list(),
    create: (partition) => journals.create(partition),
    open: async (partition) => watch(await journals.open(partition)),
  };
}

function watch(journal: Journal): Journal {
  return withAppend(journal, async (frame, expectedLast) => {
    dieIf(frame, 'before');
    const result = await journal.append(frame, expectedLast);
    dieIf(frame, 'stored');
    return result;
  });
}

function dieIf(frame: Uint8Array, when: Doom['when']): void {
  if (doom?.when === when && isAbout(frame, doom)) process.kill(process.pid, 'SIGKILL');
}

function isAbout(bytes: Uint8Array, { unit, event }: Doom): boolean {
  const { body } = decodeFrame(bytes);
  if (body.kind !== 'turns') return false;
  return body.turns.some(
    ({ units, events }) =>
      units.includes(unit) &&
      (event === undefined || events.some((each) => decodeMessage(v1.Event, each).body === event)),
  );
}

const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

process.on('message', (order: Order) => {
  if ('say' in order) log(order.say);
  else doom = order;
  process.send?.('done');
});

const worker = await runWorker({
  natsUrl: NATS ?? '',
  redisUrl: REDIS ?? '',
  deployment: DEPLOYMENT ?? '',
  historyDir: HISTORY,
  archiveDir: ARCHIVE,
  segmentBytes: SEGMENT_BYTES === undefined ? undefined : Number(SEGMENT_BYTES),
  wrapJournals: mortal,
  log,
});

process.on('SIGTERM', () => {
  void worker.stop().then(() => {
    process.exit(0);
  });
});
// The parent is gone: so is the test.
process.on('disconnect', () => process.exit(1));
process.send?.('started');
