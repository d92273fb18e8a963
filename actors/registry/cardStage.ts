/**
 * A card and the center's record of it within one turn: what one tells the other is decided at once. Neither sees the
 * other's state. Each evolves only when it is looked at again, which few turns do.
 */
import { type CardEvent, type CardState, evolveCard } from '../card/card.js';
import { type CardCommand, decideCard } from '../card/decideCard.js';
import type { CardContext } from '../card/decision.js';
import { decideRecord, type RecordCommand } from '../center/decideRecord.js';
import type { RecordContext, RecordDecision } from '../center/decision.js';
import { evolveRecord, type RecordState } from '../center/record.js';
import { type Event, isCardEvent, isRecordEvent } from './event.js';
import type { CardUnit } from './unit.js';

export type StageTime = CardContext & RecordContext;

const NONE: readonly Event[] = [];

export class CardStage {
  readonly #at: StageTime;
  #events: readonly Event[] = NONE;
  #card: CardState | undefined;
  #record: RecordState | undefined;
  /** Events that each state has taken in: few turns look at either again. */
  #cardEvolved = 0;
  #recordEvolved = 0;

  constructor(unit: CardUnit | undefined, at: StageTime) {
    this.#card = unit?.card;
    this.#record = unit?.record;
    this.#at = at;
  }

  get events(): readonly Event[] {
    return this.#events;
  }

  /** After everything that was decided so far. */
  get card(): CardState | undefined {
    for (; this.#cardEvolved < this.#events.length; this.#cardEvolved += 1) {
      const event = this.#events[this.#cardEvolved];
      if (event !== undefined && isCardEvent(event)) this.#card = evolveCard(this.#card, event);
    }
    return this.#card;
  }

  get record(): RecordState | undefined {
    for (; this.#recordEvolved < this.#events.length; this.#recordEvolved += 1) {
      const event = this.#events[this.#recordEvolved];
      if (event !== undefined && isRecordEvent(event)) this.#record = evolveRecord(this.#record, event);
    }
    return this.#record;
  }

  /** The card decides, and tells the center. */
  decide(command: CardCommand): readonly CardEvent[] {
    const { events, tells } = decideCard(this.card, command, this.#at);
    this.#add(events);
    for (const tell of tells) this.center(tell);
    return events;
  }

  /** The center decides, and tells the card, which records it whatever its state is. */
  center(command: RecordCommand): RecordDecision {
    const decision = decideRecord(this.record, command, this.#at);
    this.#add(decision.events);
    for (const tell of decision.tells) this.#add(decideCard(this.card, tell, this.#at).events);
    return decision;
  }

  #add(events: readonly Event[]): void {
    this.#events = this.#events.length === 0 ? events : this.#events.concat(events);
  }
}
