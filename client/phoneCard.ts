/** What a phone knows of its card: what it was told, and what it asked. The newer counts. */
import type { v1 } from '../proto/generated/emoney.js';
import { toNumber, toUnsigned } from '../proto/guard.js';
import { reasonName, type ReasonName } from './names.js';
import { balancesOf, type Balances, type Movement, type Reply } from './reply.js';

/** Why a phone refuses by itself. */
export type PhoneRefusal = 'DEVICE_SUPERSEDED' | 'CARD_PROHIBITED';

/** What a phone was told without asking. */
export type PhoneNotice =
  /** The card was prohibited, or freed where there are no reasons; also how it stands, after connecting. */
  | { readonly kind: 'prohibition'; readonly reasons: readonly ReasonName[] }
  /** An operator changed what the card holds, or what waits for it. */
  | { readonly kind: 'changed'; readonly balances: Balances | undefined; readonly pending: number }
  /** The card was moved to a newer device: this one is of no use any more. */
  | { readonly kind: 'superseded' };

export class PhoneCard {
  /** Number of this device; 0: not welcomed yet. */
  device = 0;
  private told: readonly ReasonName[] = [];
  private held: Balances | undefined;
  private waiting = 0;
  private movements: readonly Movement[] = [];
  private moved = false;
  /** Journal position of what is known. */
  private position = 0;

  /** Undefined: never learned. */
  get balances(): Balances | undefined {
    return this.held;
  }

  /** Newest first, as it was fetched last. */
  get log(): readonly Movement[] {
    return this.movements;
  }

  /** Sum of the store instructions that wait: the next `fetch` brings them. */
  get pending(): number {
    return this.waiting;
  }

  /** Why the card is prohibited; empty: it is free. */
  get reasons(): readonly ReasonName[] {
    return this.told;
  }

  get superseded(): boolean {
    return this.moved;
  }

  get refusal(): PhoneRefusal | undefined {
    if (this.moved) return 'DEVICE_SUPERSEDED';
    return this.told.length > 0 ? 'CARD_PROHIBITED' : undefined;
  }

  /** A push; undefined: it brings nothing new. */
  push({ cardNotice, cardChanged }: v1.ServerMessage): PhoneNotice | undefined {
    if (cardNotice != null) {
      this.told = (cardNotice.reasons ?? []).map(reasonName);
      return { kind: 'prohibition', reasons: this.told };
    }
    return cardChanged == null ? undefined : this.change(cardChanged);
  }

  /** The answer to an enquiry; a notice where it says that the card was moved. */
  answer(reply: Reply): PhoneNotice | undefined {
    if (reply.outcome === 'DEVICE_SUPERSEDED') return this.supersede();
    if (reply.outcome !== 'APPROVED') return undefined;
    this.movements = reply.log;
    this.learn(reply.position, reply.balances, reply.pending);
    return undefined;
  }

  private change(changed: v1.CardChanged.$Properties): PhoneNotice | undefined {
    if ((changed.device ?? 0) > this.device) return this.supersede();
    const balances = changed.balances == null ? undefined : balancesOf(changed.balances);
    const pending = toNumber(changed.pending ?? 0, 'card_changed.pending');
    const position = toUnsigned(changed.position ?? 0, 'card_changed.position');
    return this.learn(position, balances, pending) ? { kind: 'changed', balances, pending } : undefined;
  }

  private learn(position: number, balances: Balances | undefined, pending: number): boolean {
    if (position < this.position) return false;
    this.position = position;
    this.held = balances;
    this.waiting = pending;
    return true;
  }

  private supersede(): PhoneNotice | undefined {
    if (this.moved) return undefined;
    this.moved = true;
    return { kind: 'superseded' };
  }
}
