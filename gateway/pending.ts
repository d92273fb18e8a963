import type { v1 } from '../proto/generated/emoney.js';

/**
 * Who has refused an attempt, for operators: the `partition`; the gateway for it, because nobody answered in time
 * (`deadline`) or because it waits for an operator (`stopped`); the gateway at its door (`window`), or for any other
 * reason (`gateway`).
 */
export type RefusedBy = 'partition' | 'deadline' | 'stopped' | 'window' | 'gateway';

/** Who waits for the reply to one command. One object a command, no closure and no promise: this is the hot path. */
export interface Waiter {
  /** Nobody would hear the answer any more. */
  readonly isGone?: boolean;
  /** Passes a CommandReply on as it came, if it can do so without reading it. False: it has to be read. */
  passOn?(reply: Uint8Array): boolean;
  answered(reply: v1.CommandReply): void;
  rejected(code: v1.Rejection, detail: string, by: RefusedBy): void;
}

/** To be sent again. */
export interface Sent {
  readonly correlation: number;
  readonly command: Uint8Array;
}

interface Entry {
  readonly partition: number;
  readonly command: Uint8Array;
  /** What the addressed partition may have to ask first. */
  readonly card: string | undefined;
  readonly waiter: Waiter;
  readonly deadline: number;
}

/**
 * Commands that are not answered yet, by correlation. All have the same deadline, so the table's own order is that of
 * the deadlines: the oldest is first, and one timer serves all.
 */
export class Pending {
  private readonly deadlineMs: number;
  private readonly entries = new Map<number, Entry>();
  private next = 1;

  constructor(deadlineMs: number) {
    this.deadlineMs = deadlineMs;
  }

  get size(): number {
    return this.entries.size;
  }

  /** Returns the correlation. */
  add(
    partition: number,
    command: Uint8Array,
    waiter: Waiter,
    { now, card }: { readonly now: number; readonly card: string | undefined },
  ): number {
    const correlation = this.next;
    this.next += 1;
    this.entries.set(correlation, { partition, command, card, waiter, deadline: now + this.deadlineMs });
    return correlation;
  }

  /** Undefined: answered already, or given up. */
  take(correlation: number): Waiter | undefined {
    const entry = this.entries.get(correlation);
    if (entry !== undefined) this.entries.delete(correlation);
    return entry?.waiter;
  }

  /** Removes and returns those whose deadline has passed. */
  takeExpired(now: number): readonly Waiter[] {
    const expired: Waiter[] = [];
    for (const [correlation, { waiter, deadline }] of this.entries) {
      if (deadline > now) break;
      this.entries.delete(correlation);
      expired.push(waiter);
    }
    return expired;
  }

  /** Removes and returns those that wait for this partition, or for a card of which it holds. */
  takeOf(partition: number, isCardThere: (card: string) => boolean = () => false): readonly Waiter[] {
    const taken: Waiter[] = [];
    for (const [correlation, entry] of this.entries) {
      const { card } = entry;
      if (entry.partition !== partition && (card === undefined || !isCardThere(card))) continue;
      this.entries.delete(correlation);
      taken.push(entry.waiter);
    }
    return taken;
  }

  /** Removes what this one waits for; false: it waits for nothing any more. */
  forget(waiter: Waiter): boolean {
    for (const [correlation, entry] of this.entries) {
      if (entry.waiter === waiter) return this.entries.delete(correlation);
    }
    return false;
  }

  /**
   * What somebody still waits for of this partition, in the order in which it was sent, under new correlations: an answer
   * to what was sent before settles nothing any more.
   */
  renew(partition: number): readonly Sent[] {
    const sent: Sent[] = [];
    const all = [...this.entries];
    this.entries.clear();
    for (const [before, entry] of all) {
      const isSent = entry.partition === partition && entry.waiter.isGone !== true;
      const correlation = isSent ? this.next++ : before;
      this.entries.set(correlation, entry);
      if (isSent) sent.push({ correlation, command: entry.command });
    }
    return sent;
  }

  /** Milliseconds until the oldest expires; undefined when nothing waits. */
  untilNext(now: number): number | undefined {
    for (const { deadline } of this.entries.values()) return Math.max(0, deadline - now);
    return undefined;
  }
}
