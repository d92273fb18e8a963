import { expect } from 'chai';
import {
  openSegments,
  type SegmentStreams,
  type StreamPlace,
} from '../../../actors/adapters/segmentedJournal.js';

/** Streams that begin where they are made, hold nothing, and are listed as late as somebody wants. */
class Streams implements SegmentStreams {
  readonly partition = 0;
  readonly appended: number[] = [];
  /** Awaited by whoever has looked at the list, before it is handed over. */
  listed: Promise<void> = Promise.resolve();
  readonly #places = new Map<number, StreamPlace>([[0, { segment: 0, first: 1 }]]);

  async list(): Promise<readonly number[]> {
    const segments = [...this.#places.keys()];
    await this.listed;
    return segments;
  }

  async place(segment: number): Promise<StreamPlace | undefined> {
    return this.#places.get(segment);
  }

  async status(segment: number) {
    const place = this.#places.get(segment);
    const last = (place?.first ?? 1) - 1;
    return place && { ...place, last, length: last, bytes: 0, since: 0, closed: false };
  }

  async create(segment: number, first: number): Promise<void> {
    this.#places.set(segment, { segment, first });
  }

  async remove(segment: number): Promise<void> {
    this.#places.delete(segment);
  }

  async append(segment: number, _frame: Uint8Array, expectedLast: number) {
    this.appended.push(segment);
    return { kind: 'stored' as const, sequence: expectedLast + 1, duplicate: false };
  }

  async get(): Promise<undefined> {
    return undefined;
  }

  async read(_segment: number, from: number): Promise<number> {
    return from;
  }

  async verify(): Promise<void> {
    // There is nothing that could be wrong.
  }
}

describe('a journal over its segments', () => {
  it('does not forget the segment that it begins while somebody looks which there are', async () => {
    const streams = new Streams();
    const journal = await openSegments(streams, undefined);
    let handOver: () => void = () => undefined;
    streams.listed = new Promise((resolve) => {
      handOver = resolve;
    });
    const looking = journal.closedSegments();
    await journal.beginSegment(1, 11);
    handOver();
    await looking;
    await journal.append(new Uint8Array(1), 10);
    expect(streams.appended).to.deep.equal([1]);
  });

  it('forgets one that is gone', async () => {
    const streams = new Streams();
    const journal = await openSegments(streams, undefined);
    await journal.beginSegment(1, 11);
    await streams.remove(0);
    await journal.closedSegments();
    expect(await journal.append(new Uint8Array(1), 5)).to.deep.equal({ kind: 'refused', last: 10 });
  });
});
