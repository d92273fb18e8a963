import { expect } from 'chai';
import { ManualClock } from '../../../actors/adapters/memory/clock.js';
import { MemoryJournalStore } from '../../../actors/adapters/memory/journal.js';
import { MemoryJournalServer } from '../../../actors/adapters/memory/journalServer.js';
import { createDeployment } from '../../../actors/runtime/deployment.js';
import { JournalDamagedError, JournalHoleError } from '../../../actors/runtime/errors.js';
import type { Journal } from '../../../actors/runtime/ports.js';
import { readChain } from '../../../actors/runtime/replay.js';
import { beginEpoch } from '../../../actors/runtime/takeover.js';

async function journalOf(clock: ManualClock, server: MemoryJournalServer): Promise<Journal> {
  const store = new MemoryJournalStore(server, clock);
  const creation = createDeployment(store, clock, {
    deployment: 'test',
    partitions: 1,
    rules: new Uint8Array(0),
  });
  const begun = creation.then(async () => {
    const journal = await store.open(0);
    await beginEpoch(journal, clock, 'w', undefined);
    return journal;
  });
  await clock.settle();
  return begun;
}

describe('replay', () => {
  it('waits for a server that lags, also with the end of the journal', async () => {
    const clock = new ManualClock();
    const server = new MemoryJournalServer();
    const journal = await journalOf(clock, server);
    server.stream(0)?.makeReadsStale(1);
    clock.after(1_000, () => server.stream(0)?.makeReadsStale(0));
    const read = readChain(journal, clock, undefined, 2, () => undefined);
    await clock.advance(2_000);
    expect((await read).sequence).to.equal(2);
  });

  it('ends when frames stay away', async () => {
    const clock = new ManualClock();
    const server = new MemoryJournalServer();
    const journal = await journalOf(clock, server);
    server.stream(0)?.cutTail(1);
    const read = readChain(journal, clock, undefined, 2, () => undefined).catch((error: unknown) => error);
    await clock.advance(60_000);
    expect(await read).to.be.instanceOf(JournalHoleError);
  });

  it('a frame that cannot be applied is damage: it will be the same at the next attempt', async () => {
    const clock = new ManualClock();
    const journal = await journalOf(clock, new MemoryJournalServer());
    const read = readChain(journal, clock, undefined, 2, () => {
      throw new RangeError('index out of range');
    }).catch((error: unknown) => error);
    await clock.settle();
    expect(await read).to.be.instanceOf(JournalDamagedError);
  });
});
