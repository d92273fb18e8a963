/** A payment that a refund gives back, as the journal has it: far older than anything an actor remembers. */
import type { Parts } from './parts.js';
import type { Kind } from './transaction.js';

export interface Original {
  readonly kind: Kind;
  readonly amount: number;
  readonly parts: Parts;
  /** Business time of its receipt. */
  readonly receiveTime: number;
  readonly businessDate: number;
  readonly batch: number;
}
