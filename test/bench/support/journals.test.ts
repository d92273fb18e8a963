import { expect } from 'chai';
import type { Frame } from '../../../actors/runtime/frame.js';
import { FrameCounts } from '../../../bench/support/journals.js';

const head = { sequence: 1, previousHash: new Uint8Array(0), epoch: 1 };
const frame = (time: number, ...events: readonly number[]): Frame => ({
  ...{ ...head, time },
  body: {
    kind: 'turns',
    turns: events.map((count) => ({
      units: ['u'],
      events: Array.from({ length: count }, () => new Uint8Array(1)),
    })),
  },
});

describe('frames of the journals', () => {
  it('are counted with their events between two moments, both included', () => {
    const counts = new FrameCounts();
    for (const each of [frame(1, 5), frame(2, 1, 2), frame(3), frame(4, 7)]) counts.add(each, 10);
    expect(counts.between(2, 3)).to.deep.equal({ frames: 2, events: 3, bytes: 20 });
  });

  it('are frames of turns only', () => {
    const counts = new FrameCounts();
    counts.add({ ...head, time: 1, body: { kind: 'released', successor: '' } }, 10);
    expect(counts.between(0, 9)).to.deep.equal({ frames: 0, events: 0, bytes: 0 });
  });
});
