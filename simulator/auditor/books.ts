/**
 * The books that the auditor keeps: every card and its record, every terminal, every visitor, every id, rebuilt from
 * events. Events are facts, but each is also computed again (folder events); where an event says otherwise, that is
 * reported and the event's word is kept, so that one fault is reported once.
 */
import { MAX_CLOCK_SKEW_MS, MAX_FRAME_LAG_MS } from '../../actors/bounds.js';
import { Calendar, dayOf } from './calendar.js';
import type { Clock } from './clock.js';
import type { Findings } from './findings.js';
import { Flows } from './flows.js';
import { CardBook } from './ledger.js';
import { Office } from './office.js';
import { Payments } from './payments.js';
import { placeOf } from './placement.js';
import { Prohibitions } from './prohibitions.js';
import { Taps } from './taps.js';
import { Tariffs } from './tariffs.js';
import { TerminalBook, VisitorBook } from './terminalBook.js';
import { Transactions } from './transactions.js';
import type { Id } from './wire/basics.js';
import type { Instruction, Policy } from './wire/card.js';
import type { Parts } from './wire/money.js';

/** A store instruction that was applied: no transaction id stands for it. */
export interface Stored {
  readonly instruction: Instruction;
  readonly parts: Parts;
}

export interface Shard {
  /** Last business date that an interest run has charged; 0: none. */
  chargedThrough: number;
  /** Records that are listed. */
  borrowers: number;
  /** The last place of an interest run, and of a settlement, that it answered for; empty: none. */
  charged: string;
  ordered: string;
}

export class Books {
  readonly findings: Findings;
  readonly cards = new Map<string, CardBook>();
  readonly cardList: CardBook[] = [];
  readonly terminals = new Map<string, TerminalBook>();
  readonly terminalList: TerminalBook[] = [];
  /** By partition. */
  readonly visitors: (Map<string, VisitorBook> | undefined)[] = [];
  readonly transactions: Transactions;
  readonly payments: Payments;
  readonly prohibitions: Prohibitions;
  readonly taps: Taps;
  readonly tariffs: Tariffs;
  readonly office = new Office();
  /**
   * By which the time of a frame may be before that of another partition's that was decided earlier: clocks differ, and a
   * frame has the time of its first turn, however long it waits for its journal.
   */
  readonly disorderMs: number;
  readonly flows = new Flows();
  readonly stored: Stored[] = [];
  /** Names of collection orders. */
  readonly orders = new Set<string>();
  /** By partition: what the center keeps there beside its records. */
  readonly shards: Shard[] = [];
  /** By partition: units of the center, with the sequence of the last event of each. */
  readonly centerUnits: Map<string, number>[] = [];
  /** From the genesis frames; 0: none was read. */
  partitions = 0;
  calendar: Calendar | undefined;
  clock: Clock = (time) => time;
  /** By content: thousands of cards have the same. */
  readonly #policies = new Map<string, Policy>();

  /**
   * `after`: by partition, the frame after which taps on prohibited cards are counted. `clockErrorMs`: by which the clocks
   * of two owners may differ.
   */
  constructor(findings: Findings, after: readonly number[] = [], clockErrorMs = MAX_CLOCK_SKEW_MS) {
    this.findings = findings;
    this.disorderMs = clockErrorMs + MAX_FRAME_LAG_MS;
    this.transactions = new Transactions(findings);
    this.payments = new Payments(this.transactions.ids, findings);
    this.prohibitions = new Prohibitions(findings, this.disorderMs);
    this.taps = new Taps(findings, after);
    this.tariffs = new Tariffs(findings);
  }

  card(id: string): CardBook {
    let book = this.cards.get(id);
    if (book === undefined) {
      book = new CardBook(id, this.cardList.length, this.#placeOf(id));
      this.cards.set(id, book);
      this.cardList.push(book);
    }
    return book;
  }

  terminal(id: string): TerminalBook {
    let book = this.terminals.get(id);
    if (book === undefined) {
      book = new TerminalBook(id, this.terminalList.length, this.#placeOf(id));
      this.terminals.set(id, book);
      this.terminalList.push(book);
    }
    return book;
  }

  visitor(partition: number, id: string): VisitorBook {
    const visitors = (this.visitors[partition] ??= new Map<string, VisitorBook>());
    let book = visitors.get(id);
    if (book === undefined) {
      book = new VisitorBook(this.terminal(id), partition);
      visitors.set(id, book);
    }
    return book;
  }

  shard(partition: number): Shard {
    return (this.shards[partition] ??= { chargedThrough: 0, borrowers: 0, charged: '', ordered: '' });
  }

  centerUnitsOf(partition: number): Map<string, number> {
    return (this.centerUnits[partition] ??= new Map<string, number>());
  }

  /** The row of an id, made when it is new. */
  row(id: Id): number {
    const terminal = this.terminal(id.terminal);
    const { rows } = terminal.incarnationOf(id.incarnation);
    const known = rows.get(id.number);
    if (known !== undefined) return known;
    const row = this.transactions.ids.add(terminal.index, id.incarnation, id.number);
    rows.set(id.number, row);
    return row;
  }

  /** The row of an id that was seen; undefined: it never was. */
  knownRow(id: Id): number | undefined {
    return this.terminals.get(id.terminal)?.incarnations.get(id.incarnation)?.rows.get(id.number);
  }

  idOf(row: number): Id {
    const { terminal, incarnation, number } = this.transactions.ids;
    return {
      terminal: this.terminalList[terminal[row] ?? 0]?.id ?? '',
      incarnation: incarnation[row] ?? 0,
      number: number[row] ?? 0,
    };
  }

  /** The same object for the same content. */
  policy(policy: Policy): Policy {
    const content = JSON.stringify(policy);
    const known = this.#policies.get(content);
    if (known !== undefined) return known;
    this.#policies.set(content, policy);
    return policy;
  }

  /** The business date of a business time; 0: there is none. */
  dateOf(time: number): number {
    return this.calendar?.dateOf(time) ?? 0;
  }

  /** Its number, see calendar.ts. */
  dayOf(time: number): number {
    return dayOf(this.dateOf(time));
  }

  #placeOf(id: string): number {
    return this.partitions > 0 ? placeOf(id, this.partitions) : -1;
  }

  /** Every unit that has events, by partition. */
  units(): string[][] {
    const units = Array.from({ length: this.partitions }, (_, partition): string[] =>
      [...(this.visitors[partition]?.values() ?? [])]
        .filter(({ position }) => position > 0)
        .map(({ terminal }) => `visitor/${terminal.id}`)
        .concat([...this.centerUnitsOf(partition).keys()]),
    );
    for (const { id, place, position } of this.cardList) if (position > 0) units[place]?.push(`card/${id}`);
    for (const { id, place, position } of this.terminalList) {
      if (position > 0) units[place]?.push(`terminal/${id}`);
    }
    return units;
  }

  /** Sequence of a unit's last event in a partition; 0: none. */
  positionOf(partition: number, unit: string): number {
    const id = unit.slice(unit.indexOf('/') + 1);
    if (unit.startsWith('visitor/')) return this.visitors[partition]?.get(id)?.position ?? 0;
    const ofCenter = this.centerUnitsOf(partition).get(unit);
    if (ofCenter !== undefined) return ofCenter;
    const book = unit.startsWith('card/') ? this.cards.get(id) : this.terminals.get(id);
    return book?.place === partition ? book.position : 0;
  }
}
