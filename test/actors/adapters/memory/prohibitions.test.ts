import { expect } from 'chai';
import {
  MemoryProhibitionServer,
  MemoryProhibitionStream,
} from '../../../../actors/adapters/memory/prohibitions.js';
import { ManualClock } from '../../../../actors/adapters/memory/clock.js';
import { systemClock } from '../../../../actors/adapters/system/clock.js';
import { describeProhibitions } from '../contract/prohibitions.js';

describeProhibitions('the twin in memory', async () => {
  const server = new MemoryProhibitionServer();
  return {
    connect: async () => new MemoryProhibitionStream(server, systemClock),
    recreate: async () => server.recreate(),
    takeAway: async () => {
      server.setAvailable(false);
      return async () => server.setAvailable(true);
    },
    dispose: async () => undefined,
  };
});

describe('the twin of the prohibition list, when things go wrong', () => {
  it('catches up after its connection was cut', async () => {
    const clock = new ManualClock();
    const server = new MemoryProhibitionServer();
    const [here, there] = [
      new MemoryProhibitionStream(server, clock),
      new MemoryProhibitionStream(server, clock),
    ];
    const seen: string[] = [];
    await here.follow(
      ({ card }) => seen.push(card),
      ({ sequence }) => seen.push(`complete ${sequence}`),
    );
    here.link.cut();
    void there.publish({ card: 'c1', position: 1, reasons: ['LOST'] });
    await clock.runUntilIdle();
    expect(seen).to.deep.equal([]);
    here.link.restore();
    await clock.runUntilIdle();
    expect(seen).to.deep.equal(['c1', 'complete 1']);
  });

  it('stores a publication whose answer is lost, and counts its repetition as published', async () => {
    const clock = new ManualClock();
    const stream = new MemoryProhibitionStream(new MemoryProhibitionServer(), clock);
    const publish = () => stream.publish({ card: 'c1', position: 1, reasons: ['LOST'] });
    stream.loseNextAnswer();
    const outcome = publish().then(
      () => 'answered',
      () => 'failed',
    );
    await clock.runUntilIdle();
    expect(await outcome).to.equal('failed');
    const again = publish();
    await clock.runUntilIdle();
    expect((await again).sequence).to.equal(1);
  });
});
