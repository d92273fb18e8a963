/** The engine with few and with many payments in flight: group commit at work. */
import { measureStand, openStand, warmUp } from '../engine/stand.js';
import type { Throughput } from '../support/closedLoop.js';
import { FrameCounts, readJournals } from '../support/journals.js';

export interface SweepOptions {
  readonly cards: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export interface SweepPoint {
  readonly throughput: Throughput;
  /** Of all partitions together. */
  readonly framesPerSecond: number;
  readonly eventsPerFrame: number;
  /** Of the journals. */
  readonly bytesPerPayment: number;
}

const WARM_IN_FLIGHT = 1_024;
export const SWEEP = [16, 64, 256, 1_024, 4_096] as const;

export async function measureSweep({ cards, seconds, log }: SweepOptions): Promise<readonly SweepPoint[]> {
  const stand = await openStand({ cards, log });
  try {
    await warmUp(stand, WARM_IN_FLIGHT);
    const throughputs: Throughput[] = [];
    for (const inFlight of SWEEP) {
      throughputs.push(await measureStand(stand, { name: `${inFlight} in flight`, inFlight, seconds }));
    }
    const counts = new FrameCounts();
    const { natsUrl, partitions } = stand.system;
    await readJournals(natsUrl, partitions, (frame, bytes) => {
      counts.add(frame, bytes);
    });
    return throughputs.map((throughput) => pointOf(throughput, counts));
  } finally {
    await stand.stop();
  }
}

function pointOf(throughput: Throughput, counts: FrameCounts): SweepPoint {
  const { from, to, ratePerSecond } = throughput;
  // Frames are stamped by the worker; it and this process share a clock.
  const { frames, events, bytes } = counts.between(
    performance.timeOrigin + from,
    performance.timeOrigin + to,
  );
  const seconds = (to - from) / 1_000;
  return {
    throughput,
    framesPerSecond: frames / seconds,
    eventsPerFrame: events / Math.max(1, frames),
    bytesPerPayment: bytes / Math.max(1, ratePerSecond * seconds),
  };
}
