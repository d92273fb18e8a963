/** A terminal as its maker would build it: numbers, mark, repeats, reversals; and as it is on a bad day. */
import { v1 } from '../../proto/generated/emoney.js';
import type { Random } from '../random.js';
import { DeviceReport } from './deviceReport.js';
import type { Faults } from './faults.js';
import { bodyOf, type Order } from './order.js';
import type { Scheduler } from './scheduler.js';
import { Session } from './session.js';
import { replyFrom, type Reply, type Told } from './told.js';
import type { Wire } from './wire.js';

const { Outcome, Rejection } = v1;

export interface DeviceParts {
  readonly terminal: string;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  readonly told: Told;
  /** A connection to some gateway; undefined: there is none now. */
  readonly connect: () => Wire | undefined;
  /** The business time. */
  readonly businessTime: () => number;
  /** The next thing to do; undefined: nothing any more. */
  readonly nextOrder: () => Order | undefined;
  /** It sends something that is no order and no repeat. */
  readonly onCommand: () => void;
  /** Orders that are open at once. */
  readonly width: number;
  /** A transaction has its final answer. */
  readonly onAnswer: (order: Order, reply: Reply) => void;
  /** What a phone says in its HELLO; undefined: it is no phone. */
  readonly token?: (() => string) | undefined;
  readonly violate: (text: string) => void;
}

/** A transaction under its number. */
interface Tap {
  readonly order: Order;
  readonly number: number;
  readonly timeMs: number;
  /** When it is sent again, if nothing comes. */
  nextAt: number;
  attempts: number;
  /** It was given up: only the answer to the reversal counts. */
  reversing: boolean;
  reply: Reply | undefined;
}

/** What survives the loss of the connection, and can be set back. */
interface Memory {
  incarnation: number;
  next: number;
  /** Without a final answer, in the order of their numbers. */
  open: Map<number, Tap>;
}

/** What devices with one incarnation have in common, whether they know of each other or not. */
interface Identity {
  /** The highest mark that was said under it, also by a device that was restored since. */
  saidMark: number;
  /** Another device has it too: what is known of a number may be the other's doing. */
  isShared: boolean;
}

/** A closed batch that the device has reported whole. */
export interface ReportedBatch {
  readonly terminal: string;
  readonly batch: number;
}

type State = 'away' | 'greeting' | 'waiting for the list' | 'ready' | 'gone';

const LOOK_MS = 500;
/** Before the same is sent again: now and then longer than a gateway waits for a partition. */
const PATIENCE_MS = [1_000, 5_500] as const;
const GREETING_MS = 6_000;
const COME_BACK_MS = 300;

export class Device {
  readonly terminal: string;
  readonly #parts: DeviceParts;
  #memory: Memory = { incarnation: 0, next: 1, open: new Map() };
  #old: Memory | undefined;
  #state: State = 'away';
  #session: Session | undefined;
  #since = 0;
  #identity: Identity = { saidMark: 0, isShared: false };
  #list: v1.ListVersion.$Properties | undefined;
  #batch = 0;
  /** `drains`: nothing new is begun before it is closed, so that everything in it can be reported. */
  #closing: { readonly batch: number; readonly drains: boolean } | undefined;
  #exhausted = false;
  #report = new DeviceReport();
  /** Nobody but this device has ever closed its batch or spoken for it. */
  #isAlone = true;
  #notice: v1.CardNotice.$Properties | undefined;
  /** Batches of which its own column must be complete. */
  readonly reported: ReportedBatch[] = [];

  constructor(parts: DeviceParts) {
    this.#parts = parts;
    this.terminal = parts.terminal;
  }

  /** Fallen silent: what it left open waits until somebody closes its batch. */
  get isGone(): boolean {
    return this.#state === 'gone';
  }

