import {
  DiscardPolicy,
  PersistMode,
  RetentionPolicy,
  StorageType,
  StoreCompression,
  type StreamConfig,
} from '@nats-io/jetstream';
import { MAX_FRAME_BYTES } from '../../bounds.js';
import { JournalConfigurationError } from '../../runtime/errors.js';

/** Stream and subject of one segment of a partition's journal, and how many servers must hold every frame. */
export interface JournalName {
  readonly stream: string;
  readonly subject: string;
  readonly replicas: number;
  /** Position of its first frame. */
  readonly first: number;
}

/** Default: the first segment. */
export function journalName(
  deployment: string,
  partition: number,
  replicas: number,
  { segment, first } = { segment: 0, first: 1 },
): JournalName {
  return {
    stream: `${journalPrefix(deployment)}${partition}_${segment}`,
    subject: `emoney.${deployment}.journal.${partition}.${segment}`,
    replicas,
    first,
  };
}

/** Partition and segment of a stream's name, if it is of a journal of this deployment. */
export function segmentOfStream(
  stream: string,
  deployment: string,
): { readonly partition: number; readonly segment: number } | undefined {
  const prefix = journalPrefix(deployment);
  if (!stream.startsWith(prefix)) return undefined;
  const [, partition, segment] = /^(0|[1-9]\d*)_(0|[1-9]\d*)$/.exec(stream.slice(prefix.length)) ?? [];
  if (partition === undefined || segment === undefined) return undefined;
  return { partition: Number(partition), segment: Number(segment) };
}

function journalPrefix(deployment: string): string {
  return `EMONEY_${deployment}_JOURNAL_`;
}

/** What the stream is created with: nothing in it ever expires, is replaced, deleted or purged. */
export function journalConfiguration(name: JournalName): Partial<StreamConfig> & { name: string } {
  return {
    name: name.stream,
    subjects: [name.subject],
    num_replicas: name.replicas,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_msgs: -1,
    max_bytes: -1,
    max_age: 0,
    max_msgs_per_subject: -1,
    max_msg_size: -1,
    deny_delete: true,
    deny_purge: true,
    allow_direct: true,
    allow_rollup_hdrs: false,
    compression: StoreCompression.None,
    // Positions go on where the segment before ended.
    ...(name.first === 1 ? {} : { first_seq: name.first }),
  };
}

/**
 * Compares with what the server has: `deny_purge` does not keep an update of `max_msgs` from dropping frames at
 * once, so a journal is looked at whenever it is taken over.
 * @throws JournalConfigurationError names every property that could lose or forge frames
 */
export function verifyJournal(config: StreamConfig, name: JournalName, maxPayload: number): void {
  const wrong = Object.entries(journalConfiguration(name)).flatMap(([property, wanted]) => {
    const found: unknown = config[property as keyof StreamConfig];
    if (property === 'num_replicas' && config.num_replicas >= name.replicas) return [];
    return same(found, wanted) ? [] : [`${property} is ${show(found)}, not ${show(wanted)}`];
  });
  wrong.push(...additions(config));
  // Room for headers, and for a larger bound in a later version.
  if (maxPayload < MAX_FRAME_BYTES * 1.5)
    wrong.push(`the server's max_payload of ${maxPayload} is too small`);
  if (wrong.length === 0) return;
  throw new JournalConfigurationError(`stream ${name.stream} could lose frames: ${wrong.join('; ')}`);
}

/** Properties that are absent from a journal and, present, bring in, change or remove messages. */
function additions(config: StreamConfig): string[] {
  const present: readonly [string, boolean][] = [
    ['no_ack', config.no_ack === true],
    ['mirror', config.mirror !== undefined],
    ['sources', (config.sources ?? []).length > 0],
    ['subject_transform', config.subject_transform !== undefined],
    ['allow_msg_ttl', config.allow_msg_ttl === true],
    ['allow_msg_schedules', config.allow_msg_schedules === true],
    ['discard_new_per_subject', config.discard_new_per_subject],
    // Acknowledges before the message is on disk, whatever sync_interval says.
    ['persist_mode', (config.persist_mode as PersistMode | undefined) === PersistMode.Async],
  ];
  return present.filter(([, is]) => is).map(([property]) => `${property} is set`);
}

function same(found: unknown, wanted: unknown): boolean {
  return JSON.stringify(found) === JSON.stringify(wanted);
}

function show(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
