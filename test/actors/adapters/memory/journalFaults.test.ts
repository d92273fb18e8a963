import { expect } from 'chai';
import { APPEND_TIMEOUT_MS } from '../../../../actors/bounds.js';
import { ManualClock } from '../../../../actors/adapters/memory/clock.js';
import { MemoryJournalStore } from '../../../../actors/adapters/memory/journal.js';
import { MemoryJournalServer, type MemoryStream } from '../../../../actors/adapters/memory/journalServer.js';
import { JournalUnavailableError } from '../../../../actors/adapters/errors.js';
import { JournalMissingError } from '../../../../actors/runtime/errors.js';
import type { AppendResult, Journal } from '../../../../actors/runtime/ports.js';
import { thrownBy } from '../../../support/thrownBy.js';

describe('the twin of the journal, when things go wrong', () => {
  let clock: ManualClock;
  let server: MemoryJournalServer;
  let store: MemoryJournalStore;
  let stream: MemoryStream;
  let journal: Journal;

  beforeEach(async () => {
    clock = new ManualClock();
    server = new MemoryJournalServer(clock);
    store = new MemoryJournalStore(server, clock);
    server.create(0);
    stream = server.stream(0)!;
    journal = await done(store.open(0));
  });

  async function done<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const mark = () => (settled = true);
    promise.then(mark, mark);
    await clock.runUntil(() => settled, 'an answer', 60_000);
    return promise;
  }

  const append = (content: number, expected: number): Promise<AppendResult> =>
    done(journal.append(Uint8Array.of(content), expected));

  it('stores a frame and loses its acknowledgement', async () => {
    store.onNextAppend(0, { acknowledgement: 'lost' });
    expect(await append(1, 0)).to.have.property('kind', 'unknown');
    expect(await append(1, 0)).to.deep.equal({ kind: 'refused', last: 1 });
    expect(stream.frame(1)!.bytes).to.deep.equal(Uint8Array.of(1));
  });

  it('acknowledges late, after the sender has given up', async () => {
    store.onNextAppend(0, { acknowledgement: APPEND_TIMEOUT_MS * 3 });
    expect(await append(1, 0)).to.have.property('kind', 'unknown');
    await clock.runUntilIdle();
    expect(stream.last).to.equal(1);
  });

  it('delivers a copy that comes long after, when its sender has stopped', async () => {
    store.onNextAppend(0, { arrivals: [7_000] });
    expect(await append(1, 0)).to.have.property('kind', 'unknown');
    store.link.stop();
    await clock.advance(5_000);
    expect(stream.last).to.equal(0);
    await clock.advance(2_000);
    expect(stream.last).to.equal(1);
  });

  it('refuses the late copy of a frame whose place is taken', async () => {
    store.onNextAppend(0, { arrivals: [0, 500] });
    await append(1, 0);
    await clock.runUntilIdle();
    expect(stream.last).to.equal(1);
  });

  it('lets a late copy slip onto a stranger’s frame, since only the length counts', async () => {
    store.onNextAppend(0, {}, { arrivals: [500] });
    await append(1, 0);
    const late = journal.append(Uint8Array.of(3), 2);
    const stranger = await done(new MemoryJournalStore(server, clock).open(0));
    await done(stranger.append(Uint8Array.of(9), 1));
    await done(late);
    expect([1, 2, 3].map((sequence) => stream.frame(sequence)!.bytes[0])).to.deep.equal([1, 9, 3]);
  });

  it('loses an append on its way', async () => {
    store.onNextAppend(0, { arrivals: [] });
    expect(await append(1, 0)).to.have.property('kind', 'unknown');
    expect(stream.last).to.equal(0);
  });

  it('freezes after a failed fsync with the frame stored, until the server is restarted', async () => {
    await append(1, 0);
    stream.freeze();
    expect(await append(2, 1)).to.have.property('kind', 'unknown');
    expect(stream.last).to.equal(2);
    expect(await append(3, 2)).to.have.property('kind', 'unknown');
    expect(stream.last).to.equal(2);
    stream.thaw();
    expect(await append(3, 2)).to.have.property('sequence', 3);
  });

  it('loses what no fsync came of when its power fails, and whatever is on its way to it then', async () => {
    await append(1, 0);
    expect(stream.thawWithoutUnsynced()).to.equal(false);
    expect(stream.last).to.equal(1);
    stream.freeze();
    expect(await append(2, 1)).to.have.property('kind', 'unknown');
    store.onNextAppend(0, { arrivals: [1_000] });
    const late = journal.append(Uint8Array.of(7), 1);
    expect(stream.thawWithoutUnsynced()).to.equal(true);
    expect(stream.last).to.equal(1);
    expect(await done(late)).to.have.property('kind', 'unknown');
    expect(stream.last).to.equal(1);
    expect(await append(3, 1)).to.have.property('sequence', 2);
  });

  it('shows stale readers a shorter stream', async () => {
    for (let i = 0; i < 3; i += 1) await append(i, i);
    stream.makeReadsStale(2);
    expect(await done(journal.lastSequence())).to.equal(1);
    expect(await done(journal.get(2))).to.equal(undefined);
    expect(await done(journal.read(1, 3, () => undefined))).to.equal(2);
    expect(await append(3, 3)).to.have.property('sequence', 4);
  });

  it('is shorter after its tail was cut', async () => {
    for (let i = 0; i < 3; i += 1) await append(i, i);
    stream.cutTail(2);
    expect(await append(9, 3)).to.deep.equal({ kind: 'refused', last: 1 });
  });

  it('knows a stream that was removed as missing', async () => {
    server.remove(0);
    expect(await thrownBy(() => done(journal.lastSequence()))).to.be.instanceOf(JournalMissingError);
    expect(await append(1, 0)).to.have.property('kind', 'unknown');
  });

  it('never answers a stopped process, and sends what a paused one had in its socket when it goes on', async () => {
    store.link.pause();
    const late = journal.append(Uint8Array.of(1), 0);
    await clock.advance(10_000);
    expect(stream.last).to.equal(0);
    store.link.resume();
    expect(await done(late)).to.have.property('kind', 'unknown');
    await clock.settle();
    expect(stream.last).to.equal(1);
    store.link.stop();
    let answered = false;
    void journal.append(Uint8Array.of(2), 1).then(() => (answered = true));
    await clock.runUntilIdle();
    expect(answered).to.equal(false);
  });

  it('gives up in time while its connection is cut, and works again after', async () => {
    store.link.cut();
    expect(await append(1, 0)).to.have.property('kind', 'unknown');
    expect(await thrownBy(() => done(journal.get(1)))).to.be.instanceOf(JournalUnavailableError);
    store.link.restore();
    expect(await append(1, 0)).to.have.property('sequence', 1);
  });

  it('keeps what is stored apart from the buffers of its sender', async () => {
    const frame = Uint8Array.of(1);
    const result = journal.append(frame, 0);
    await done(result);
    frame[0] = 99;
    expect(stream.frame(1)!.bytes[0]).to.equal(1);
  });
});
