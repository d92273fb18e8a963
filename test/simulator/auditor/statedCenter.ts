/** Cards and the center's side of a small system: writes what operators and the calendar do, as the test states it. */
import { v1 } from '../../../proto/generated/emoney.js';
import { JournalBuilder, placed, type Event } from './journalBuilder.js';
import { dateOf, type Balances, type Card, type Paid, type Parts, type Terms } from './stated.js';

const { PROHIBITION_REASON_LIMIT: LIMIT, PROHIBITION_REASON_OPERATOR: OPERATOR } = v1.ProhibitionReason;
const DAY_MS = 86_400_000;

export class StatedCenter {
  readonly journal: JournalBuilder;
  readonly cards = new Map<string, Card>();
  protected listSequence = 0;
  /** By partition: what an interest run has charged. */
  readonly chargedThrough: number[] = [];

  constructor(partitions = 4) {
    this.journal = new JournalBuilder(partitions);
  }

  get now(): number {
    return this.journal.time;
  }

  get today(): number {
    return dateOf(this.now);
  }

  /** Time passes; the time of day stays. */
  days(count: number): void {
    this.journal.time += count * DAY_MS;
  }

  place(id: string): number {
    return placed(id, this.journal.partitions.length);
  }

  issue(id: string, terms: Terms = {}): Card {
    const { storedValue = 1_200, loan = 0, interest = 0, fareOwed = 0, limit = 10_000, ...others } = terms;
    const { active = true, pinHash, ...stated } = others;
    const policy = { creditFlag: true, account: 'bank-1', ...stated };
    const balances = { storedValue, loan, interest, fareOwed, limit };
    const state = { reasons: [], alerted: false, changed: 0, device: 1, pending: [], inside: undefined };
    const card: Card = { id, balances, policy, active, ...state };
    this.cards.set(id, card);
    const wire = {
      ...balances,
      active,
      policy: { ...policy },
      ...(pinHash === undefined ? {} : { pinHash }),
    };
    const timeMs = this.now;
    const events: Event[] = [
      { recordOpened: { card: id, terms: wire, timeMs, businessDate: this.today } },
      { cardIssued: { card: id, terms: { ...wire }, timeMs } },
      ...this.limitReason(card),
    ];
    this.journal.turn(this.place(id), [`card/${id}`], events);
    return card;
  }

  /** A turn by which the center changes a card. */
  center(id: string, events: readonly Event[], after: Partial<Balances> = {}): void {
    const card = this.cards.get(id)!;
    card.balances = { ...card.balances, ...after };
    this.journal.turn(this.place(id), [`card/${id}`], [...events, ...this.limitReason(card)]);
  }

  changeLimit(id: string, limit: number): void {
    const previousLimit = this.cards.get(id)!.balances.limit;
    const events: Event[] = [
      { recordLimitChanged: { card: id, limit, previousLimit } },
      { cardLimitChanged: { card: id, limit } },
    ];
    this.center(id, events, { limit });
  }

  changePolicy(id: string, policy: v1.CardPolicy.$Properties): void {
    const card = this.cards.get(id)!;
    card.policy = policy;
    this.center(id, [
      { recordPolicyChanged: { card: id, policy } },
      { cardPolicyChanged: { card: id, policy: { ...policy } } },
    ]);
  }

