import { RejectedError } from '../client/index.js';
import type { OperatorLink } from './operatorLink.js';
import type { AuditFrame, AuditSource } from './auditor/run.js';

/** Redis, as far as the gateway reads it, may be away for so long before its snapshots are given up. */
const SNAPSHOT_PATIENCE_MS = 5_000;

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
    readSnapshots: (partition, units) => readSnapshots(link, partition, units),
  };
}

type Snapshots = Awaited<ReturnType<AuditSource['readSnapshots']>>;

/** Asked by ourselves: the client's patience is made for payments, which are worth a longer wait. */
async function readSnapshots(
  link: OperatorLink,
  partition: number,
  units: readonly string[],
): Promise<Snapshots> {
  const body = { readSnapshots: { partition, units: [...units] } };
  const deadline = performance.now() + SNAPSHOT_PATIENCE_MS;
  for (;;) {
    try {
      const { snapshots } = await link.use(({ connection }) => connection.ask(body));
      return snapshots?.snapshots ?? [];
    } catch (error) {
      if (!(error instanceof RejectedError) || error.code !== 'UNAVAILABLE') throw error;
      const { retryAfterMs } = error;
      if (performance.now() + retryAfterMs > deadline) return undefined;
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
    }
  }
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
