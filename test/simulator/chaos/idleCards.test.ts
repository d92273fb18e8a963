import { expect } from 'chai';
import { partitionOf } from '../../../actors/runtime/placement.js';
import { IdleTaps, TAPPED_TOGETHER } from '../../../simulator/chaos/idleCards.js';
import { Purse } from '../../../simulator/purse.js';

const PARTITIONS = 2;

describe('cards that nobody has in memory', () => {
  function tapsOf(cards: number): { readonly taps: IdleTaps; readonly tapped: string[] } {
    const taps = new IdleTaps(PARTITIONS);
    const tapped: string[] = [];
    const purses = Array.from({ length: cards }, (_, at) => new Purse(`C${at}`, 1_000, 0, 0));
    taps.begin({ purses, tap: ({ card }) => tapped.push(card) });
    return { taps, tapped };
  }

  it('some of each partition are tapped, and none again before all others were', () => {
    const { taps, tapped } = tapsOf(40);
    for (let tap = 1; tap <= 4; tap += 1) {
      taps.tap(0);
      for (const partition of [0, 1])
        expect(tapped.filter((card) => partitionOf(card, PARTITIONS) === partition)).to.have.length(
          tap * TAPPED_TOGETHER,
        );
    }
    expect(new Set(tapped).size).to.equal(tapped.length);
    for (let tap = 1; tap <= 40; tap += 1) taps.tap(0);
    expect(new Set(tapped).size).to.equal(40);
  });

  it('they wait until the last of them was answered, or are seen no longer', () => {
    const { taps, tapped } = tapsOf(40);
    const tap = taps.tap(5_000);
    const [last, ...others] = tapped;
    others.forEach((card, at) => {
      taps.answered(card, 5_100 + at);
    });
    taps.answered('another', 5_900);
    expect(tap.waitedMs(9_000)).to.equal(4_000);
    taps.answered(last ?? '', 6_500);
    taps.answered(last ?? '', 7_500);
    expect(tap.waitedMs(9_000)).to.equal(1_500);
  });
});
