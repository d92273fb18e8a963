/**
 * What goes over the bus: commands out to a partition, replies back, many to a message (bus.proto: Delivery, Replies).
 * Written and read without protobufjs where they are ordinary, because every payment is in six of them.
 */
import { v1 } from '../../proto/generated/emoney.js';
import { toUnsigned } from '../../proto/guard.js';
import { bytesOf, Packer } from '../../proto/packer.js';
import { tagsOf } from '../../proto/tags.js';
import { END, Unpacker } from '../../proto/unpacker.js';

export interface DeliveryItem {
  /** Chosen by the sender, repeated in the reply. */
  readonly correlation: number;
  /** A Command message. */
  readonly command: Uint8Array;
  /** Within a process: what the command says (Ask). */
  readonly meaning?: unknown;
}

export interface Delivery {
  /** Subject to which the replies go. */
  readonly replyTo: string;
  readonly items: readonly DeliveryItem[];
}

export interface ReplyItem {
  readonly correlation: number;
  /** A CommandReply message; empty when rejected. */
  readonly reply: Uint8Array;
  /** Within a process: what the reply says (Response). */
  readonly meaning?: unknown;
  readonly rejection: v1.Rejection;
  /** What was wrong with the attempt, for people. */
  readonly detail: string;
}

export interface Replies {
  readonly partition: number;
  /** Of the owner that answers. */
  readonly epoch: number;
  readonly items: readonly ReplyItem[];
}

const DELIVERY = tagsOf(v1.Delivery, { replyTo: 'x', items: [{}] });
const ITEM = tagsOf(v1.DeliveryItem, { correlation: 1, command: new Uint8Array(1) });
const REPLIES = tagsOf(v1.Replies, { partition: 1, epoch: 1, items: [{}] });
const REPLY = tagsOf(v1.ReplyItem, { correlation: 1, reply: new Uint8Array(1), rejection: 1, detail: 'x' });

/** Bytes around one item: tags, lengths and the correlation, at their largest. */
const ITEM_OVERHEAD = 32;
export const NO_BYTES: Uint8Array = new Uint8Array(0);

const to = new Packer();
const from = new Unpacker();

export function encodeDelivery({ replyTo, items }: Delivery): Uint8Array {
  let most = bytesOf(replyTo) + ITEM_OVERHEAD;
  for (const { command } of items) most += command.length + ITEM_OVERHEAD;
  to.begin(most);
  to.text(DELIVERY.replyTo, replyTo, 'reply_to');
  for (const { correlation, command } of items) {
    const item = to.open(DELIVERY.items);
    to.uint(ITEM.correlation, correlation, 'correlation');
    if (command.length > 0) to.raw(ITEM.command, command);
    to.close(item);
  }
  return to.finish();
}

/** The commands share memory with `bytes`. Throws Error for what is no delivery. */
export function decodeDelivery(bytes: Uint8Array): Delivery {
  return ordinaryDelivery(bytes) ?? anyDelivery(bytes);
}

export function encodeReplies({ partition, epoch, items }: Replies): Uint8Array {
  let most = 2 * ITEM_OVERHEAD;
  for (const { reply, detail } of items) most += reply.length + bytesOf(detail) + ITEM_OVERHEAD;
  to.begin(most);
  to.uint(REPLIES.partition, partition, 'partition');
  to.uint(REPLIES.epoch, epoch, 'epoch');
  for (const { correlation, reply, rejection, detail } of items) {
    const item = to.open(REPLIES.items);
    to.uint(REPLY.correlation, correlation, 'correlation');
    if (reply.length > 0) to.raw(REPLY.reply, reply);
    to.uint(REPLY.rejection, rejection, 'rejection');
    if (detail !== '') to.raw(REPLY.detail, utf8.encode(detail));
    to.close(item);
  }
  return to.finish();
}

/** The replies share memory with `bytes`. Throws Error for what is none. */
export function decodeReplies(bytes: Uint8Array): Replies {
  return ordinaryReplies(bytes) ?? anyReplies(bytes);
}

const utf8 = new TextEncoder();

/** Undefined: protobufjs has to read it. */
function ordinaryDelivery(bytes: Uint8Array): Delivery | undefined {
  try {
    from.begin(bytes);
    let tag = from.tag();
    let replyTo = '';
    if (tag === DELIVERY.replyTo) {
      replyTo = from.id();
      tag = from.tag();
    }
    const items: DeliveryItem[] = [];
    for (; tag === DELIVERY.items; tag = from.tag()) items.push(ordinaryItem());
    return tag === END ? { replyTo, items } : undefined;
  } catch {
    return undefined;
  }
}

function ordinaryItem(): DeliveryItem {
  const outer = from.enter();
  let correlation = 0;
  let command = NO_BYTES;
  let tag = from.tag();
  if (tag === ITEM.correlation) {
    correlation = from.uint();
    tag = from.tag();
  }
  if (tag === ITEM.command) {
    command = from.raw();
    tag = from.tag();
  }
  if (tag !== END) from.unusual();
  from.leave(outer);
  return { correlation, command };
}

function anyDelivery(bytes: Uint8Array): Delivery {
  const { replyTo, items } = v1.Delivery.decode(bytes);
  return {
    replyTo,
    items: items.map(({ correlation, command }) => ({
      correlation: toUnsigned(correlation ?? 0, 'correlation'),
      command: command ?? NO_BYTES,
    })),
  };
}

function ordinaryReplies(bytes: Uint8Array): Replies | undefined {
  try {
    from.begin(bytes);
    let tag = from.tag();
    let partition = 0;
    let epoch = 0;
    if (tag === REPLIES.partition) {
      partition = from.uint();
      tag = from.tag();
    }
    if (tag === REPLIES.epoch) {
      epoch = from.uint();
      tag = from.tag();
    }
    const items: ReplyItem[] = [];
    for (; tag === REPLIES.items; tag = from.tag()) items.push(ordinaryReply());
    return tag === END ? { partition, epoch, items } : undefined;
  } catch {
    return undefined;
  }
}

/** A rejection, which has words, is left to protobufjs. */
function ordinaryReply(): ReplyItem {
  const outer = from.enter();
  let correlation = 0;
  let reply = NO_BYTES;
  let tag = from.tag();
  if (tag === REPLY.correlation) {
    correlation = from.uint();
    tag = from.tag();
  }
  if (tag === REPLY.reply) {
    reply = from.raw();
    tag = from.tag();
  }
  if (tag !== END) from.unusual();
  from.leave(outer);
  return { correlation, reply, rejection: v1.Rejection.REJECTION_UNSPECIFIED, detail: '' };
}

function anyReplies(bytes: Uint8Array): Replies {
  const { partition, epoch, items } = v1.Replies.decode(bytes);
  return {
    partition,
    epoch: toUnsigned(epoch, 'epoch'),
    items: items.map(({ correlation, reply, rejection, detail }) => ({
      correlation: toUnsigned(correlation ?? 0, 'correlation'),
      reply: reply ?? NO_BYTES,
      rejection: rejection ?? v1.Rejection.REJECTION_UNSPECIFIED,
      detail: detail ?? '',
    })),
  };
}
