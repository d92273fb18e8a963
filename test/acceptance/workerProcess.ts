/**
 * A worker in a process of its own, for tests that kill it. Its parent may order it to die at the exact moment at
 * which a frame about a unit has become durable, before anybody was told.
 */
import { decodeFrame } from '../../actors/runtime/frame.js';
import type { Journal, JournalStore } from '../../actors/runtime/ports.js';
import { runWorker } from '../../actors/worker.js';

const { NATS, REDIS, DEPLOYMENT } = process.env;
let doomed: string | undefined;

function dieWhenStored(journals: JournalStore): JournalStore {
  return {
    list: () => journals.list(),
    create: (partition) => journals.create(partition),
    open: async (partition) => watch(await journals.open(partition)),
  };
}

function watch(journal: Journal): Journal {
  return {
    lastSequence: () => journal.lastSequence(),
    get: (sequence) => journal.get(sequence),
    read: (from, to, onFrame) => journal.read(from, to, onFrame),
    verifyConfiguration: () => journal.verifyConfiguration(),
    append: async (frame, expectedLast) => {
      const result = await journal.append(frame, expectedLast);
      if (doomed !== undefined && touches(frame, doomed)) process.kill(process.pid, 'SIGKILL');
      return result;
    },
  };
}

function touches(bytes: Uint8Array, unit: string): boolean {
  const { body } = decodeFrame(bytes);
  return body.kind === 'turns' && body.turns.some(({ units }) => units.includes(unit));
}

process.on('message', (message: { dieWhenStored?: string }) => {
  doomed = message.dieWhenStored;
  process.send?.('armed');
});

const worker = await runWorker({
  natsUrl: NATS ?? '',
  redisUrl: REDIS ?? '',
  deployment: DEPLOYMENT ?? '',
  wrapJournals: dieWhenStored,
  log: (line) => {
    if (process.env['EMONEY_DEBUG'])
      process.stderr.write(`${new Date().toISOString()} worker ${String(process.pid)}: ${line}\n`);
  },
});

process.on('SIGTERM', () => {
  void worker.stop().then(() => {
    process.exit(0);
  });
});
// The parent is gone: so is the test.
process.on('disconnect', () => process.exit(1));
process.send?.('started');
