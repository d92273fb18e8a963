/** Reads the journals of a system into an auditor, and goes on reading while the system writes. */
import type { Auditor } from './auditor.js';
import type { AuditProgress, AuditSource } from './source.js';

/** Rounds over all partitions before the audit goes on with what is still being written. */
const MAX_ROUNDS = 4;

export class Journals {
  readonly #source: AuditSource;
  readonly #auditor: Auditor;
  readonly #progress: (progress: AuditProgress) => void;
  #partitions = 0;
  #read = 0;
  #total = 0;

  constructor(source: AuditSource, auditor: Auditor, progress: (progress: AuditProgress) => void) {
    this.#source = source;
    this.#auditor = auditor;
    this.#progress = progress;
  }

  /**
   * Reads everything. A partition that was read early has frames written since, which caused what was read later in
   * others: so all are read again, until nothing is new or the system proves to be busy.
   */
  async readAll(): Promise<void> {
    this.#partitions = await this.#source.partitionCount();
    for (let partition = 0; partition < this.#partitions; partition += 1) {
      this.#total += await this.#source.lastSequence(partition);
    }
    await this.readOnAll();
    for (let round = 1; round < MAX_ROUNDS; round += 1) {
      this.#auditor.horizon();
      if ((await this.readOnAll()) === 0) return;
    }
  }

  /** Reads every partition to its present end. Returns the number of new frames. */
  async readOnAll(): Promise<number> {
    let read = 0;
    for (let partition = 0; partition < this.#partitions; partition += 1)
      read += await this.readOn(partition);
    return read;
  }

  /** Reads one partition to its present end. Returns the number of new frames. */
  async readOn(partition: number): Promise<number> {
    const before = this.#read;
    const from = this.#auditor.lastSequence(partition) + 1;
    for await (const batch of this.#source.readFrames(partition, from)) {
      for (const { sequence, bytes } of batch) this.#auditor.frame(partition, sequence, bytes);
      this.#read += batch.length;
      this.#total = Math.max(this.#total, this.#read);
      this.#progress({ phase: 'journals', done: this.#read, total: this.#total });
    }
    return this.#read - before;
  }
}
