/** Reads one turn of a partition: every event to who knows it, then what must hold at its end. */
import type protobuf from 'protobufjs/minimal.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { GuardError } from '../../../proto/guard.js';
import { tagsOf } from '../../../proto/tags.js';
import { WholeReader } from '../../../proto/wholeNumbers.js';
import type { Books } from '../books.js';
import type { Findings } from '../findings.js';
import { BatchEvents } from './batchEvents.js';
import { CardChanges } from './cardChanges.js';
import { CardTransactions } from './cardTransactions.js';
import { CollectionEvents } from './collectionEvents.js';
import { InterestEvents } from './interestEvents.js';
import { OfficeEvents } from './officeEvents.js';
import { Pairs } from './pairs.js';
import { RecordChanges } from './recordChanges.js';
import { RecordTransactions } from './recordTransactions.js';
import { Stage } from './stage.js';
import { TerminalEvents } from './terminalEvents.js';
import { Turn } from './turn.js';

type Bodies = Required<v1.Event.$Properties>;
/** Who reads each body. One that is missing here cannot be audited, so the compiler asks for all. */
type Readers = {
  readonly [Name in Exclude<keyof Bodies, '$unknowns' | 'body'>]: (body: NonNullable<Bodies[Name]>) => void;
};

/** A generated class. */
interface Body {
  decode(reader: protobuf.Reader, length: number): object;
}

/** One kind of event: how its body is decoded, and who reads it. */
interface Kind {
  readonly type: Body;
  readonly read: (body: never) => void;
}

export class Turns {
  readonly #books: Books;
  readonly #findings: Findings;
  readonly #turn = new Turn();
  readonly #pairs: Pairs;
  /** By tag. */
  readonly #kinds: ReadonlyMap<number, Kind>;
  events = 0;

  constructor(books: Books) {
    this.#books = books;
    this.#findings = books.findings;
    this.#pairs = new Pairs(books, this.#turn);
    this.#kinds = kindsOf(readersOf(new Stage(books, this.#turn)));
  }

  read(partition: number, position: number, time: number, turn: v1.Turn.$Properties): void {
    const units = turn.units ?? [];
    const events = turn.events ?? [];
    this.#findings.at.forget();
    this.#turn.begin(partition, position, time, units);
    for (const bytes of events) {
      this.events += 1;
      this.#attempt(bytes);
    }
    if (events.length === 0) return;
    this.#pairs.compare();
    for (const unit of units) this.#place(unit);
  }

  /** What cannot be read is reported, and the rest goes on. */
  #attempt(bytes: Uint8Array): void {
    try {
      this.#event(bytes);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#findings.report(
        'FORMAT',
        error instanceof GuardError ? message : `an event cannot be used: ${message}`,
      );
    }
  }

  #event(bytes: Uint8Array): void {
    this.#findings.checked('FORMAT');
    const reader = new WholeReader(bytes);
    const kind = reader.len === 0 ? undefined : this.#kinds.get(reader.uint32());
    if (kind === undefined) throw new GuardError('event', 'has no body that this auditor knows');
    const body = kind.type.decode(reader, reader.uint32());
    if (reader.pos !== reader.len) throw new GuardError('event', 'has something after its body');
    kind.read(body as never);
  }

  /** Every event belongs to an actor of this partition, and its position is what snapshots must name (D10). */
  #place(unit: string): void {
    const slash = unit.indexOf('/');
    const [type, id] = [unit.slice(0, slash), unit.slice(slash + 1)];
    const { partition, position } = this.#turn;
    if (type === 'visitor') {
      this.#books.visitor(partition, id).position = position;
      return;
    }
    if (type === 'shard' || type === 'borrowers' || type === 'office') {
      this.#books.centerUnitsOf(partition).set(unit, position);
      return;
    }
    if (type !== 'card' && type !== 'terminal') {
      this.#findings.report('FORMAT', `unit ${unit} is of an unknown type`);
      return;
    }
    const book = type === 'card' ? this.#books.card(id) : this.#books.terminal(id);
    book.position = position;
    this.#findings.same('FORMAT', 'partition of the actor', book.place, partition);
  }
}

/**
 * The generated decoder of Event would make an object with a field for each kind there is. A body is of the message of its
 * name.
 */
