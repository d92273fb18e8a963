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

/** Written out, not spread: a world makes thousands of these, and V8 would make each from its own shape. */
export function bodyOf(order: Order, { terminal, number, card, terminalTimeMs, mark }: Said): Body {
  const { kind, amount, original = null, pin = '', device = 0, partial = false } = order;
  switch (kind) {
    case 'purchase':
      return {
        purchase: {
          terminal,
          number,
          card,
          terminalTimeMs,
          mark,
          amount,
          currency: '',
          device,
          partial,
          pin,
        },
      };
    case 'deposit':
      return { deposit: { terminal, number, card, terminalTimeMs, mark, amount, currency: '', device } };
    case 'enquiry':
      return { enquiry: { terminal, number, card, terminalTimeMs, mark, device, pin } };
    case 'refund':
      return {
        refund: { terminal, number, card, terminalTimeMs, mark, amount, currency: '', device, original },
      };
    case 'void':
      return { void: { terminal, number, card, terminalTimeMs, mark, device, original } };
    case 'unload':
      return { unload: { terminal, number, card, terminalTimeMs, mark, device } };
    case 'entry':
      return { entry: { terminal, number, card, terminalTimeMs, mark, device } };
    case 'exit':
      return { exit: { terminal, number, card, terminalTimeMs, mark, device } };
  }
}