  replace(id: string): void {
    const card = this.cards.get(id)!;
    card.device += 1;
    const { device } = card;
    const lost = v1.ProhibitionReason.PROHIBITION_REASON_LOST;
    const lifted = card.reasons.includes(lost);
    card.reasons = card.reasons.filter((reason) => reason !== lost);
    this.center(id, [
      { recordReplaced: { card: id, device } },
      { cardReplaced: { card: id, device } },
      ...(lifted ? this.#prohibitionChanged(card) : []),
    ]);
  }

  setPin(id: string, pin: number): void {
    const pinHash = new Uint8Array(16).fill(pin);
    this.center(id, [{ recordPinSet: { card: id } }, { cardPinSet: { card: id, pinHash } }]);
  }

  unblockPin(id: string): void {
    this.center(id, [{ recordPinUnblocked: { card: id } }, { cardPinUnblocked: { card: id } }]);
  }

  /** `applied`: the events by which the card applies it at once. */
  instruct(id: string, reference: string, amount: number, applied: () => readonly Event[] = () => []): void {
    const card = this.cards.get(id)!;
    const instruction = { reference, amount, timeMs: this.now };
    card.pending.push(instruction);
    this.center(id, [
      { recordInstructed: { card: id, instruction } },
      { cardInstructed: { card: id, instruction: { ...instruction } } },
      ...applied(),
    ]);
  }

  cancel(id: string, reference: string): void {
    const card = this.cards.get(id)!;
    card.pending = card.pending.filter((each) => each.reference !== reference);
    this.center(id, [
      { recordInstructionCancelled: { card: id, reference } },
      { cardInstructionCancelled: { card: id, reference } },
    ]);
  }

  /** The events by which the oldest pending instruction is applied: to be put before those of an access. */
  stored(id: string, parts: Partial<Parts>, after: Partial<Balances>): Event[] {
    const card = this.cards.get(id)!;
    const instruction = card.pending.shift()!;
    card.balances = { ...card.balances, ...after };
    const timeMs = this.now;
    const common = { card: id, instruction, timeMs };
    const balances = { ...card.balances };
    const accrual = this.accrual(this.place(id), this.today);
    return [
      { cardStored: { ...common, parts: { ...parts }, balances } },
      {
        recordStored: {
          ...common,
          parts: { ...parts },
          balances: { ...balances },
          businessDate: this.today,
          ...accrual,
        },
      },
      ...this.limitReason(card),
    ];
  }

  adjust(
    id: string,
    reference: string,
    adjustment: v1.Adjustment.$Properties,
    after: Partial<Balances>,
  ): void {
    const card = this.cards.get(id)!;
    const common = { card: id, reference, timeMs: this.now, balances: { ...card.balances, ...after } };
    const dates = { businessDate: this.today, ...this.accrual(this.place(id), this.today) };
    const events: Event[] = [
      { recordAdjusted: { ...common, adjustment, ...dates } },
      { cardAdjusted: { ...common, adjustment: { ...adjustment }, balances: { ...common.balances } } },
    ];
    this.center(id, events, after);
  }

  /** A settlement orders the account share of a payment; below 0: it orders a credit. */
  order(id: string, { id: transaction }: Paid, order: string, amount: number, settlement = 1): void {
    const dates = { businessDate: this.today, timeMs: this.now };
    const credit = amount < 0;
    const account = this.cards.get(id)!.policy.account ?? '';
    const about = { card: id, order, settlement, transaction, account };
    const ordered = { ...about, amount: Math.abs(amount), credit, ...dates };
    this.center(id, [{ recordCollectionOrdered: ordered }, this.#answered(id, 0, settlement, amount)]);
  }

  confirm(id: string, order: string): void {
    this.center(id, [{ recordCollectionConfirmed: { card: id, order } }]);
  }

  returnCollection(
    id: string,
    { id: transaction }: Pick<Paid, 'id'>,
    order: string,
    amount: number,
    after: Partial<Balances>,
  ): void {
    const card = this.cards.get(id)!;
    const common = { card: id, transaction, amount, timeMs: this.now };
    const balances = { ...card.balances, ...after };
    const dates = { businessDate: this.today, ...this.accrual(this.place(id), this.today) };
    const events: Event[] = [
      { recordCollectionReturned: { ...common, order, balances, ...dates } },
      { cardCollectionReturned: { ...common, balances: { ...balances } } },
    ];
    this.center(id, events, after);
  }

  /** What the deployment decides by from its first day. */
  parameters(parameters: v1.Parameters.$Properties): void {
    this.journal.rules.parameters = parameters;
  }

  /** Every partition adopts a change. */
  setParameters(parameters: v1.Parameters.$Properties): void {
    this.#shards((partition) => ({ parametersSet: { parameters: { ...parameters }, partition } }));
  }

  /** An interest run begins in every partition. */
  runInterest(through: number): void {
    this.#shards((partition) => {
      this.chargedThrough[partition] = through;
      return { interestRunBegun: { partition, through } };
    });
  }

  #shards(eventOf: (partition: number) => Event): void {
    for (let partition = 0; partition < this.journal.partitions.length; partition += 1) {
      this.journal.turn(partition, [`shard/${partition}`], [eventOf(partition)]);
    }
  }