  /** Nothing is left to do. */
  get isDone(): boolean {
    return (
      this.#state === 'gone' ||
      (this.#exhausted &&
        this.#memory.open.size === 0 &&
        this.#closing === undefined &&
        this.#state === 'ready')
    );
  }

  /** Others have spoken for the terminal: something of it may be open that it does not know. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  get isPhone(): boolean {
    return this.#parts.token !== undefined;
  }

  /** A phone: what it was last told unasked about prohibitions of its card, in this session. */
  get notice(): v1.CardNotice.$Properties | undefined {
    return this.#notice;
  }

  get state(): string {
    return `${this.#state}, ${this.#memory.open.size} open${this.#closing === undefined ? '' : ', closing'}`;
  }

  start(): void {
    this.#connect();
    this.#look();
  }

  /** The cable breaks. */
  cut(): void {
    this.#session?.cut();
  }

  tear(lateMs: number): void {
    this.#session?.tear(lateMs);
  }

  /** Never heard of again. */
  fallSilent(): void {
    this.#state = 'gone';
    this.#session?.cut();
  }

  /** What it remembers is what it remembered some time ago. */
  restore(): void {
    const before = this.#old;
    if (before === undefined || this.#state === 'gone') return;
    this.#session?.cut();
    this.#memory = before;
    this.#old = undefined;
    this.notAlone();
  }

  /** A second device with everything that this one knows, identity included. Neither knows of the other. */
  clone(): Device {
    const twin = new Device(this.#parts);
    twin.#memory = copyOf(this.#memory);
    twin.#list = this.#list;
    twin.#identity = this.#identity;
    this.#identity.isShared = true;
    this.notAlone();
    twin.notAlone();
    return twin;
  }

  /** Somebody else speaks for the terminal, too. */
  notAlone(): void {
    this.#isAlone = false;
    this.#report.spoil();
    this.reported.length = 0;
  }

  /** Keeps a copy of its memory, for `restore`. */
  backUp(): void {
    this.#old = copyOf(this.#memory);
  }

  /** Closes its batch; asked again until it is answered. */
  closeBatch(): void {
    if (this.#state !== 'ready' || this.#closing !== undefined || this.#batch === 0) return;
    this.#closing = { batch: this.#batch, drains: this.#parts.random.chance(0.7) };
    this.#parts.onCommand();
    if (!this.#closing.drains) this.#report.spoil();
    this.#sendClose();
  }

  #look(): void {
    if (this.#state === 'gone') return;
    const { scheduler } = this.#parts;
    scheduler.after(LOOK_MS, () => {
      this.#look();
    });
    const now = scheduler.elapsed();
    if (this.#state === 'away') {
      if (now - this.#since >= COME_BACK_MS) this.#connect();
    } else if (this.#state === 'greeting' || this.#state === 'waiting for the list') {
      if (now - this.#since >= GREETING_MS) this.#session?.cut();
    } else {
      if (this.#closing !== undefined) this.#sendClose();
      for (const tap of this.#memory.open.values()) if (tap.nextAt <= now) this.#again(tap);
      this.#pump();
    }
  }

  #connect(): void {
    const wire = this.#parts.connect();
    this.#enter('away');
    if (wire === undefined) return;
    const session = new Session(wire, {
      onPush: (message) => {
        if (message.listUpdate != null) this.#listCame(message.listUpdate);
        else if (message.cardNotice != null) this.#notice = message.cardNotice;
      },
      onClosed: () => {
        if (this.#session !== session) return;
        this.#session = undefined;
        if (this.#state !== 'gone') this.#enter('away');
      },
    });
    this.#session = session;
    this.#notice = undefined;
    this.#report.rewind();
    this.#greet(session);
  }

  #enter(state: State): void {
    this.#state = state;
    this.#since = this.#parts.scheduler.elapsed();
  }

  #greet(session: Session): void {
    this.#enter('greeting');
    const { incarnation, next } = this.#memory;
    const { terminal } = this;
    const hello: v1.Hello.$Properties = { terminal, source: '', token: this.#parts.token?.() ?? '' };
    if (incarnation > 0) {
      hello.incarnation = incarnation;
      hello.nextNumber = next;
      if (this.#list !== undefined) hello.list = this.#list;
    }
    session.send({ hello }, ({ welcome, rejection }) => {
      if (this.#session !== session) return;
      if (welcome != null) this.#welcomed(welcome);
      else this.#greetLater(session, rejection?.retryAfterMs ?? 0);
    });
  }

  #greetLater(session: Session, retryAfterMs: number): void {
    this.#parts.scheduler.after(Math.max(100, retryAfterMs), () => {
      if (this.#session === session && this.#state === 'greeting') this.#greet(session);
    });
  }

  #welcomed(welcome: v1.Welcome.$Properties): void {
    const memory = this.#memory;
    const nextNumber = Number(welcome.nextNumber ?? 1);
    this.#nowOpen(welcome.batch ?? 0);
    if (welcome.incarnation !== memory.incarnation) {
      // It is another device to the system, which finishes what the one before left open.
      this.#memory = { incarnation: welcome.incarnation ?? 0, next: nextNumber, open: new Map() };
      this.#identity = { saidMark: 0, isShared: false };
      if (memory.incarnation > 0) this.notAlone();
    } else {
      memory.next = Math.max(memory.next, nextNumber);
      if (this.#identity.isShared) this.notAlone();
      else
        for (const number of welcome.openNumbers ?? []) {
          if (!memory.open.has(Number(number)) && Number(number) >= memory.next) {
            this.#parts.violate(`${this.terminal}: WELCOME names number ${String(number)}, never sent`);
          }
        }
    }
    this.#enter('waiting for the list');
    if (this.isPhone) {
      this.#becomeReady();
      return;
    }
    const held = this.#list;
    const given = welcome.list;
    if (held !== undefined && given != null && compare(held, given) >= 0) this.#acknowledge();
  }

  #listCame({ version, more }: v1.ListUpdate.$Properties): void {
    if (version == null || more === true) return;
    this.#list = version;
    this.#acknowledge();
  }

  #acknowledge(): void {
    const session = this.#session;
    const version = this.#list;
    if (session === undefined || version === undefined) return;
    session.send({ listAcknowledgement: { terminals: [], version } }, ({ listAcknowledged, rejection }) => {
      if (this.#session !== session) return;
      if (listAcknowledged != null) this.#becomeReady();
      else if ((rejection?.retryAfterMs ?? 0) > 0) {
        this.#parts.scheduler.after(rejection?.retryAfterMs ?? 0, () => {
          if (this.#session === session && this.#list === version) this.#acknowledge();
        });
      } else session.cut();
    });
  }

  #becomeReady(): void {
    if (this.#state !== 'waiting for the list') return;
    this.#enter('ready');
    for (const tap of this.#memory.open.values()) this.#again(tap);
    this.#pump();
  }

  #pump(): void {
    const { nextOrder, width } = this.#parts;
    if (this.#closing?.drains === true || this.#memory.open.size > width / 3) return;
    while (this.#state === 'ready' && !this.#exhausted && this.#memory.open.size < width) {
      const order = nextOrder();
      if (order === undefined) this.#exhausted = true;
      else this.#begin(order);
    }
  }

  #begin(order: Order): void {
    const { random, faults, businessTime } = this.#parts;
    const number = this.#memory.next;
    this.#memory.next += 1;
    const timeMs = Math.floor(businessTime()) + order.aheadMs;
    const tap: Tap = { order, number, timeMs, nextAt: 0, attempts: 0, reversing: false, reply: undefined };
    this.#memory.open.set(number, tap);
    this.#send(tap);
    if (faults.has('terminal repeats') && random.chance(0.02)) {
      faults.count('terminal repeats');
      this.#send(tap);
    }
    if (faults.has('terminal reverses') && random.chance(0.02)) {
      faults.count('terminal reverses');
      this.#giveUp(tap);
    }
  }

  /** Nothing has come: the same again; in the end it is given up. */
  #again(tap: Tap): void {
    const { random } = this.#parts;
    if (!tap.reversing && tap.attempts >= 2 && random.chance(0.3)) this.#giveUp(tap);
    else if (tap.reversing) this.#sendReversal(tap);
    else this.#send(tap);
  }

  #giveUp(tap: Tap): void {
    tap.reversing = true;
    this.#parts.onCommand();
    this.#report.spoil();
    this.#memory.open.set(tap.number, tap);
    this.#sendReversal(tap);
  }

  /** "I hold the final answer of every number below." */
  #sayMark(): number {
    let mark = this.#memory.next;
    for (const number of this.#memory.open.keys()) if (number < mark) mark = number;
    this.#identity.saidMark = Math.max(this.#identity.saidMark, mark);
    return mark;
  }

  #send(tap: Tap, amount = tap.order.amount): void {
    const { order, number, timeMs } = tap;
    const said = { terminal: '', number, card: order.card, terminalTimeMs: timeMs, mark: this.#sayMark() };
    const conflicts = amount !== order.amount;
    const body = bodyOf(conflicts ? { ...order, amount } : order, said);
    this.#ask(tap, body, (reply) => {
      if (conflicts) this.#conflictAnswered(tap, reply);
      else this.#answered(tap, reply);
    });
  }

  #sendReversal(tap: Tap): void {
    const { order, number } = tap;
    const { businessTime } = this.#parts;
    const terminalTimeMs = Math.floor(businessTime());
    const reversal = { terminal: '', number, card: order.card, terminalTimeMs, mark: this.#sayMark() };
    this.#ask(tap, { reversal }, (reply) => {
      this.#reversed(tap, reply);
    });
  }

  #ask(tap: Tap, body: Parameters<Session['send']>[0], onReply: (reply: v1.Reply.$Properties) => void): void {
    const session = this.#session;
    if (session === undefined) return;
    const { scheduler, random, told } = this.#parts;
    const sentAt = scheduler.elapsed();
    tap.attempts += 1;
    tap.nextAt = sentAt + random.integer(...PATIENCE_MS);
    const isReversal = body.reversal != null;
    session.send(body, ({ reply, rejection }) => {
      if (reply != null) {
        told.add(replyFrom(reply, isReversal), sentAt, scheduler.elapsed());
        onReply(reply);
      } else if (rejection != null) this.#rejected(tap, session, rejection);
    });
  }

