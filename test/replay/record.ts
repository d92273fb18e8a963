/** Makes a recording of this version: the story, what it stored, and what replaying that leads to. */
import { decodeValue, encodeValue } from '../../actors/adapters/redis/versionedValue.js';
import { snapshotKeysOf } from '../../actors/adapters/snapshotKeys.js';
import { DEPLOYMENT, type Deployment } from './deployment.js';
import type { Expected, Recording, StoredValue } from './files.js';
import { cardsOf, replay } from './replayed.js';
import { tell } from './story.js';

/** `recordedBy`: what a reader is told of where it comes from. */
export async function record(recordedBy: string): Promise<Recording> {
  const { deployment } = await tell();
  const each = Array.from({ length: deployment.partitions }, (_, partition) => partition);
  const journals = each.map((partition) => deployment.journals.following(partition, 1, Infinity));
  const snapshots = each.map((partition) => storedValues(deployment, partition));
  const partitions: Expected['partitions'][number][] = [];
  const cards: Record<string, Expected['cards'][string]> = {};
  for (const partition of each) {
    const { digest, units } = await replay(journals, partition, DEPLOYMENT);
    const frames = journals[partition]?.length ?? 0;
    partitions.push({ frames, digest, checkpoint: checkpointOf(snapshots[partition] ?? [], partition) });
    Object.assign(cards, cardsOf(units));
  }
  return {
    journals,
    snapshots,
    expected: { recordedBy, deployment: DEPLOYMENT, partitions, cards: byId(cards) },
  };
}

function byId(cards: Expected['cards']): Expected['cards'] {
  return Object.fromEntries(Object.entries(cards).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function storedValues({ snapshots }: Deployment, partition: number): StoredValue[] {
  const own = snapshotKeysOf(DEPLOYMENT, partition).unit('').replace(/u:$/, '');
  return snapshots
    .keys()
    .filter((key) => key.startsWith(own))
    .map((key) => ({ key, value: encodeValue(snapshots.get(key)!) }));
}

function checkpointOf(values: readonly StoredValue[], partition: number): number {
  const { checkpoint } = snapshotKeysOf(DEPLOYMENT, partition);
  return decodeValue(values.find(({ key }) => key === checkpoint)?.value ?? null)?.sequence ?? 0;
}
