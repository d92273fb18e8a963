import { MAX_BACKLOG_BYTES } from '../actors/bounds.js';

/** Somebody who has not read everything that was sent. */
export interface Reader {
  terminate(reason: 'backlog'): void;
}

/** What all clients together have left unread; bounded, at the cost of who has left most. */
export class Backlogs {
  private readonly most: number;
  private readonly byReader = new Map<Reader, number>();
  private sum = 0;

  constructor(most = MAX_BACKLOG_BYTES) {
    this.most = most;
  }

  get bytes(): number {
    return this.sum;
  }

  set(reader: Reader, bytes: number): void {
    this.sum += bytes - (this.byReader.get(reader) ?? 0);
    this.byReader.set(reader, bytes);
    while (this.sum > this.most) this.cutLargest();
  }

  forget(reader: Reader): void {
    this.sum -= this.byReader.get(reader) ?? 0;
    this.byReader.delete(reader);
  }

  private cutLargest(): void {
    let largest: Reader | undefined;
    let most = -1;
    for (const [reader, bytes] of this.byReader) {
      if (bytes <= most) continue;
      largest = reader;
      most = bytes;
    }
    if (largest === undefined) return;
    this.forget(largest);
    largest.terminate('backlog');
  }
}
