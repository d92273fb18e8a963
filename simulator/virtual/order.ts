import type { v1 } from '../../proto/generated/emoney.js';
import type { Body } from './session.js';

/** What every message of a transaction says besides its own. */
export interface Said {
  readonly terminal: string;
  readonly number: number;
  readonly card: string;
  readonly terminalTimeMs: number;
  readonly mark: number;
}

export type OrderKind = 'purchase' | 'deposit' | 'enquiry' | 'refund' | 'void' | 'unload' | 'entry' | 'exit';

/** One thing that a holder wants at a terminal. */
export interface Order {
  readonly kind: OrderKind;
  readonly card: string;
  /** Minor units; 0 where none is stated. */
  readonly amount: number;
  readonly original?: v1.TransactionId.$Properties | undefined;
  readonly pin?: string | undefined;
  readonly device?: number | undefined;
  readonly partial?: boolean | undefined;
  /** The terminal's clock is so much ahead, in business time. */
  readonly aheadMs: number;
}

export function bodyOf(order: Order, said: Said): Body {
  const { kind, amount, original = null, pin = '', device = 0, partial = false } = order;
  switch (kind) {
    case 'purchase':
      return { purchase: { ...said, amount, currency: '', device, partial, pin } };
    case 'deposit':
      return { deposit: { ...said, amount, currency: '', device } };
    case 'enquiry':
      return { enquiry: { ...said, device, pin } };
    case 'refund':
      return { refund: { ...said, amount, currency: '', device, original } };
    case 'void':
      return { void: { ...said, device, original } };
    case 'unload':
      return { unload: { ...said, device } };
    case 'entry':
      return { entry: { ...said, device } };
    case 'exit':
      return { exit: { ...said, device } };
  }
}