  #rejected(tap: Tap, session: Session, { code, retryAfterMs, detail }: v1.Refusal.$Properties): void {
    const { scheduler, violate } = this.#parts;
    const isOpen = this.#memory.open.get(tap.number) === tap;
    if ((retryAfterMs ?? 0) > 0) {
      tap.nextAt = Math.min(tap.nextAt, scheduler.elapsed() + (retryAfterMs ?? 0));
      if (code === Rejection.REJECTION_INTERNAL) violate(`${this.terminal}: INTERNAL ${detail ?? ''}`);
    } else if (code === Rejection.REJECTION_SUPERSEDED || code === Rejection.REJECTION_NO_SESSION) {
      session.cut();
    } else if (
      code === Rejection.REJECTION_TOO_OLD &&
      (tap.reply !== undefined || !isOpen || tap.number < this.#identity.saidMark)
    ) {
      // A second look at what was answered before, by itself or by the device that it was restored from.
      if (isOpen) this.#settle(tap);
    } else {
      violate(
        `${this.terminal}/${this.#memory.incarnation}/${tap.number}: rejected ${Rejection[code ?? 0]} ${detail ?? ''}`,
      );
      this.#settle(tap);
    }
  }

  #answered(tap: Tap, wire: v1.Reply.$Properties): void {
    const { onAnswer } = this.#parts;
    const outcome = wire.outcome ?? Outcome.OUTCOME_UNSPECIFIED;
    if (outcome === Outcome.OUTCOME_PENDING) return;
    const isUndone = outcome === Outcome.OUTCOME_REVERSED || outcome === Outcome.OUTCOME_REVERSING;
    // Given up: no approval counts any more, only what says that it is undone.
    if (tap.reversing && !isUndone) return;
    const first = tap.reply === undefined;
    tap.reply ??= replyFrom(wire, false);
    this.#settle(tap);
    if (!first) return;
    this.#report.add(tap.reply);
    onAnswer(tap.order, tap.reply);
    this.#second(tap, isUndone);
    // Whoever holds a phone looks at it now and then, not as fast as it answers.
    if (!this.isPhone) this.#pump();
  }

  #reversed(tap: Tap, wire: v1.Reply.$Properties): void {
    const outcome = wire.outcome ?? Outcome.OUTCOME_UNSPECIFIED;
    // Pursued by the terminal's actor: it may end in any later batch.
    if (outcome === Outcome.OUTCOME_REVERSING) this.notAlone();
    const isOther = this.#identity.isShared && outcome === Outcome.OUTCOME_IDEMPOTENCY_CONFLICT;
    if (outcome !== Outcome.OUTCOME_REVERSED && outcome !== Outcome.OUTCOME_REVERSING && !isOther) {
      this.#parts.violate(`${this.terminal}: reversal of ${tap.number} answered ${Outcome[outcome]}`);
    }
    tap.reply ??= replyFrom(wire, true);
    this.#settle(tap);
    this.#pump();
  }

  #settle(tap: Tap): void {
    if (this.#memory.open.get(tap.number) === tap) this.#memory.open.delete(tap.number);
  }

  /** What some do once they have the answer: tap again, with the same or another amount, or reverse after all. */
  #second(tap: Tap, isUndone: boolean): void {
    const { random, faults, scheduler } = this.#parts;
    if (faults.has('terminal repeats') && random.chance(0.03)) {
      faults.count('terminal repeats');
      if (random.chance(0.7)) this.#send(tap);
      // Of one that was given up, also before a restore, its terminal may never have seen what was asked: nothing to tell
      // it from.
      else if (tap.order.amount > 0 && !tap.reversing && !isUndone) this.#send(tap, tap.order.amount + 1);
    } else if (faults.has('terminal reverses') && random.chance(0.03)) {
      faults.count('terminal reverses');
      this.#giveUp(tap);
    } else if (random.chance(0.01)) {
      const { number } = tap;
      const sentAt = scheduler.elapsed();
      this.#session?.send({ outcome: { terminal: '', number } }, ({ reply }) => {
        if (reply != null) this.#parts.told.add(replyFrom(reply, false), sentAt, scheduler.elapsed());
      });
    }
  }

  #conflictAnswered(tap: Tap, { outcome }: v1.Reply.$Properties): void {
    if (outcome === Outcome.OUTCOME_IDEMPOTENCY_CONFLICT || this.#identity.isShared) return;
    const name = Outcome[outcome ?? Outcome.OUTCOME_UNSPECIFIED];
    this.#parts.violate(`${this.terminal}: number ${tap.number} with another amount answered ${name}`);
  }

  #sendClose(): void {
    const session = this.#session;
    const closing = this.#closing;
    if (session === undefined || closing === undefined) return;
    if (closing.drains && this.#memory.open.size > 0) return;
    const report = this.#report;
    const portion = report.portion;
    const { transactions, more } = portion;
    const closeBatch = { terminal: '', batch: closing.batch, totals: null, transactions, more };
    session.send({ closeBatch }, ({ batchClosed, rejection }) => {
      const code = rejection?.code;
      if (code === Rejection.REJECTION_SUPERSEDED || code === Rejection.REJECTION_NO_SESSION) session.cut();
      if (batchClosed == null || this.#closing !== closing || this.#report !== report) return;
      if (more) {
        const before = report.portion.from;
        report.taken(portion);
        if (report.portion.from > before) this.#sendClose();
      } else this.#nowOpen(batchClosed.openBatch ?? 0);
    });
  }

  /** Said by WELCOME as well, if the answer to the closing was lost. */
  #nowOpen(batch: number): void {
    const closing = this.#closing;
    this.#batch = batch;
    if (closing === undefined || closing.batch === batch) return;
    if (this.#isAlone && this.#report.isComplete)
      this.reported.push({ terminal: this.terminal, batch: closing.batch });
    this.#closing = undefined;
    this.#report = new DeviceReport();
    // What was open then is answered now, and belongs to the batch before.
    if (!closing.drains) this.#report.spoil();
    this.#pump();
  }
}

function copyOf({ incarnation, next, open }: Memory): Memory {
  return { incarnation, next, open: new Map([...open].map(([number, tap]) => [number, { ...tap }])) };
}

function compare(one: v1.ListVersion.$Properties, other: v1.ListVersion.$Properties): number {
  return (
    Number(one.incarnation ?? 0) - Number(other.incarnation ?? 0) ||
    Number(one.sequence ?? 0) - Number(other.sequence ?? 0)
  );
}
