import { expect } from 'chai';
import { ManualClock } from '../../../actors/adapters/memory/clock.js';
import { MemoryJournalStore } from '../../../actors/adapters/memory/journal.js';
import { MemoryJournalServer } from '../../../actors/adapters/memory/journalServer.js';
import { createDeployment } from '../../../actors/runtime/deployment.js';
import { readFrame } from '../../../actors/runtime/frame.js';
import { beginEpoch } from '../../../actors/runtime/takeover.js';

describe('takeover', () => {
  it('publishes another epoch frame when the first was only found: its acknowledgement stands for all (D1)', async () => {
    const clock = new ManualClock();
    const store = new MemoryJournalStore(new MemoryJournalServer(), clock);
    const wanted = { deployment: 'test', partitions: 1, rules: new Uint8Array(0) };
    const begun = createDeployment(store, clock, wanted).then(async () => {
      const journal = await store.open(0);
      store.onNextAppend(0, { acknowledgement: 'lost' });
      return { journal, epoch: await beginEpoch(journal, clock, 'w', 'disk of 14 March') };
    });
    await clock.advance(60_000);
    const { journal, epoch } = await begun;
    // The order is recorded once, and begins one generation.
    expect(epoch).to.deep.equal({ sequence: 3, generation: 2 });
    const bodies: unknown[] = [];
    const read = journal.read(2, 3, (frame) => bodies.push(readFrame(frame).body));
    await clock.settle();
    await read;
    expect(bodies).to.have.lengthOf(2);
    expect(bodies[0]).to.include({ kind: 'epoch', generation: 2, operatorOrder: 'disk of 14 March' });
    expect(bodies[1]).to.include({ kind: 'epoch', generation: 2, operatorOrder: '' });
  });

  it('says that the journal does not acknowledge, and when it does again', async () => {
    const clock = new ManualClock();
    const server = new MemoryJournalServer();
    const store = new MemoryJournalStore(server, clock);
    const wanted = { deployment: 'test', partitions: 1, rules: new Uint8Array(0) };
    const heard: string[] = [];
    const begun = createDeployment(store, clock, wanted).then(async () => {
      const journal = await store.open(0);
      server.stream(0)?.freeze();
      return beginEpoch(journal, clock, 'w', undefined, (silence) => heard.push(silence));
    });
    await clock.advance(10_000);
    expect(heard).to.have.lengthOf(1);
    expect(heard[0]).to.match(/^the journal has not acknowledged frame 2 for 3 s/);
    server.stream(0)?.thaw();
    await clock.advance(10_000);
    await begun;
    expect(heard.slice(1)).to.deep.equal(['']);
  });
});
