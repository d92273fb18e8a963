/**
 * The auditor: reads journals from their first frame, rebuilds every book with code of its own, and says what does not
 * hold. It shares no rule, no arithmetic and no placement with the system that it judges.
 */
import { v1 } from '../../proto/generated/emoney.js';
import { checkAcknowledged, type AcknowledgedReply } from './acknowledged.js';
import { Books } from './books.js';
import { Calendar } from './calendar.js';
import { Chain } from './chain.js';
import { clockOf } from './clock.js';
import { CrossCheck } from './crossCheck.js';
import { Findings } from './findings.js';
import { EXPECTED_HASH_FUNCTION } from './placement.js';
import { returnedOf } from './ledger.js';
import { NOTHING_COMPARED, type Compared, type Report } from './report.js';
import { verifySettlements } from './settlement.js';
import { readParameters } from './wire/parameters.js';
import { Turns } from './events/turns.js';

export interface FinishOptions {
  /** Nothing is running any more: an id in flight is a violation. */
  readonly drained?: boolean;
  /** What compare.ts has compared. */
  readonly compared?: Compared;
}

export class Auditor {
  readonly findings = new Findings();
  readonly books: Books;
  readonly #chains: Chain[] = [];
  readonly #turns: Turns;
  #genesis: v1.Genesis | undefined;
  #frames = 0;

  /**
   * `countTapsAfter`: by partition, the frame after which taps on prohibited cards are counted; default: all are.
   * `clockErrorMs`: as in `AuditOptions`.
   */
  constructor(countTapsAfter: readonly number[] = [], clockErrorMs?: number) {
    this.books = new Books(this.findings, countTapsAfter, clockErrorMs);
    this.#turns = new Turns(this.books);
  }

  /** One frame as stored. In order within a partition; partitions in any interleaving. Never throws. */
  frame(partition: number, sequence: number, bytes: Uint8Array): void {
    const chain = (this.#chains[partition] ??= new Chain(this.findings));
    const { at } = this.findings;
    at.forget();
    at.partition = partition;
    at.position = sequence;
    this.#frames += 1;
    try {
      this.#read(partition, chain, sequence, bytes);
    } catch (error) {
      this.findings.report(
        'FORMAT',
        `bytes are no frame: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  #read(partition: number, chain: Chain, sequence: number, bytes: Uint8Array): void {
    const frame = chain.next(sequence, bytes);
    if (frame === undefined) return;
    if (frame.genesis !== undefined) this.#begin(partition, frame.genesis);
    for (const turn of frame.turns) this.#turns.read(partition, sequence, frame.time, turn);
  }

  /** Sequence of the last frame that was read. */
  lastSequence(partition: number): number {
    return this.#chains[partition]?.last ?? 0;
  }

  /** Generation that snapshots of the partition must have. */
  generation(partition: number): number {
    return this.#chains[partition]?.generation ?? 0;
  }

  /**
   * The system is running: every partition was read up to some point, and what is read from here on may have its cause
   * in frames that will not be read. Such ids are in flight, not in violation.
   */
  horizon(): void {
    this.books.transactions.horizon();
  }

  /** What a driver was told. Compared at once: call after the frames were read (I9). */
  acknowledged(...replies: readonly AcknowledgedReply[]): void {
    for (const reply of replies) checkAcknowledged(this.books, reply);
  }

  /** Checks what needs all partitions. Call once. */
  finish(options: FinishOptions = {}): Report {
    const { findings, books } = this;
    findings.at.partition = -1;
    findings.at.forget();
    this.#allPartitions();
    const { inFlight, inFlightCount } = new CrossCheck(books, options.drained === true).run();
    if (options.drained === true) {
      books.office.verify(books);
      verifySettlements(books);
    }
    this.#ended();
    books.flows.verify(findings);
    return {
      verdict: findings.violationCount === 0 ? 'pass' : 'fail',
      partitions: this.#chains.length,
      frames: this.#frames,
      events: this.#turns.events,
      cards: books.cardList.filter((each) => each.card !== undefined || each.record !== undefined).length,
      terminals: books.terminalList.filter((terminal) => terminal.role !== undefined).length,
      ids: books.transactions.ids.size,
      inFlight,
      inFlightCount,
      checks: findings.counts,
      violations: findings.violations,
      violationCount: findings.violationCount,
      money: books.flows.money(),
      taps: books.taps.report(),
      compared: options.compared ?? NOTHING_COMPARED,
    };
  }

  /** Genesis frames agree, and fix what the rest is judged by. */
  #begin(partition: number, genesis: v1.Genesis): void {
    const { findings, books } = this;
    findings.same('CHAIN', 'partition in the genesis frame', partition, genesis.partition);
    findings.same('CHAIN', 'hash function', EXPECTED_HASH_FUNCTION, genesis.hashFunction);
    const first = this.#genesis;
    if (first !== undefined) {
      findings.same('CHAIN', 'deployment', first.deployment, genesis.deployment);
      findings.same('CHAIN', 'number of partitions', first.partitions, genesis.partitions);
      findings.same('CHAIN', 'rules', text(first.rules), text(genesis.rules));
      return;
    }
    this.#genesis = genesis;
    books.partitions = genesis.partitions;
    const rules = v1.DeploymentRules.decode(genesis.rules);
    books.calendar = new Calendar(rules.timeZone);
    books.clock = clockOf(rules);
    if (rules.parameters != null) books.tariffs.create(readParameters(rules.parameters));
  }

  /** What all cards hold at the end, for the sums over them. */
  #ended(): void {
    const { cardList, flows } = this.books;
    for (const { card, record } of cardList) {
      if (card === undefined) continue;
      let account = 0;
      for (const share of record?.shares.values() ?? []) {
        account += share.amount - share.givenBack - returnedOf(share);
      }
      flows.ended(card.balances, account);
    }
  }

  #allPartitions(): void {
    const { partitions } = this.books;
    // Nothing was read: that is no proof of anything.
    this.findings.holds('CHAIN', partitions > 0, () => 'no genesis frame was read');
    for (let partition = 0; partition < partitions; partition += 1) {
      const read = this.lastSequence(partition) > 0;
      this.findings.holds('CHAIN', read, () => `partition ${partition} of ${partitions} has no journal`);
    }
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
