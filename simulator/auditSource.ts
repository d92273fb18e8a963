import { MAX_DESCRIBED } from '../actors/bounds.js';
import { RejectedError, type Operator } from '../client/index.js';
import type { OperatorLink } from './operatorLink.js';
import type { v1 } from '../proto/generated/emoney.js';
import type { AuditFrame, AuditSource } from './auditor/run.js';

type Question = Parameters<Operator['connection']['ask']>[0];

const ATTEMPTS = 40;

/** A running system as the auditor sees it: through an operator's session, byte for byte. */
export function auditSourceOf(link: OperatorLink): AuditSource {
  const ask = (question: Question): Promise<v1.ServerMessage> =>
    link.use((operator) => askPatiently(operator, question));
  return {
    partitionCount: async () => (await link.use((operator) => operator.describeSystem())).partitionCount,
    lastSequence: async (partition) =>
      (await link.use((operator) => operator.readJournal(partition, 1, 1))).lastSequence,
    readFrames: (partition, from) => readFrames(link, partition, from),
    describeCards: async (ids) => (await ask({ describeCards: { cards: inBounds(ids) } })).cards?.cards ?? [],
    describeTerminals: async (ids) =>
      (await ask({ describeTerminals: { terminals: inBounds(ids) } })).terminals?.terminals ?? [],
    describeTotals: async (ids) =>
      (await ask({ describeTotals: { terminals: inBounds(ids) } })).totals?.terminals ?? [],
    readSnapshots: async (partition, units) =>
      (await ask({ readSnapshots: { partition, units: inBounds(units) } })).snapshots?.snapshots ?? [],
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

/** The operator's own methods repeat what is rejected for now, but give plain views instead of what was sent. */
async function askPatiently(operator: Operator, question: Question): Promise<v1.ServerMessage> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operator.connection.ask(question);
    } catch (error) {
      const again = error instanceof RejectedError && error.retryAfterMs > 0 && attempt < ATTEMPTS;
      if (!again) throw error;
      await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs));
    }
  }
}

function inBounds(ids: readonly string[]): string[] {
  if (ids.length > MAX_DESCRIBED) throw new RangeError(`at most ${MAX_DESCRIBED} ids in one question`);
  return [...ids];
}