  /** The events of a run, or a settlement, of the center's office. */
  begin(through: number, more: v1.RunBegun.$Properties = {}): void {
    const partitions = this.journal.partitions.length;
    this.#office({ runBegun: { through, partitions, ...more } });
  }

  /** Every partition is done; the first of them did it all, at one card. */
  end(through: number, amount: number, more: v1.RunEnded.$Properties = {}): void {
    this.journal.partitions.forEach((_, partition) => {
      const did = partition === 0 && amount !== 0 ? { cards: 1, amount } : {};
      this.#office({ runProgressed: { progress: { partition, done: true, ...did } } });
    });
    this.#office({ runEnded: { through, cards: amount === 0 ? 0 : 1, amount, ...more } });
  }

  #office(event: Event): void {
    this.journal.turn(this.place('center'), ['office/center'], [event]);
  }

  postInterest(id: string, through: number, amount: number, carry: number): void {
    const card = this.cards.get(id)!;
    const interest = card.balances.interest + amount;
    const balances = { ...card.balances, interest };
    const common = { card: id, amount, through };
    const events: Event[] = [
      { recordInterestPosted: { ...common, balances, carry } },
      { cardInterestPosted: { ...common, balances: { ...balances } } },
      this.#answered(id, through, 0, amount),
    ];
    this.center(id, events, { interest });
  }

  /** What the partition of the card answers the office. */
  #answered(card: string, through: number, settlement: number, amount: number): Event {
    const charged = { through: through || this.today, settlement, last: card, cards: 1, amount };
    return { cardsCharged: { partition: this.place(card), charged } };
  }

  /** The event by which a card that is closed drops its fraction: to be put after those of the unload. */
  dropped(id: string, fraction: number): void {
    const balances = { ...this.cards.get(id)!.balances };
    const event = { card: id, through: this.today, balances, carry: 0, dropped: fraction };
    this.journal.frames
      .findLast(({ turns }) => turns[0]?.events[0]?.cardMoved != null)!
      .turns[0]!.events.push({
        recordInterestPosted: event,
      });
  }

  prohibit(id: string, prohibited = true, reason: v1.ProhibitionReason = OPERATOR): void {
    const card = this.cards.get(id)!;
    const others = card.reasons.filter((each) => each !== reason);
    card.reasons = prohibited ? [...others, reason] : others;
    this.journal.turn(this.place(id), [`card/${id}`], this.#prohibitionChanged(card));
  }

  /** The list has the card's present reasons. */
  publish(id: string): void {
    const card = this.cards.get(id)!;
    this.listSequence += 1;
    const version = { incarnation: 1, sequence: this.listSequence };
    const event: Event = { prohibitionPublished: { card: id, position: card.changed, version } };
    this.journal.turn(this.place(id), [`card/${id}`], [event]);
  }

  /** Where a change of the principal counts, if not on its own date. */
  protected accrual(partition: number, businessDate: number): { accrualDate?: number } {
    const charged = this.chargedThrough[partition] ?? 0;
    return charged > businessDate ? { accrualDate: charged } : {};
  }

  /** What follows from the card's balances: prohibition by the limit, and the alert before it. */
  protected limitReason(card: Card): Event[] {
    const { id, balances, reasons } = card;
    const { limit } = balances;
    const owed = balances.fareOwed + balances.interest + balances.loan;
    const above = limit > 0 && owed * 5 >= limit * 4;
    const alert: Event[] =
      above === card.alerted ? [] : [{ recordAlerted: { card: id, above, owed, limit } }];
    card.alerted = above;
    const over = owed > limit;
    if (over === reasons.includes(LIMIT)) return alert;
    card.reasons = over ? [LIMIT, ...reasons] : reasons.filter((reason) => reason !== LIMIT);
    return [...this.#prohibitionChanged(card), ...alert];
  }

  #prohibitionChanged(card: Card): Event[] {
    const { id, reasons } = card;
    card.changed = Math.max(this.journal.next(this.place(id)), card.changed + 1);
    return [
      { recordProhibitionChanged: { card: id, reasons: [...reasons], position: card.changed } },
      { cardProhibitionChanged: { card: id, reasons: [...reasons] } },
    ];
  }
}
