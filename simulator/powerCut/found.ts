/** What the journals of a disk that was cut hold of what had been told before. */
import type { JournalStore } from '../../actors/runtime/ports.js';
import type { AcknowledgedReply } from '../auditor/acknowledged.js';
import { Auditor } from '../auditor/auditor.js';
import { idText, type Violation } from '../auditor/findings.js';

/** Counts are of transactions. */
export interface Found {
  /** A terminal had been told something of them. */
  readonly acknowledged: number;
  /** They are in the journals; also those of which nobody had been told. */
  readonly recovered: number;
  /** In which the journals stand, of all partitions. */
  readonly segments: number;
  /** Of the acknowledged: the journals do not have what was told, or have it otherwise. */
  readonly lost: number;
  /** They took effect a second time. */
  readonly doubled: number;
  /** The first of what is wrong. */
  readonly examples: readonly string[];
}

const EXAMPLES = 3;

/** Reads every journal that there is, from its first frame; that there is none is found, too. */
export async function findTold(journals: JournalStore, told: Iterable<AcknowledgedReply>): Promise<Found> {
  const auditor = new Auditor();
  const { segments, unreadable } = await readAll(journals, auditor);
  const [acknowledged, lost] = [new Set<string>(), new Set<string>()];
  const { findings } = auditor;
  for (const reply of told) {
    const id = idText(reply.id.terminal, reply.id.incarnation, reply.id.number);
    acknowledged.add(id);
    const before = findings.violationCount;
    auditor.acknowledged(reply);
    if (findings.violationCount > before) lost.add(id);
  }
  const { ids, violations } = auditor.finish();
  const doubled = violations.filter(({ code }) => code === 'I5');
  const missing = violations.filter(({ code }) => code === 'I9');
  return {
    acknowledged: acknowledged.size,
    recovered: ids,
    segments,
    lost: lost.size,
    doubled: doubled.length,
    examples: [...unreadable, ...[...doubled, ...missing].map(textOf)].slice(0, EXAMPLES),
  };
}

/** `unreadable`: why some could not be read to their end. */
async function readAll(
  journals: JournalStore,
  auditor: Auditor,
): Promise<{ readonly segments: number; readonly unreadable: readonly string[] }> {
  const unreadable: string[] = [];
  let segments = 0;
  for (const partition of await journals.list()) {
    try {
      const journal = await journals.open(partition);
      await journal.read(1, await journal.lastSequence(), ({ sequence, bytes }) => {
        auditor.frame(partition, sequence, bytes);
      });
      segments += (await journal.newestSegment()).segment + 1;
    } catch (error) {
      unreadable.push(`partition ${partition}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { segments, unreadable };
}

function textOf({ code, id, message }: Violation): string {
  return `${code}: ${message}${id === undefined ? '' : ` (id ${id})`}`;
}
