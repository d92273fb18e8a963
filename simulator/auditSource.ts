import type { OperatorLink } from './operatorLink.js';
import type { AuditFrame, AuditSource } from './auditor/run.js';

/** A running system as the auditor sees it: through an operator's session, byte for byte. */
export function auditSourceOf(link: OperatorLink): AuditSource {
  return {
    partitionCount: async () => (await link.use((operator) => operator.describeSystem())).partitionCount,
    lastSequence: async (partition) =>
      (await link.use((operator) => operator.readJournal(partition, 1, 1))).lastSequence,
    readFrames: (partition, from) => readFrames(link, partition, from),
    describeCards: (ids) => link.use((operator) => operator.cardsAsSent(ids)),
    describeTerminals: (ids) => link.use((operator) => operator.terminalsAsSent(ids)),
    describeTotals: (ids) => link.use((operator) => operator.totalsAsSent(ids)),
    readSnapshots: (partition, units) => link.use((operator) => operator.snapshotsAsSent(partition, units)),
  };
}

async function* readFrames(
  link: OperatorLink,
  partition: number,
  from: number,
): AsyncGenerator<readonly AuditFrame[]> {
  for (let next = from; ;) {
    const { frames, firstSequence, lastSequence } = await link.use((operator) =>
      operator.readJournal(partition, next),
    );
    if (frames.length === 0) return;
    yield frames.map((bytes, index) => ({ sequence: firstSequence + index, bytes }));
    next = firstSequence + frames.length;
    if (next > lastSequence) return;
  }
}
