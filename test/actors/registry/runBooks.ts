/** From the journals alone: what each run states at its end is exactly what the records did, whatever was lost. */
import { expect } from 'chai';
import type { Event } from '../../../actors/registry/event.js';

interface Done {
  readonly cards: Set<string>;
  amount: bigint;
}

export class RunBooks {
  /** By date of an interest run, or number of a settlement. */
  readonly #done = new Map<string, Done>();
  /** What is posted at the closing is no run's. */
  readonly #closed = new Set<string>();
  readonly #ended: Extract<Event, { type: 'RunEnded' }>[] = [];

  enter(event: Event): void {
    if (event.type === 'RunEnded') this.#ended.push(event);
    else if (event.type === 'RecordMoved' && event.asked.kind === 'UNLOAD')
      this.#closed.add(event.asked.card);
    else if (event.type === 'RecordReversed' && event.asked.kind === 'UNLOAD' && event.undone) {
      this.#closed.delete(event.asked.card);
    } else if (event.type === 'RecordInterestPosted' && !this.#closed.has(event.card)) {
      this.#add(`interest ${event.through}`, event.card, BigInt(event.amount));
    } else if (event.type === 'RecordCollectionOrdered') {
      const { settlement, card, credit, amount } = event;
      this.#add(`settlement ${settlement}`, card, credit ? -BigInt(amount) : BigInt(amount));
    }
  }

  check(): void {
    for (const { through, settlement, cards, amount } of this.#ended) {
      const name = settlement > 0 ? `settlement ${settlement}` : `interest ${through}`;
      const done = this.#done.get(name);
      const did = { cards: done?.cards.size ?? 0, amount: done?.amount ?? 0n };
      expect({ cards, amount }, `what ${name} states`).to.deep.equal(did);
    }
  }

  #add(run: string, card: string, amount: bigint): void {
    const done = this.#done.get(run) ?? { cards: new Set(), amount: 0n };
    this.#done.set(run, done);
    done.cards.add(card);
    done.amount += amount;
  }
}
