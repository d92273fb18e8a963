import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { expect } from 'chai';
import { collectYoungSpaceEarly, isDue } from '../../../../actors/adapters/system/youngSpace.js';
import { BUSY_SHARE, YOUNG_SPACE_BYTES } from '../../../../actors/bounds.js';
import { until } from '../../../support/until.js';

interface Collection {
  readonly detail: { readonly kind: number; readonly flags: number };
}

describe('young space', () => {
  it('is collected when it holds enough, and the process has time', () => {
    expect(isDue(YOUNG_SPACE_BYTES, { utilization: 0.5 })).to.equal(true);
    expect(isDue(YOUNG_SPACE_BYTES - 1, { utilization: 0.5 })).to.equal(false);
    expect(isDue(YOUNG_SPACE_BYTES, { utilization: BUSY_SHARE })).to.equal(false);
  });

  it('is collected before V8 does it', async () => {
    let early = 0;
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & Collection)[]) {
        const { kind, flags } = entry.detail;
        const isMinor = kind === constants.NODE_PERFORMANCE_GC_MINOR;
        if (isMinor && (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0) early += 1;
      }
    });
    observer.observe({ entryTypes: ['gc'] });
    const stop = collectYoungSpaceEarly();
    try {
      let kept: unknown[] = [];
      await until(
        () => {
          kept = Array.from({ length: 1_000 }, (_, at) => ({ at, kept: kept.length }));
          return early > 0;
        },
        { what: 'a collection that was asked for', everyMs: 1 },
      );
    } finally {
      stop();
      observer.disconnect();
    }
  });
});
