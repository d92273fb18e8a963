import type { Bus } from '../../actors/runtime/ports.js';
import type { Subjects } from '../../actors/runtime/subjects.js';
import { v1 } from '../../proto/generated/emoney.js';

export interface ReceivedCommand {
  readonly partition: number;
  readonly command: v1.Command;
  readonly correlation: number;
  readonly replyTo: string;
}

export type Responder = (
  received: ReceivedCommand,
) => v1.CommandReply.$Properties | { readonly reject: v1.Rejection; readonly detail?: string } | undefined;

/** Stands in for the workers: answers every command at once, unless a test says otherwise. */
export class FakePartitions {
  readonly deliveries: { readonly partition: number; readonly commands: readonly v1.Command[] }[] = [];
  readonly received: ReceivedCommand[] = [];
  /** Every delivery as it came. */
  readonly bytes: Uint8Array[] = [];
  epoch = 2;
  /** Times that the worker has lost its connection. */
  reconnections = 0;
  /** A test's own answers; undefined: no answer. Absent: the default ones. */
  respond: Responder = defaultResponder;
  private readonly bus: Bus;
  private readonly subjects: Subjects;
  private readonly count: number;
  private waiting: { readonly condition: () => boolean; readonly resolve: () => void }[] = [];

  constructor(bus: Bus, subjects: Subjects, count: number) {
    this.bus = bus;
    this.subjects = subjects;
    this.count = count;
    for (let partition = 0; partition < count; partition += 1) {
      bus.subscribe(subjects.partition(partition), (bytes) => {
        this.deliver(partition, bytes);
      });
    }
  }

  heartbeat(partitions: readonly number[] = this.all(), serving = true): void {
    const { epoch, reconnections } = this;
    const statuses = partitions.map((partition) => ({ partition, epoch, sequence: 40 + partition, serving }));
    const heartbeat = { worker: 'fake', partitions: statuses, reconnections };
    this.bus.publish(this.subjects.heartbeat, v1.Heartbeat.encode(heartbeat).finish());
  }

  /** Served, and not acknowledged by its journal. */
  silent(partition: number, silence: string): void {
    const status = { partition, epoch: this.epoch, sequence: 40 + partition, serving: true, silence };
    const heartbeat = { worker: 'fake', partitions: [status] };
    this.bus.publish(this.subjects.heartbeat, v1.Heartbeat.encode(heartbeat).finish());
  }

  /** A worker says that it cannot serve the partition. */
  stopped(partition: number, reason: string, worker = 'another'): void {
    const heartbeat = { worker, stopped: [{ partition, reason }] };
    this.bus.publish(this.subjects.heartbeat, v1.Heartbeat.encode(heartbeat).finish());
  }

  reply(to: ReceivedCommand, reply: v1.CommandReply.$Properties, epoch = this.epoch): void {
    this.replies(to, { correlation: to.correlation, reply: v1.CommandReply.encode(reply).finish() }, epoch);
  }

  garbage(subject: string): void {
    this.publish(subject, Buffer.from('ffff', 'hex'));
  }

  publish(subject: string, bytes: Uint8Array): void {
    this.bus.publish(subject, bytes);
  }

  /** Resolves when a command has come for which `wanted` holds. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => this.waiting.push({ condition, resolve }));
  }

  private all(): number[] {
    return Array.from({ length: this.count }, (_, index) => index);
  }

  private deliver(partition: number, bytes: Uint8Array): void {
    this.bytes.push(bytes);
    const delivery = v1.Delivery.decode(bytes);
    const commands: v1.Command[] = [];
    for (const item of delivery.items) {
      const command = v1.Command.decode(item.command ?? new Uint8Array());
      commands.push(command);
      const correlation = Number(item.correlation);
      this.answer({ partition, command, correlation, replyTo: delivery.replyTo });
    }
    this.deliveries.push({ partition, commands });
    this.waiting = this.waiting.filter(({ condition, resolve }) => {
      if (condition()) resolve();
      else return true;
      return false;
    });
  }

  private answer(received: ReceivedCommand): void {
    this.received.push(received);
    const response = this.respond(received);
    if (response === undefined) return;
    if (!('reject' in response)) {
      this.reply(received, response);
      return;
    }
    const { correlation } = received;
    this.replies(
      received,
      { correlation, rejection: response.reject, detail: response.detail ?? '' },
      this.epoch,
    );
  }

  private replies(to: ReceivedCommand, item: v1.ReplyItem.$Properties, epoch: number): void {
    const replies = { partition: to.partition, epoch, items: [item] };
    this.bus.publish(to.replyTo, v1.Replies.encode(replies).finish());
  }
}

let sessions = 0;

/** Welcomes everyone, approves everything. */
export function defaultResponder({ command, partition }: ReceivedCommand): v1.CommandReply.$Properties {
  const { openSession, transact, reverse, queryOutcome, describeCards, describeTerminals, describeTotals } =
    command;
  if (openSession != null) {
    sessions += 1;
    const incarnation = openSession.incarnation ?? 7;
    const nextNumber = openSession.nextNumber ?? 1;
    return { welcomed: { terminal: openSession.terminal ?? '', incarnation, nextNumber, session: sessions } };
  }
  if (transact != null) return { answered: approved(transact as v1.Transact) };
  const id = reverse?.id ?? queryOutcome?.id;
  if (id != null) return { answered: { id, answer: { outcome: v1.Outcome.OUTCOME_REVERSED } } };
  if (describeCards != null) {
    const cards = (describeCards.cards ?? []).map((card) => ({
      id: card,
      card: { card },
      position: partition + 1,
    }));
    return { cards: { cards, partition } };
  }
  if (describeTerminals != null) {
    const terminals = (describeTerminals.terminals ?? []).map((each) => ({ id: each, known: true }));
    return { terminals: { terminals, partition } };
  }
  if (describeTotals != null) return { totals: { terminals: [], partition } };
  return { acknowledged: { outcome: v1.Outcome.OUTCOME_APPROVED, version: 1 } };
}

export function approved(transact: v1.Transact): v1.Answered.$Properties {
  return {
    id: transact.id ?? null,
    kind: transact.kind,
    card: transact.card,
    answer: {
      outcome: v1.Outcome.OUTCOME_APPROVED,
      amount: transact.amount ?? 0,
      parts: { value: 500 },
      balances: { storedValue: 1200, loan: 800, limit: 10_000 },
      creditFlag: true,
      position: 99,
    },
  };
}
