/** The client of the gateway: for terminals, for many terminals on one connection, and for operators. */
export { connectTerminal, Terminal, type TerminalOptions } from './terminal.js';
export {
  connectConcentrator,
  Concentrator,
  type ConcentratorOptions,
  type HelloOptions,
  type Remembered,
} from './concentrator.js';
export { Station, type Inquiry, type OnResult, type Payment, type Result, type Undoing } from './station.js';
export {
  connectOperator,
  Operator,
  type CardTerms,
  type JournalPart,
  type OperatorOptions,
  type ProhibitionChange,
  type SnapshotView,
} from './operator.js';
export type * from './descriptions.js';
export { ConnectionLostError, RejectedError } from './errors.js';
export { HeldList, type ListVersion } from './heldList.js';
export type { KindName, OutcomeName, ReasonName, RejectionName, RoleName } from './names.js';
export type { Balances, Movement, Parts, Reply, TransactionId } from './reply.js';
