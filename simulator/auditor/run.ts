/** One audit of a system, running or drained: reads every journal, then compares what runs with it. */
import { MAX_DESCRIBED } from '../../actors/bounds.js';
import type { AcknowledgedReply } from './acknowledged.js';
import { Auditor } from './auditor.js';
import { compareCard, compareSnapshot, compareTerminal } from './compare.js';
import type { SnapshotDescription } from './compare.js';
import { Journals } from './journals.js';
import type { Report } from './report.js';
import { SettledUnits } from './settledUnits.js';
import type { AuditProgress, AuditSource } from './source.js';
import { compareAllTotals } from './totalsRun.js';

export type { AuditFrame, AuditProgress, AuditSource } from './source.js';

export interface AuditOptions {
  /** Nothing is running that writes: ids in flight are violations. */
  readonly drained?: boolean;
  /** What drivers were told (I9). */
  readonly acknowledged?: Iterable<AcknowledgedReply>;
  /** By partition: the frame after which taps on prohibited cards are counted; default: all are. */
  readonly countTapsAfter?: readonly number[];
  /** By which the clocks of two owners differed at most, where that is known; default: what an owner may have (D13). */
  readonly clockErrorMs?: number;
  readonly onProgress?: (progress: AuditProgress) => void;
}

export async function auditSystem(source: AuditSource, options: AuditOptions = {}): Promise<Report> {
  const auditor = new Auditor(options.countTapsAfter, options.clockErrorMs);
  const progress = options.onProgress ?? (() => undefined);
  const journals = new Journals(source, auditor, progress);
  await journals.readAll();
  const settled = new SettledUnits(auditor, journals);
  const cards = await compareCards(source, auditor, settled, progress);
  const terminals = await compareTerminals(source, auditor, settled, progress);
  const busy = await compareAllTotals(source, auditor, journals);
  const snapshots = await compareSnapshots(source, auditor, journals, settled, progress);
  for (const reply of options.acknowledged ?? []) auditor.acknowledged(reply);
  const compared = { cards, terminals, moved: settled.moved + busy, snapshots };
  if (options.drained === true && compared.moved > 0) {
    settled.report(
      'ACTOR',
      `${compared.moved} actors moved on all the time, although the system was drained`,
      {},
    );
  }
  return auditor.finish({ drained: options.drained === true, compared });
}

async function compareCards(
  source: AuditSource,
  auditor: Auditor,
  settled: SettledUnits,
  progress: (progress: AuditProgress) => void,
): Promise<number> {
  const ids = [...auditor.books.cards.keys()];
  let equal = 0;
  for (const [done, portion] of portions(ids)) {
    progress({ phase: 'cards', done, total: ids.length });
    equal += await settled.compare(portion, {
      describe: (some) => source.describeCards(some),
      nameOf: ({ id }) => id ?? '',
      compare: (described) => compareCard(auditor, described),
      positionOf: (id) => auditor.books.card(id).position,
      partitionOf: (id) => auditor.books.card(id).place,
      place: (id) => ({ card: id }),
    });
  }
  progress({ phase: 'cards', done: ids.length, total: ids.length });
  return equal;
}

async function compareTerminals(
  source: AuditSource,
  auditor: Auditor,
  settled: SettledUnits,
  progress: (progress: AuditProgress) => void,
): Promise<number> {
  const ids = [...auditor.books.terminals.keys()];
  let equal = 0;
  for (const [done, portion] of portions(ids)) {
    progress({ phase: 'terminals', done, total: ids.length });
    equal += await settled.compare(portion, {
      describe: (some) => source.describeTerminals(some),
      nameOf: ({ id }) => id ?? '',
      compare: (described) => compareTerminal(auditor, described),
      positionOf: (id) => auditor.books.terminal(id).position,
      partitionOf: (id) => auditor.books.terminal(id).place,
      place: (id) => ({ terminal: id }),
    });
  }
  progress({ phase: 'terminals', done: ids.length, total: ids.length });
  return equal;
}

interface SnapshotCounts {
  equal: number;
  behind: number;
  missing: number;
  unread: number;
}

async function compareSnapshots(
  source: AuditSource,
  auditor: Auditor,
  journals: Journals,
  settled: SettledUnits,
  progress: (progress: AuditProgress) => void,
): Promise<SnapshotCounts> {
  const counts: SnapshotCounts = { equal: 0, behind: 0, missing: 0, unread: 0 };
  const units = auditor.books.units();
  const total = units.reduce((sum, some) => sum + some.length, 0);
  let done = 0;
  for (const [partition, some] of units.entries()) {
    for (const [, portion] of portions(some)) {
      progress({ phase: 'snapshots', done, total });
      const snapshots = await source.readSnapshots(partition, portion);
      // They are never believed, so that they are away says nothing about the money.
      if (snapshots === undefined) return { ...counts, unread: total - done };
      done += portion.length;
      for (const snapshot of snapshots) {
        let found = compareSnapshot(auditor, partition, snapshot);
        // Written after the journal was read: what it rests on must be there by now.
        if (found === 'ahead' && (await journals.readOn(partition)) > 0) {
          found = compareSnapshot(auditor, partition, snapshot);
        }
        if (found === 'ahead') settled.report('SNAPSHOT', aheadText(snapshot), { partition });
        else if (found !== 'differs') counts[found] += 1;
      }
    }
  }
  progress({ phase: 'snapshots', done: total, total });
  return counts;
}

function aheadText({ unit, sequence, generation }: SnapshotDescription): string {
  const what = `position ${String(sequence ?? 0)} of generation ${generation ?? 0}`;
  return `snapshot of ${unit ?? ''} holds ${what}, which the journal does not have`;
}

/** Portions that one question may name, each with the number of ids before it. */
function* portions(ids: readonly string[]): Generator<readonly [number, readonly string[]]> {
  for (let start = 0; start < ids.length; start += MAX_DESCRIBED) {
    yield [start, ids.slice(start, start + MAX_DESCRIBED)];
  }
}
