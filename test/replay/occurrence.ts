/** Which fields of the journal's and the snapshots' messages occur in a recording with a value that says something. */
import { join } from 'node:path';
import protobuf from 'protobufjs';
import Long from 'long';
import { decodeValue } from '../../actors/adapters/redis/versionedValue.js';
import type { Recording } from './files.js';
import { replay } from './replayed.js';

export interface Occurrence {
  /** Bodies of frames, such as `Frame.turns`; of events, such as `Event.card_moved`. */
  readonly missingFrames: readonly string[];
  readonly missingEvents: readonly string[];
  /** Fields within states, such as `CardState.inside`. */
  readonly missingStateFields: readonly string[];
  /** Fields within events. */
  readonly missingEventFields: readonly string[];
  /** Of checkpoints and index pages. */
  readonly missingSnapshotFields: readonly string[];
}

/** Looks at every frame, every event, and every state on the way. */
export async function occurrenceIn({ journals, snapshots, expected }: Recording): Promise<Occurrence> {
  const root = await protocol();
  const [frame, event, state] = ['Frame', 'Event', 'UnitState'].map((name) =>
    root.lookupType(`emoney.v1.${name}`),
  ) as [protobuf.Type, protobuf.Type, protobuf.Type];
  const [inFrames, inEvents, inStates] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const partition of journals.keys()) {
    for (const { bytes } of journals[partition] ?? []) note(frame, frame.decode(bytes), inFrames);
    await replay(journals, partition, expected.deployment, {
      event: (bytes) => {
        note(event, event.decode(bytes), inEvents);
      },
      state: (_key, bytes) => {
        note(state, state.decode(bytes), inStates);
      },
    });
  }
  const [checkpoint, page] = ['Checkpoint', 'IndexPage'].map((name) =>
    root.lookupType(`emoney.v1.${name}`),
  ) as [protobuf.Type, protobuf.Type];
  const inSnapshots = new Set<string>();
  for (const { key, value } of snapshots.flat()) {
    const { bytes } = decodeValue(value)!;
    if (key.endsWith(':checkpoint')) note(checkpoint, checkpoint.decode(bytes), inSnapshots);
    if (key.includes(':page:')) note(page, page.decode(bytes), inSnapshots);
  }
  const missing = (type: protobuf.Type, seen: ReadonlySet<string>): string[] =>
    fieldsOf(type).filter((field) => !seen.has(field));
  const eventFields = missing(event, inEvents);
  return {
    missingFrames: missing(frame, inFrames),
    missingEvents: eventFields.filter((field) => field.startsWith('Event.')),
    missingStateFields: missing(state, inStates),
    missingEventFields: eventFields.filter((field) => !field.startsWith('Event.')),
    missingSnapshotFields: [checkpoint, page].flatMap((type) => missing(type, inSnapshots)),
  };
}

async function protocol(): Promise<protobuf.Root> {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => join('proto', target);
  const files = ['journal', 'events', 'states', 'snapshots'].map((name) => `emoney/v1/${name}.proto`);
  await root.load(files, { keepCase: true });
  root.resolveAll();
  return root;
}

/** Of the message and of every message within it, once each: `Type.field`. */
function fieldsOf(type: protobuf.Type): string[] {
  const seen = new Set<protobuf.Type>();
  const visit = (each: protobuf.Type): void => {
    if (seen.has(each)) return;
    seen.add(each);
    for (const { resolvedType } of each.fieldsArray) {
      if (resolvedType instanceof protobuf.Type) visit(resolvedType);
    }
  };
  visit(type);
  return [...seen].flatMap(({ name, fieldsArray }) => fieldsArray.map((field) => `${name}.${field.name}`));
}

/** Enters every field that holds more than its default; of an optional one, its presence says enough. */
function note(type: protobuf.Type, message: object, seen: Set<string>): void {
  for (const field of type.fieldsArray) {
    if (!Object.hasOwn(message, field.name)) continue;
    const value = (message as Readonly<Record<string, unknown>>)[field.name];
    const optional = field.partOf !== null && field.partOf.oneof.length === 1;
    if (!optional && isDefault(value)) continue;
    seen.add(`${type.name}.${field.name}`);
    const { resolvedType } = field;
    if (!(resolvedType instanceof protobuf.Type)) continue;
    for (const inner of Array.isArray(value) ? value : [value]) note(resolvedType, inner as object, seen);
  }
}

function isDefault(value: unknown): boolean {
  if (Long.isLong(value)) return value.isZero();
  if (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array)
    return value.length === 0;
  return value === 0 || value === false || value === null;
}
