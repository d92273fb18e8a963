/** Every event of this domain, and whose state it changes: a card's, the center's record's or shard's, a terminal's. */
import type { CardEvent } from '../card/card.js';
import type { OfficeEvent } from '../center/office.js';
import type { RecordEvent } from '../center/record.js';
import type { ShardEvent } from '../center/shard.js';
import type { TerminalEvent } from '../terminal/terminal.js';

export type Event = CardEvent | RecordEvent | ShardEvent | OfficeEvent | TerminalEvent;

type Owner = 'card' | 'record' | 'shard' | 'office' | 'terminal';

const owners: Readonly<Record<Event['type'], Owner>> = {
  CardIssued: 'card',
  CardMoved: 'card',
  CardDeclined: 'card',
  CardReversed: 'card',
  CardLimitChanged: 'card',
  CardPolicyChanged: 'card',
  CardPinSet: 'card',
  CardPinUnblocked: 'card',
  CardReplaced: 'card',
  CardProhibitionChanged: 'card',
  CardActivated: 'card',
  CardInstructed: 'card',
  CardInstructionCancelled: 'card',
  CardStored: 'card',
  CardInterestPosted: 'card',
  CardCollectionReturned: 'card',
  CardAdjusted: 'card',
  CardForgot: 'card',
  RecordOpened: 'record',
  RecordMoved: 'record',
  RecordDeclined: 'record',
  RecordReversed: 'record',
  RecordLimitChanged: 'record',
  RecordPolicyChanged: 'record',
  RecordPinSet: 'record',
  RecordPinUnblocked: 'record',
  RecordReplaced: 'record',
  RecordProhibitionChanged: 'record',
  ProhibitionPublished: 'record',
  RecordActivated: 'record',
  RecordInstructed: 'record',
  RecordInstructionCancelled: 'record',
  RecordStored: 'record',
  RecordInterestPosted: 'record',
  RecordCollectionReturned: 'record',
  RecordCollectionOrdered: 'record',
  RecordCollectionConfirmed: 'record',
  RecordAlerted: 'record',
  RecordForgot: 'record',
  RecordAdjusted: 'record',
  // A borrower's chunk and the shard evolve from it too.
  RecordListed: 'record',
  ParametersSet: 'shard',
  InterestRunBegun: 'shard',
  CardsCharged: 'shard',
  ParametersDecided: 'office',
  ParametersAdopted: 'office',
  RunBegun: 'office',
  RunProgressed: 'office',
  RunEnded: 'office',
  TerminalRegistered: 'terminal',
  SessionOpened: 'terminal',
  ListHeld: 'terminal',
  TransactionOpened: 'terminal',
  TransactionClosed: 'terminal',
  TransactionRefused: 'terminal',
  ReversalOpened: 'terminal',
  ReversalClosed: 'terminal',
  BatchReported: 'terminal',
  BatchClosing: 'terminal',
  BatchFinal: 'terminal',
  BatchCompiled: 'terminal',
  BatchSettled: 'terminal',
};

export function isCardEvent(event: Event): event is CardEvent {
  return owners[event.type] === 'card';
}

export function isRecordEvent(event: Event): event is RecordEvent {
  return owners[event.type] === 'record';
}

export function isShardEvent(event: Event): event is ShardEvent {
  return owners[event.type] === 'shard';
}

export function isOfficeEvent(event: Event): event is OfficeEvent {
  return owners[event.type] === 'office';
}

export function isTerminalEvent(event: Event): event is TerminalEvent {
  return owners[event.type] === 'terminal';
}
