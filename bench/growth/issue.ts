/** Issues cards faster than an operator's connection does: on the bus, with many in flight. */
import type { Partitions } from '../../gateway/partitions.js';
import { startProgress } from '../../operator/cli/progress.js';
import { openBusPartitions } from '../engine/busPartitions.js';
import { v1 } from '../../proto/generated/emoney.js';
import { CARD_LIMIT, cardName, HOLDING } from '../support/stage.js';
import type { BenchSystem } from '../support/system.js';
import { whole } from '../support/text.js';

const IN_FLIGHT = 4_096;
const RETRY_MS = 100;

/** Issues cards number `from` … `to` − 1; resolves with their ids. Throws as issueAll does. */
export async function issueOnBus(system: BenchSystem, from: number, to: number): Promise<readonly string[]> {
  const cards = Array.from({ length: to - from }, (_, at) => cardName(from + at));
  const { partitions, close } = await openBusPartitions(system, 'issue');
  try {
    await issueAll(partitions, cards);
  } finally {
    await close();
  }
  return cards;
}

/** Resolves when all are issued. What is rejected is repeated; a refusal throws. */
export async function issueAll(partitions: Partitions, cards: readonly string[]): Promise<void> {
  const progress = startProgress('cards', cards.length);
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    let [next, done] = [0, 0];
    const issue = (card: string): void => {
      partitions.send(partitions.of(card), commandOf(card), {
        answered: ({ acknowledged }) => {
          if (acknowledged?.outcome !== v1.Outcome.OUTCOME_APPROVED) {
            reject(new Error(`${card} was not issued: outcome ${acknowledged?.outcome ?? 'none'}`));
            return;
          }
          done += 1;
          const rate = (1_000 * done) / (performance.now() - began);
          progress.update(done, `${whole(done)} of ${whole(cards.length)}, ${whole(rate)}/s`);
          if (done === cards.length) resolve();
          else begin();
        },
        // A card that is there already with the same terms is approved.
        rejected: () => setTimeout(() => issue(card), RETRY_MS),
      });
    };
    const begin = (): void => {
      const card = cards[next];
      next += 1;
      if (card !== undefined) issue(card);
    };
    if (cards.length === 0) resolve();
    for (let at = 0; at < Math.min(IN_FLIGHT, cards.length); at += 1) begin();
  });
  progress.end();
}

function commandOf(card: string): v1.Command.$Properties {
  const { storedValue } = HOLDING;
  return {
    issueCard: {
      card,
      terms: { storedValue, limit: CARD_LIMIT, active: true, policy: { creditFlag: true } },
    },
  };
}
