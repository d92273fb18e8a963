import { expect } from 'chai';
import fc from 'fast-check';
import { partitionOf } from '../../../actors/runtime/placement.js';
import { AnswerTimes, longestSilence } from '../../../simulator/chaos/answerTimes.js';

/** An id that lives in this of two partitions. */
function idIn(partition: number): string {
  for (let at = 0; ; at += 1) if (partitionOf(`X${at}`, 2) === partition) return `X${at}`;
}

const [IN_0, IN_1] = [idIn(0), idIn(1)];

describe('answer times', () => {
  it('find the longest silence, which may be that before the first answer or after the last', () => {
    expect(longestSilence([], 100, 400)).to.equal(300);
    expect(longestSilence([50, 350, 360], 100, 400)).to.equal(250);
    expect(longestSilence([110, 300, 390], 100, 400)).to.equal(190);
    expect(longestSilence([110, 120, 900], 100, 400)).to.equal(280);
    expect(longestSilence([100, 400], 100, 400)).to.equal(300);
  });

  it('find it as whoever looks at every millisecond does', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 12 });
    fc.assert(
      fc.property(moments, fc.nat(60), fc.nat(60), (some, a, b) => {
        const times = [...some].sort((x, y) => x - y);
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        let [longest, silent] = [0, 0];
        for (let now = from + 1; now <= to; now += 1) {
          silent += 1;
          longest = Math.max(longest, silent);
          if (times.includes(now)) silent = 0;
        }
        expect(longestSilence(times, from, to)).to.equal(longest);
      }),
    );
  });

  it('tell the outage of a partition from the silence of everybody', () => {
    const times = new AnswerTimes(2);
    for (let at = 10; at <= 1_000; at += 10) {
      if (at < 200 || at > 700) times.answered(IN_0, IN_0, true, at);
      times.answered(IN_1, IN_1, true, at);
    }
    expect(times.outage([0], 0, 1_000)).to.equal(520);
    expect(times.outage([1], 0, 1_000)).to.equal(10);
    expect(times.outage([0, 1], 0, 1_000)).to.equal(520);
    expect(times.outage([0], 750, 1_000)).to.equal(10);
    expect(times.nobody(0, 1_000)).to.equal(10);
  });

  it("take a payment for a sign of the card's partition and of the terminal's, a terminal's refusal for one of its own", () => {
    const times = new AnswerTimes(2);
    times.answered(IN_0, IN_1, true, 100);
    times.answered(IN_0, IN_1, false, 200);
    expect(times.outage([0], 0, 300)).to.equal(100);
    expect(times.outage([1], 0, 300)).to.equal(200);
  });
});
