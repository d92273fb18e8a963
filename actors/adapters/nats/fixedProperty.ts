import { DiscardPolicy, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { JetStreamApi, type StreamPlan } from './api.js';
import type { Nats } from './connection.js';
import { prohibitionNames } from './prohibitionStream.js';

export interface FixedProperty {
  readonly deployment: string;
  /** Capital letters. */
  readonly name: string;
  /** In the metadata of a stream, which everybody may read. */
  readonly value: string;
}

/**
 * What no frame fixes: whoever states it first fixes it for the deployment, for ever. A stream of its own holds it, in
 * its metadata: the server creates a stream once, and keeps it as it does the journals.
 * @returns the value that stands: the given one, or an earlier one
 */
export async function fixOnce(nats: Nats, { deployment, name, value }: FixedProperty): Promise<string> {
  const api = await JetStreamApi.of(nats);
  const list = await api.info(prohibitionNames({ deployment }).stream);
  const stream = `EMONEY_${deployment}_${name}`;
  const plan: StreamPlan = {
    name: stream,
    subjects: [`emoney.${deployment}.fixed.${name}`],
    num_replicas: list?.config.num_replicas ?? 1,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_msgs: 1,
    metadata: { value },
  };
  await api.ensure(plan);
  const standing = (await api.info(stream))?.config.metadata?.['value'];
  if (standing === undefined) throw new Error(`stream ${stream} is no property of a deployment`);
  return standing;
}
