/** Which stage of a worker a stack belongs to: the table of files. */
import type { CallFrame } from './profile.js';

export const STAGES = [
  ...(['decode', 'route', 'decide', 'encode', 'publish', 'snapshot', 'reply', 'history'] as const),
  ...(['network', 'garbage', 'other', 'idle'] as const),
] as const;

export type Stage = (typeof STAGES)[number];

/**
 * A frame's stage is that of the first line whose text is in its file's path, and whose name (where there is one) is its
 * function's. Frames that are in no line (packers, maps, buffers) belong to whoever has called them.
 */
const FILES: readonly (readonly [file: string, stage: Stage, name?: string])[] = [
  ['/actors/registry/wire/hot/unpacking.js', 'decode'],
  ['/actors/registry/wire/commandCodec.js', 'decode'],
  ['/actors/registry/wire/replyCodec.js', 'decode', 'decodeAnswered'],
  ['/actors/runtime/deliveries.js', 'reply', 'encodeReplies'],
  ['/actors/runtime/deliveries.js', 'route', 'encodeDelivery'],
  ['/actors/runtime/deliveries.js', 'decode'],
  ['/actors/registry/wire/stateCodec.js', 'snapshot'],
  ['/actors/registry/wire/cardStateCodec.js', 'snapshot'],
  ['/actors/registry/wire/recordStateCodec.js', 'snapshot'],
  ['/actors/registry/wire/replyCodec.js', 'encode'],
  ['/actors/registry/wire/eventCodec.js', 'encode'],
  ['/actors/registry/wire/hot/packing.js', 'encode'],
  ['/actors/runtime/frame.js', 'encode'],
  ['/actors/history/', 'history'],
  ['/actors/adapters/level/', 'history'],
  ['/actors/registry/history', 'history'],
  ['/actors/registry/wire/historyCodec.js', 'history'],
  ['/actors/card/', 'decide'],
  ['/actors/center/', 'decide'],
  ['/actors/terminal/', 'decide'],
  ['/actors/money/', 'decide'],
  ['/actors/registry/', 'decide'],
  ['/actors/runtime/replay.js', 'decide'],
  ['/actors/runtime/checkpointer.js', 'snapshot'],
  ['/actors/runtime/unitIndex.js', 'snapshot', 'takePage'],
  ['/actors/adapters/redis/', 'snapshot'],
  ['/node_modules/ioredis/', 'snapshot'],
  ['/node_modules/redis-parser/', 'snapshot'],
  ['/actors/runtime/outbox.js', 'reply'],
  ['/actors/runtime/appender.js', 'publish'],
  ['/actors/adapters/nats/journal.js', 'publish'],
  ['/actors/adapters/nats/appendAnswer.js', 'publish'],
  ['/actors/adapters/nats/inbox.js', 'publish'],
  ['/actors/runtime/', 'route'],
  ['/node_modules/@nats-io/', 'network'],
];

const GARBAGE = '(garbage collector)';
const IDLE = '(idle)';

/** `stack`: innermost frame first. */
export function stageOf(stack: readonly CallFrame[]): Stage {
  const [leaf] = stack;
  if (leaf?.functionName === IDLE) return 'idle';
  // Garbage is whoever was interrupted's, but nobody's work.
  if (leaf?.functionName === GARBAGE) return 'garbage';
  for (const { url, functionName } of stack) {
    const found = FILES.find(
      ([file, , name]) => url.includes(file) && (name === undefined || name === functionName),
    );
    if (found !== undefined) return found[1];
  }
  // Sockets, timers and streams of node itself, beneath nothing of ours.
  if (stack.some(({ url }) => url.startsWith('node:') && /net|stream_base|stream/.test(url)))
    return 'network';
  return 'other';
}