function kindsOf(readers: Readers): ReadonlyMap<number, Kind> {
  const types = v1 as unknown as Readonly<Record<string, Body | undefined>>;
  const kinds = new Map<number, Kind>();
  for (const [name, read] of Object.entries(readers)) {
    const type = types[name.charAt(0).toUpperCase() + name.slice(1)];
    if (type === undefined) throw new Error(`no message is named like the event ${name}`);
    kinds.set(tagsOf(v1.Event, { [name]: {} })[name] ?? 0, { type, read });
  }
  return kinds;
}

function readersOf(stage: Stage): Readers {
  const card = new CardTransactions(stage);
  const changes = new CardChanges(stage);
  const record = new RecordTransactions(stage);
  const recorded = new RecordChanges(stage);
  const collections = new CollectionEvents(stage);
  const interest = new InterestEvents(stage);
  const batches = new BatchEvents(stage);
  const office = new OfficeEvents(stage);
  const terminal = new TerminalEvents(stage);
  return {
    cardIssued: (body) => changes.issued(body),
    cardMoved: (body) => card.moved(body),
    cardDeclined: (body) => card.declined(body),
    cardReversed: (body) => card.reversed(body),
    cardLimitChanged: (body) => changes.limitChanged(body),
    cardProhibitionChanged: (body) => changes.prohibitionChanged(body),
    cardActivated: (body) => changes.activated(body),
    cardPolicyChanged: (body) => changes.policyChanged(body),
    cardPinSet: (body) => changes.pinSet(body),
    cardPinUnblocked: (body) => changes.pinUnblocked(body),
    cardReplaced: (body) => changes.replaced(body),
    cardInstructed: (body) => changes.instructed(body),
    cardInstructionCancelled: (body) => changes.cancelled(body),
    cardStored: (body) => changes.stored(body),
    cardInterestPosted: (body) => changes.interestPosted(body),
    cardCollectionReturned: (body) => changes.collectionReturned(body),
    cardAdjusted: (body) => changes.adjusted(body),
    cardForgot: (body) => changes.forgot(body),

    recordOpened: (body) => recorded.opened(body),
    recordMoved: (body) => record.moved(body),
    recordDeclined: (body) => record.declined(body),
    recordReversed: (body) => record.reversed(body),
    recordLimitChanged: (body) => recorded.limitChanged(body),
    recordProhibitionChanged: (body) => recorded.prohibitionChanged(body),
    prohibitionPublished: (body) => recorded.published(body),
    recordActivated: (body) => recorded.activated(body),
    recordPolicyChanged: (body) => recorded.policyChanged(body),
    recordPinSet: (body) => recorded.pinSet(body),
    recordPinUnblocked: (body) => recorded.pinUnblocked(body),
    recordReplaced: (body) => recorded.replaced(body),
    recordInstructed: (body) => recorded.instructed(body),
    recordInstructionCancelled: (body) => recorded.cancelled(body),
    recordStored: (body) => recorded.stored(body),
    recordInterestPosted: (body) => interest.posted(body),
    recordAlerted: (body) => recorded.alerted(body),
    recordCollectionOrdered: (body) => collections.ordered(body),
    recordCollectionConfirmed: (body) => collections.confirmed(body),
    recordCollectionReturned: (body) => collections.returned(body),
    recordForgot: (body) => collections.forgot(body),
    recordAdjusted: (body) => recorded.adjusted(body),
    parametersSet: (body) => interest.parametersSet(body),
    interestRunBegun: (body) => interest.runBegun(body),
    cardsCharged: (body) => interest.cardsCharged(body),
    recordListed: (body) => interest.listed(body),

    parametersDecided: (body) => office.parametersDecided(body),
    parametersAdopted: (body) => office.parametersAdopted(body),
    runBegun: (body) => office.runBegun(body),
    runProgressed: (body) => office.runProgressed(body),
    runEnded: (body) => office.runEnded(body),

    batchReported: (body) => batches.reported(body),
    batchClosing: (body) => batches.closing(body),
    batchFinal: (body) => batches.final(body),
    batchCompiled: (body) => batches.compiled(body),
    batchSettled: (body) => batches.settled(body),

    terminalRegistered: (body) => terminal.registered(body),
    sessionOpened: (body) => terminal.sessionOpened(body),
    listHeld: (body) => terminal.listHeld(body),
    transactionOpened: (body) => terminal.opened(body),
    transactionClosed: (body) => terminal.closed(body),
    transactionRefused: (body) => terminal.refused(body),
    reversalOpened: (body) => terminal.reversalOpened(body),
    reversalClosed: (body) => terminal.reversalClosed(body),
  };
}
