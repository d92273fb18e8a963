/** What a card and the center's record of it tell each other in one turn. Neither ever sees the other's state. */
import type { Adjustment } from './balances.js';
import type { CardPolicy } from './cardPolicy.js';
import type { CardTerms } from './cardTerms.js';
import type { TransactionId } from './ids.js';
import type { Instruction } from './instruction.js';
import type { Outcome } from './outcomes.js';
import type { Parts } from './parts.js';
import type { ProhibitionReason } from './prohibition.js';
import type { Asked } from './transaction.js';

/** The card tells the center. */
export type CardTell =
  | {
      readonly type: 'Moved';
      readonly asked: Asked;
      readonly parts: Parts;
      /** The card verified the holder's PIN. */
      readonly pinVerified: boolean;
    }
  | { readonly type: 'Declined'; readonly asked: Asked; readonly outcome: Outcome }
  /** `parts` as they were stored, 0 where nothing was undone: the center works out itself what became of them. */
  | { readonly type: 'Reversed'; readonly asked: Asked; readonly parts: Parts; readonly undone: boolean }
  | { readonly type: 'Stored'; readonly instruction: Instruction; readonly parts: Parts };

/** The center, which has decided already, tells the card. */
export type RecordTell =
  | { readonly type: 'Issue'; readonly card: string; readonly terms: CardTerms; readonly time: number }
  | { readonly type: 'Activate'; readonly card: string }
  | { readonly type: 'ChangeLimit'; readonly card: string; readonly limit: number }
  | { readonly type: 'ChangePolicy'; readonly card: string; readonly policy: CardPolicy }
  | { readonly type: 'SetPin'; readonly card: string; readonly pinHash: string }
  | { readonly type: 'UnblockPin'; readonly card: string }
  | { readonly type: 'Replace'; readonly card: string; readonly device: number }
  | {
      readonly type: 'ChangeProhibition';
      readonly card: string;
      readonly reasons: readonly ProhibitionReason[];
    }
  | { readonly type: 'Instruct'; readonly card: string; readonly instruction: Instruction }
  | { readonly type: 'CancelInstruction'; readonly card: string; readonly reference: string }
  | {
      readonly type: 'PostInterest';
      readonly card: string;
      readonly amount: number;
      readonly through: number;
    }
  | {
      readonly type: 'ReturnCollection';
      readonly card: string;
      readonly transaction: TransactionId;
      readonly amount: number;
      readonly time: number;
    }
  | {
      readonly type: 'Adjust';
      readonly card: string;
      readonly reference: string;
      readonly adjustment: Adjustment;
      readonly time: number;
    };

/** The center's word on closing a card today (rule 13). */
export interface ClosingTerms {
  /** Interest up to today that is not posted yet. */
  readonly interestDue: number;
  readonly collectionOpen: boolean;
}
