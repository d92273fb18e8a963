import { expect } from 'chai';
import { MemoryBus, MemoryBusServer } from '../../../../actors/adapters/memory/bus.js';
import { ManualClock } from '../../../../actors/adapters/memory/clock.js';
import { systemClock } from '../../../../actors/adapters/system/clock.js';
import { describeBus } from '../contract/bus.js';

describeBus('the twin in memory', async () => {
  const server = new MemoryBusServer();
  return { connect: async () => new MemoryBus(server, systemClock), dispose: async () => undefined };
});

describe('the twin of the bus, when things go wrong', () => {
  let clock: ManualClock;
  let server: MemoryBusServer;
  let sender: MemoryBus;
  let receiver: MemoryBus;
  let seen: string[];

  beforeEach(() => {
    clock = new ManualClock();
    server = new MemoryBusServer();
    [sender, receiver] = [new MemoryBus(server, clock), new MemoryBus(server, clock)];
    seen = [];
    receiver.subscribe('s', (bytes) => seen.push(new TextDecoder().decode(bytes)));
  });

  const send = (content: string) => sender.publish('s', new TextEncoder().encode(content));

  it('loses exactly the message that it is told to lose', async () => {
    sender.onNextPublish('s', { arrivals: [] });
    send('a');
    send('b');
    await clock.runUntilIdle();
    expect(seen).to.deep.equal(['b']);
  });

  it('delivers copies when it is told to, also long after', async () => {
    sender.onNextPublish('s', { arrivals: [0, 5_000] });
    send('a');
    await clock.advance(4_999);
    expect(seen).to.deep.equal(['a']);
    await clock.advance(1);
    expect(seen).to.deep.equal(['a', 'a']);
  });

  it('overtakes a delayed message', async () => {
    sender.onNextPublish('s', { arrivals: [100] });
    send('a');
    send('b');
    await clock.runUntilIdle();
    expect(seen).to.deep.equal(['b', 'a']);
  });

  it('sends what a paused process had in its socket when it goes on', async () => {
    sender.link.pause();
    send('a');
    await clock.runUntilIdle();
    expect(seen).to.deep.equal([]);
    sender.link.resume();
    await clock.runUntilIdle();
    expect(seen).to.deep.equal(['a']);
  });

  it('delivers what a process sent before it was stopped, and lets it hear nothing more', async () => {
    send('a');
    sender.link.stop();
    send('b');
    await clock.runUntilIdle();
    expect(seen).to.deep.equal(['a']);
    receiver.link.stop();
    new MemoryBus(server, clock).publish('s', new Uint8Array());
    await clock.runUntilIdle();
    expect(seen).to.deep.equal(['a']);
  });
});
