/** What actors hold after a journal's events: assigned from the events alone, as the real ones do. */
import { v1 } from '../../../proto/generated/emoney.js';
import type { Event, JournalBuilder } from './journalBuilder.js';

type Card = v1.CardDescription.$Properties;
type Line = 'purchases' | 'deposits' | 'purchaseReversals' | 'depositReversals' | 'declines' | 'ownRefusals';
interface Booking {
  batch?: number | null;
  businessDate?: number | null;
}

const APPROVED = v1.Outcome.OUTCOME_APPROVED;

export interface Projection {
  readonly cards: Map<string, Card>;
  readonly terminals: Map<string, v1.TerminalDescription.$Properties>;
  /** The center's, over all partitions. */
  readonly totals: Map<string, v1.BatchTotals.$Properties[]>;
  readonly snapshots: Map<string, { unit: string; state: Uint8Array; sequence: number; generation: number }>;
}

export function projected(journal: JournalBuilder): Projection {
  return new Projector(journal).run();
}

class Projector {
  readonly #journal: JournalBuilder;
  readonly #cards = new Map<string, Card>();
  readonly #terminals = new Map<string, v1.TerminalDescription.$Properties>();
  readonly #states = new Map<string, v1.TerminalState.$Properties>();
  readonly #totals = new Map<string, v1.BatchTotals.$Properties[]>();
  /** By `partition:visitor/terminal`. */
  readonly #visitors = new Map<string, { terminal: string; totals: v1.BatchTotals.$Properties[] }>();
  readonly #opened = new Map<string, v1.TransactionOpened.$Properties>();
  readonly #positions = new Map<string, number>();

  constructor(journal: JournalBuilder) {
    this.#journal = journal;
  }

