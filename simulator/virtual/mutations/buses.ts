/** Messages that say more than they should (D7, D8). */
import type { HostingParts } from '../../../actors/hosting.js';
import {
  decodeDelivery,
  decodeReplies,
  encodeDelivery,
  encodeReplies,
  NO_BYTES,
} from '../../../actors/runtime/deliveries.js';
import type { Bus } from '../../../actors/runtime/ports.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { encodeMessage } from '../../../proto/message.js';
import { changedCommand, raiseMark } from './domains.js';

function speaking(parts: HostingParts, change: (bus: Bus) => Partial<Bus>): HostingParts {
  const { bus } = parts;
  const whole: Bus = {
    publish: (subject, bytes) => {
      bus.publish(subject, bytes);
    },
    subscribe: (subject, handler) => bus.subscribe(subject, handler),
    flush: () => bus.flush(),
  };
  return { ...parts, bus: { ...whole, ...change(bus) } };
}

/** Deliveries of asks of which one is rejected: so often that is seldom met by itself. */
const REJECTED = 40;

/** What the other partition could not take now (D8: about the attempt) is taken for its refusal of the transaction. */
export function rejectionAsOutcome(parts: HostingParts): HostingParts {
  const asked = new Map<string, v1.Asked.$Properties>();
  /** By partition, as its owner says it here. */
  const epochs = new Map<number, number>();
  let deliveries = 0;
  const isRejected = (bus: Bus, bytes: Uint8Array, subject: string): boolean => {
    const partition = Number(subject.slice(subject.lastIndexOf('.') + 1));
    const { replyTo, items } = decodeDelivery(bytes);
    const epoch = epochs.get(partition);
    if (epoch === undefined || !replyTo.includes('.answers.') || ++deliveries % REJECTED > 0) return false;
    const rejection = v1.Rejection.REJECTION_OVERLOADED;
    const rejections = items.map(({ correlation }) => ({
      ...{ correlation, rejection, reply: NO_BYTES, detail: 'later' },
    }));
    bus.publish(replyTo, encodeReplies({ partition, epoch, items: rejections }));
    return true;
  };
  return speaking(parts, (bus) => ({
    publish: (subject, bytes) => {
      if (subject.includes('.answers.')) {
        const { partition, epoch } = decodeReplies(bytes);
        epochs.set(partition, epoch);
      }
      if (subject.includes('.partition.')) {
        const { replyTo, items } = decodeDelivery(bytes);
        for (const { correlation, command } of items) {
          const ask = v1.Command.decode(command).ask;
          if (ask?.asked != null && ask.mode === v1.AskMode.ASK_MODE_EXECUTE) {
            asked.set(`${replyTo}/${correlation}`, ask.asked);
          }
        }
      }
      bus.publish(subject, bytes);
    },
    subscribe: (subject, handler) =>
      bus.subscribe(subject, (bytes, from) => {
        if (subject.includes('.partition.') && isRejected(bus, bytes, subject)) return;
        handler(subject.includes('.answers.') ? declining(bytes, subject, asked) : bytes, from);
      }),
  }));
}

function declining(bytes: Uint8Array, subject: string, asked: Map<string, v1.Asked.$Properties>): Uint8Array {
  const replies = decodeReplies(bytes);
  const { REJECTION_UNSPECIFIED } = v1.Rejection;
  const items = replies.items.map((item) => {
    const about = asked.get(`${subject}/${item.correlation}`);
    if (about === undefined || item.rejection === REJECTION_UNSPECIFIED) return item;
    const answer = {
      outcome: v1.Outcome.OUTCOME_INSUFFICIENT_FUNDS,
      amount: about.amount ?? 0,
      receiveTimeMs: about.openedTimeMs ?? 0,
    };
    const answered = {
      id: about.id ?? null,
      kind: about.kind ?? 0,
      card: about.card ?? '',
      answer,
      terminalTimeMs: about.terminalTimeMs ?? 0,
    };
    const reply = encodeMessage(v1.CommandReply, { answered });
    return { ...item, reply, rejection: REJECTION_UNSPECIFIED };
  });
  return encodeReplies({ ...replies, items });
}

/** Asks carry the newest mark that was decided, though its frame may never be stored. */
export function speculativeMark(parts: HostingParts): HostingParts {
  const newest = new Map<string, number>();
  const changed = speaking(parts, (bus) => ({
    publish: (subject, bytes) => {
      if (!subject.includes('.partition.')) {
        bus.publish(subject, bytes);
        return;
      }
      const delivery = decodeDelivery(bytes);
      const items = delivery.items.map(({ correlation, command }) => ({
        correlation,
        command: changedCommand(command, (asked) => {
          const { terminal, incarnation } = asked.id ?? {};
          return raiseMark(asked, newest.get(`${terminal ?? ''}/${incarnation ?? 0}`) ?? 0);
        }),
      }));
      bus.publish(subject, encodeDelivery({ ...delivery, items }));
    },
  }));
  return {
    ...changed,
    wrapDomain: (domain) => ({
      ...domain,
      decide: (command, states, context) => {
        if (command.type === 'Transact' && command.mark > 0) {
          const key = `${command.id.terminal}/${command.id.incarnation}`;
          newest.set(key, Math.max(command.mark, newest.get(key) ?? 0));
        }
        return domain.decide(command, states, context);
      },
    }),
  };
}
