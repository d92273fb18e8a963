/** What everybody was told, and whether it fits together. The journals are compared with it in the end. */
import { v1 } from '../../proto/generated/emoney.js';
import { toNumber, type WireLong } from '../../proto/guard.js';
import type { AcknowledgedReply } from '../auditor/index.js';

const { Outcome } = v1;
const ENQUIRY: number = v1.Kind.KIND_ENQUIRY;
const APPROVED: number = Outcome.OUTCOME_APPROVED;

/** A reply in plain numbers. */
export interface Reply extends AcknowledgedReply {
  readonly amount: number;
}

const UNDONE: ReadonlySet<number> = new Set([Outcome.OUTCOME_REVERSED, Outcome.OUTCOME_REVERSING]);
/** About the message, not about the number. */
const ABOUT_MESSAGE: ReadonlySet<number> = new Set([
  Outcome.OUTCOME_PENDING,
  Outcome.OUTCOME_ID_UNKNOWN,
  Outcome.OUTCOME_IDEMPOTENCY_CONFLICT,
]);

/** What one number was told: its first outcome, and when it was first told that it is undone. */
interface Status {
  first: Reply | undefined;
  undoneAt: number;
}

/** Keeps every reply, and checks that the status of a number only moves forward. */
export class Told {
  readonly replies: Reply[] = [];
  readonly #statuses = new Map<string, Status>();
  readonly #violate: (text: string) => void;

  constructor(violate: (text: string) => void) {
    this.#violate = violate;
  }

  /** `sentAt`, `now`: when the message that it answers was sent, and when it came. */
  add(reply: Reply, sentAt: number, now: number): void {
    // A closed enquiry that is asked again when its id is forgotten is answered as things are, which is not recorded.
    if (reply.kind === ENQUIRY && reply.outcome === APPROVED && reply.position === 0) return;
    this.replies.push(reply);
    if (ABOUT_MESSAGE.has(reply.outcome)) return;
    const { terminal, incarnation, number } = reply.id;
    const key = `${terminal}/${incarnation}/${number}`;
    const status = this.#statuses.get(key) ?? { first: undefined, undoneAt: Infinity };
    this.#statuses.set(key, status);
    if (UNDONE.has(reply.outcome)) {
      status.undoneAt = Math.min(status.undoneAt, now);
      return;
    }
    if (sentAt > status.undoneAt) {
      this.#violate(`${key}: told ${reply.outcome} after it had been told to be reversed`);
    }
    const { first } = status;
    status.first ??= reply;
    if (first === undefined || same(first, reply)) return;
    this.#violate(
      `${key}: told ${first.outcome} of ${first.amount} at ${first.position}, then ${reply.outcome} of ${reply.amount} at ${reply.position}`,
    );
  }
}

/** A repeated enquiry is read afresh, under the position of its first decision. */
function same(one: Reply, other: Reply): boolean {
  return one.outcome === other.outcome && one.amount === other.amount && one.position === other.position;
}

function toInteger(value: WireLong | null | undefined): number {
  return toNumber(value ?? 0, 'a reply');
}

export function replyFrom(wire: v1.Reply.$Properties, reversal: boolean): Reply {
  const parts = wire.parts ?? {};
  return {
    id: {
      terminal: wire.id?.terminal ?? '',
      incarnation: wire.id?.incarnation ?? 0,
      number: toInteger(wire.id?.number),
    },
    card: wire.card ?? '',
    kind: wire.kind ?? 0,
    reversal,
    outcome: wire.outcome ?? 0,
    amount: toInteger(wire.amount),
    position: toInteger(wire.position),
    parts: {
      value: toInteger(parts.value),
      account: toInteger(parts.account),
      loan: toInteger(parts.loan),
      interest: toInteger(parts.interest),
      fare: toInteger(parts.fare),
      restoredLoan: toInteger(parts.restoredLoan),
      excess: toInteger(parts.excess),
      accountAsLoan: toInteger(parts.accountAsLoan),
    },
  };
}
