/**
 * The client of the gateway: for terminals, for many terminals on one connection, and for operators.
 *
 *     const operator = await connectOperator({ url, secret });
 *     await operator.registerTerminal('till-1', { role: 'PURCHASE' });
 *     await operator.issueCard('card-1', { storedValue: 1_200, limit: 10_000 });
 *     const till = await connectTerminal({ url, terminal: 'till-1' });
 *     const { outcome, balances } = await till.purchase({ card: 'card-1', amount: 2_000 });
 */
export { connectTerminal, Terminal, type TerminalOptions } from './terminal.js';
export { connectConcentrator, Concentrator, type ConcentratorOptions } from './concentrator.js';
export type { HelloOptions, Remembered } from './hello.js';
export type { SentNumber } from './sentTimes.js';
export { Station, type Inquiry, type OnResult, type Payment, type Result, type Undoing } from './station.js';
export {
  connectOperator,
  Operator,
  type JournalPart,
  type OperatorOptions,
  type ProhibitionChange,
  type SnapshotView,
} from './operator.js';
export type * from './descriptions.js';
export type * from './totals.js';
export { ConnectionLostError, RejectedError } from './errors.js';
export { HeldList, type ListVersion } from './heldList.js';
export type { KindName, OutcomeName, ReasonName, RejectionName, RoleName } from './names.js';
export type { Balances, Movement, Parts, Reply, TransactionId } from './reply.js';
export type { CardTerms } from './cardTerms.js';
