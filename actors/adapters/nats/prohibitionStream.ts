import { DiscardPolicy, RetentionPolicy, StorageType, type StreamInfo } from '@nats-io/jetstream';
import type { StreamPlan } from './api.js';

export interface ProhibitionNames {
  readonly stream: string;
  subject(token: string): string;
  /** Where the stream says that it has something new; headers only. */
  readonly news: string;
  readonly plan: StreamPlan;
}

export interface ProhibitionOptions {
  readonly deployment: string;
  /** Servers that hold the list: 1 on one machine, 3 in a cluster. Default 1. */
  readonly replicas?: number;
}

/** One subject a card, the last entry kept. */
export function prohibitionNames({ deployment, replicas = 1 }: ProhibitionOptions): ProhibitionNames {
  const stream = `EMONEY_${deployment}_PROHIBITIONS`;
  const root = `emoney.${deployment}.prohibitions`;
  const news = `emoney.${deployment}.prohibition_news`;
  const plan: StreamPlan = {
    name: stream,
    subjects: [`${root}.*`],
    num_replicas: replicas,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_msgs_per_subject: 1,
    max_msgs: -1,
    max_bytes: -1,
    max_age: 0,
    allow_direct: true,
    // A list can only be emptied by making a new stream, whose incarnation tells everybody that theirs is void.
    deny_delete: true,
    deny_purge: true,
    republish: { src: `${root}.*`, dest: news, headers_only: true },
  };
  return { stream, subject: (token) => `${root}.${token}`, news, plan };
}

/** When the stream was created, in ms: a stream that was made anew counts as another list. */
export function incarnationOf(info: StreamInfo): number {
  return Date.parse(info.created);
}