  run(): Projection {
    this.#journal.partitions.forEach((frames, partition) => {
      frames.forEach(({ turns }, index) => {
        for (const { units, events } of turns) {
          for (const event of events) this.#event(event, partition);
          for (const unit of units) this.#positions.set(keyOf(partition, unit), index + 1);
        }
      });
    });
    for (const [id, card] of this.#cards) card.position = this.#positions.get(`card/${id}`)!;
    for (const [id, terminal] of this.#terminals) terminal.position = this.#positions.get(`terminal/${id}`)!;
    return structuredCloneOf({
      ...{
        cards: this.#cards,
        terminals: this.#terminals,
        totals: this.#totals,
        snapshots: this.#snapshots(),
      },
    });
  }

  #event(event: Event, partition: number): void {
    this.#cardEvent(event);
    this.#recordEvent(event, partition);
    this.#terminalEvent(event);
  }

  #cardEvent({ cardIssued, cardMoved, cardReversed, cardLimitChanged, cardProhibitionChanged }: Event): void {
    if (cardIssued) {
      const { id, terms, balances } = opening(cardIssued);
      const { policy } = terms;
      const card = { card: id, terms, balances, active: terms.active ?? false, reasons: [], log: [] };
      this.#card(id).card = { ...card, policy: policy!, device: 1, triesLeft: 3 };
    }
    const moved = cardMoved ?? cardReversed;
    const card = moved && this.#card(moved.asked!.card!).card;
    if (card && moved.answer!.amount) {
      const { asked, answer } = moved;
      card.balances = { ...answer!.balances };
      card.log!.unshift({
        ...{ id: asked!.id!, kind: asked!.kind!, reversal: cardReversed != null, amount: answer!.amount! },
        ...{
          parts: answer!.parts!,
          terminalTimeMs: asked!.terminalTimeMs!,
          receiveTimeMs: answer!.receiveTimeMs!,
        },
        ...{ storedValueAfter: card.balances.storedValue!, loanAfter: card.balances.loan! },
      });
      card.log!.splice(20);
      const { id, batch, businessDate } = asked!;
      if (cardMoved && asked!.kind === v1.Kind.KIND_PURCHASE) {
        card.lastPayment = { id: id!, batch: batch!, businessDate: businessDate!, parts: answer!.parts! };
      }
    }
    if (cardLimitChanged) this.#card(cardLimitChanged.card!).card!.balances!.limit = cardLimitChanged.limit!;
    if (cardProhibitionChanged) {
      this.#card(cardProhibitionChanged.card!).card!.reasons = cardProhibitionChanged.reasons!;
    }
  }

  #recordEvent(event: Event, partition: number): void {
    const { recordOpened, recordMoved, recordReversed, recordDeclined } = event;
    if (recordOpened) {
      const { id, terms, balances } = opening(recordOpened);
      const state = {
        active: terms.active ?? false,
        reasons: [],
        version: 1,
        approvedCount: 0,
        declinedCount: 0,
      };
      const { policy, loan } = terms;
      const accrual = { through: recordOpened.businessDate!, principal: loan! };
      this.#card(id).record = { card: id, terms, balances, policy: policy!, device: 1, accrual, ...state };
    }
    const record = (id: string | null | undefined) => this.#cards.get(id ?? '')?.record;
    const moved = record(recordMoved?.asked?.card ?? recordReversed?.asked?.card);
    if (moved) {
      moved.balances = { ...(recordMoved ?? recordReversed)!.balances };
      // All of it happens on the day of the issue.
      moved.accrual!.principal = moved.balances.loan!;
    }
    if (moved && recordMoved && recordMoved.asked?.kind !== v1.Kind.KIND_ENQUIRY)
      moved.approvedCount = Number(moved.approvedCount) + 1;
    const declined = record(recordDeclined?.asked?.card);
    if (declined) declined.declinedCount = Number(declined.declinedCount) + 1;
    this.#recordChange(event);
    this.#countAtCenter(event, partition);
  }

  #recordChange({
    recordLimitChanged,
    recordProhibitionChanged,
    prohibitionPublished,
    recordAlerted,
  }: Event): void {
    if (recordAlerted) this.#cards.get(recordAlerted.card!)!.record!.alerted = recordAlerted.above!;
    const changed = this.#cards.get((recordLimitChanged ?? recordProhibitionChanged)?.card ?? '')?.record;
    if (changed) changed.version = Number(changed.version) + 1;
    if (changed && recordLimitChanged) changed.balances!.limit = recordLimitChanged.limit!;
    if (changed && recordProhibitionChanged) {
      changed.reasons = recordProhibitionChanged.reasons!;
      changed.changedPosition = recordProhibitionChanged.position!;
    }
    const published = this.#cards.get(prohibitionPublished?.card ?? '')?.record;
    if (!published) return;
    published.publishedPosition = prohibitionPublished!.position!;
    published.publishedVersion = prohibitionPublished!.version!;
  }

  #countAtCenter({ recordMoved, recordReversed, recordDeclined }: Event, partition: number): void {
    const body = recordMoved ?? recordReversed ?? recordDeclined;
    if (!body) return;
    const asked = body.asked!;
    const terminal = asked.id!.terminal!;
    const key = `${partition}:visitor/${terminal}`;
    const visitor = this.#visitors.get(key) ?? { terminal, totals: [] };
    this.#visitors.set(key, visitor);
    const all = this.#totals.get(terminal) ?? [];
    this.#totals.set(terminal, all);
    for (const totals of [visitor.totals, all]) {
      if (recordDeclined) count(totals, asked, 'declines', asked.amount, {});
      if (recordMoved) countMoved(totals, asked, asked.kind, asked.amount, recordMoved.parts!);
      if (recordReversed)
        countReversed(totals, asked, asked.kind, recordReversed.amount, recordReversed.parts!);
    }
  }

  #terminalEvent(event: Event): void {
    const { terminalRegistered, sessionOpened, listHeld } = event;
    if (terminalRegistered) {
      const { terminal: id, role, mayDefer } = terminalRegistered;
      const shared = { role: role!, mayDefer: mayDefer!, totals: [], batch: 1 };
      this.#terminals.set(id!, { id: id!, known: true, openIds: 0, ...shared });
      this.#states.set(id!, { terminal: id!, ...shared });
    }
    if (sessionOpened) {
      const { session, incarnation } = sessionOpened;
      const state = this.#states.get(sessionOpened.terminal!)!;
      Object.assign(state, { session, incarnation, lastIncarnation: incarnation, list: undefined });
    }
    if (listHeld) this.#states.get(listHeld.terminal!)!.list = listHeld.version!;
    this.#transaction(event);
  }

  #transaction({
    transactionOpened,
    transactionRefused,
    transactionClosed,
    reversalOpened,
    reversalClosed,
  }: Event): void {
    const id = (
      transactionOpened ??
      transactionRefused?.opened ??
      transactionClosed ??
      reversalOpened ??
      reversalClosed
    )?.id;
    if (!id) return;
    const terminal = this.#terminals.get(id.terminal!)!;
    const totals = terminal.totals!;
    const opened = this.#opened.get(textOf(id));
    const open = (change: number) => (terminal.openIds = terminal.openIds! + change);
    if (transactionOpened) {
      this.#opened.set(textOf(id), transactionOpened);
      open(1);
    }
    if (transactionRefused)
      count(totals, transactionRefused.opened!, 'ownRefusals', transactionRefused.opened!.amount, {});
    if (transactionClosed) {
      const { answer } = transactionClosed;
      open(-1);
      this.#opened.delete(textOf(id));
      if (answer!.outcome === APPROVED)
        countMoved(totals, opened!, opened!.kind, answer!.amount, answer!.parts!);
      else count(totals, opened!, 'declines', answer!.amount, {});
      this.#opened.set(`${textOf(id)} closed`, opened!);
    }
    if (reversalOpened) {
      if (!opened) open(1);
      this.#opened.set(`${textOf(id)} reversal`, reversalOpened);
    }
    if (!reversalClosed) return;
    open(-1);
    const original = reversalClosed.answer!.original ?? v1.Outcome.OUTCOME_UNSPECIFIED;
    if (opened && original === APPROVED) {
      const parts = { ...reversalClosed.answer!.parts, restoredLoan: 0, excess: 0 };
      countMoved(totals, opened, opened.kind, opened.amount, parts);
    } else if (opened && original !== v1.Outcome.OUTCOME_UNSPECIFIED)
      count(totals, opened, 'declines', opened.amount, {});
    const booking = this.#opened.get(`${textOf(id)} reversal`)!;
    const kind = (opened ?? this.#opened.get(`${textOf(id)} closed`))?.kind;
    countReversed(totals, booking, kind, reversalClosed.answer!.amount, reversalClosed.answer!.parts!);
  }

  #snapshots(): Projection['snapshots'] {
    const snapshots: Projection['snapshots'] = new Map();
    const add = (key: string, state: v1.UnitState.$Properties): void => {
      const unit = key.slice(key.indexOf(':') + 1);
      const sequence = this.#positions.get(key)!;
      snapshots.set(key, {
        unit,
        state: v1.UnitState.encode({ format: 1, ...state }).finish(),
        sequence,
        generation: 1,
      });
    };
    for (const [id, { card, record }] of this.#cards)
      add(`card/${id}`, { card: { card: card!, record: record! } });
    for (const [key, visitor] of this.#visitors) add(key, { visitor });
    for (const [id, state] of this.#states) {
      add(`terminal/${id}`, { terminal: { ...state, totals: this.#terminals.get(id)!.totals! } });
    }
    return snapshots;
  }

  #card(id: string): Card {
    const card = this.#cards.get(id) ?? { id };
    this.#cards.set(id, card);
    return card;
  }
}

function keyOf(partition: number, unit: string): string {
  return unit.startsWith('visitor/') ? `${partition}:${unit}` : unit;
}

function textOf(id: v1.TransactionId.$Properties): string {
  return `${id.terminal!}/${id.incarnation!}/${String(id.number)}`;
}

function opening({ card, terms }: v1.CardIssued.$Properties) {
  const { storedValue, loan, interest, fareOwed, limit } = terms!;
  return {
    id: card!,
    terms: terms!,
    balances: { storedValue, loan, interest, fareOwed, limit } as v1.Balances.$Properties,
  };
}

type Amount = v1.CountedAmount.$Properties['amount'];

function countMoved(
  totals: v1.BatchTotals.$Properties[],
  booking: Booking,
  kind: number | null | undefined,
  amount: Amount,
  parts: v1.Parts.$Properties,
): void {
  if (kind === 3) {
    const row = rowOf(totals, booking);
    row.enquiries = Number(row.enquiries ?? 0) + 1;
  } else count(totals, booking, kind === 2 ? 'deposits' : 'purchases', amount, parts);
}

function countReversed(
  totals: v1.BatchTotals.$Properties[],
  booking: Booking,
  kind: number | null | undefined,
  amount: Amount,
  parts: v1.Parts.$Properties,
): void {
  if (amount) count(totals, booking, kind === 2 ? 'depositReversals' : 'purchaseReversals', amount, parts);
}

function count(
  totals: v1.BatchTotals.$Properties[],
  booking: Booking,
  line: Line,
  amount: Amount,
  parts: v1.Parts.$Properties,
): void {
  const counted = (rowOf(totals, booking)[line] ??= { count: 0, amount: 0, parts: {} });
  counted.count = Number(counted.count) + 1;
  counted.amount = Number(counted.amount) + Number(amount);
  for (const [name, part] of Object.entries(parts) as [keyof v1.Parts.$Properties, number][]) {
    Object.assign(counted.parts!, { [name]: Number(counted.parts![name] ?? 0) + part });
  }
}

function rowOf(
  totals: v1.BatchTotals.$Properties[],
  { batch, businessDate }: Booking,
): v1.BatchTotals.$Properties {
  let row = totals.find((each) => each.batch === batch && each.businessDate === businessDate);
  if (row === undefined) {
    row = { batch: batch!, businessDate: businessDate! };
    totals.push(row);
  }
  return row;
}

/** Tests change what is projected, never the events that it came from. */
function structuredCloneOf(projection: Projection): Projection {
  const { snapshots } = projection;
  const { cards, terminals, totals } = structuredClone({ ...projection, snapshots: undefined });
  return { cards, terminals, totals, snapshots };
}
