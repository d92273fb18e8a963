import type { VersionedEntry } from '../actors/prohibitions/ports.js';
import type { Commits, CommitTime } from './commits.js';

/** A card that was free and is prohibited now. */
export interface Arrival {
  readonly commit: CommitTime;
}

export interface ProhibitionMeasures {
  /** From the commit of the decision until its entry was here. */
  prohibitionArrived(ms: number): void;
  /** From the commit of the decision until the last connected terminal's acknowledgement was recorded. */
  prohibitionAcknowledged(ms: number): void;
  prohibitionUnmeasured(part: 'arrival' | 'acknowledgement'): void;
}

export interface ProhibitionTimesOptions {
  readonly commits: Commits;
  /** Partition of a card. */
  readonly partitionOf: (card: string) => number;
  /** The gateway's clock, ms. */
  readonly now: () => number;
  readonly measures: ProhibitionMeasures;
}

/**
 * How long a prohibition takes from its decision to the terminals. It begins by the clock of the NATS server that
 * stored the decision's frame, and ends by the gateway's: what they differ by is in it, and nothing is below 0.
 */
export class ProhibitionTimes {
  private readonly options: ProhibitionTimesOptions;
  private arrivals: Arrival[] = [];

  constructor(options: ProhibitionTimesOptions) {
    this.options = options;
  }

  arrived({ card, position }: VersionedEntry): void {
    const { commits, partitionOf, now, measures } = this.options;
    const at = now();
    const commit = commits.timeOf(partitionOf(card), position);
    this.arrivals.push({ commit });
    void commit.then((time) => {
      if (time === undefined) measures.prohibitionUnmeasured('arrival');
      else measures.prohibitionArrived(Math.max(0, at - time));
    });
  }

  /** What has arrived since the last call: goes out with the next push. */
  taken(): readonly Arrival[] {
    const { arrivals } = this;
    this.arrivals = [];
    return arrivals;
  }

  acknowledged(arrivals: readonly Arrival[], at: number): void {
    const { measures } = this.options;
    for (const { commit } of arrivals) {
      void commit.then((time) => {
        if (time === undefined) measures.prohibitionUnmeasured('acknowledgement');
        else measures.prohibitionAcknowledged(Math.max(0, at - time));
      });
    }
  }

  forgotten(arrivals: readonly Arrival[]): void {
    for (const _ of arrivals) this.options.measures.prohibitionUnmeasured('acknowledgement');
  }
}
