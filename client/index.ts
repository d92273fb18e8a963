/**
 * The client of the gateway: for terminals, for many terminals on one connection, for phones, and for operators.
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
export {
  connectPhone,
  Phone,
  PhoneRefusedError,
  type PhoneNotice,
  type PhoneOptions,
  type PhoneRefusal,
} from './phone.js';
export type { SentNumber } from './sentTimes.js';
export { Station, type OnResult, type Result } from './station.js';
export type * from './transactions.js';
export {
  connectOperator,
  Operator,
  type JournalPart,
  type OperatorOptions,
  type PhoneToken,
  type SnapshotView,
} from './operator.js';
export type {
  CardAdjustment,
  ProhibitionChange,
  StoreInstruction,
  TerminalTerms,
} from './operatorCommands.js';
export { ExplainedCommands, ExplainedTransactions } from './explain.js';
export type { Explanation, Step } from './explanation.js';
export type * from './cardViews.js';
export type * from './descriptions.js';
export type * from './differences.js';
export type * from './matters.js';
export type { BatchReport, BatchSettlement, SettledColumns } from './batch.js';
export type * from './reports.js';
export type { FoundEntry, SearchQuery, SearchResult } from './search.js';
export type * from './totals.js';
export { ConnectionLostError, NoAnswerError, RejectedError } from './errors.js';
export { HeldList, type ListVersion } from './heldList.js';
export type {
  FrequencyName,
  KindName,
  ObstacleName,
  OutcomeName,
  ReasonName,
  RejectionName,
  RoleName,
  RuleName,
  ShareKindName,
} from './names.js';
export type { Balances, Inside, Movement, Parts, Reply, TransactionId } from './reply.js';
export type { CardPolicy, ShareRule, TimeWindow } from './cardPolicy.js';
export type { CardTerms } from './cardTerms.js';
export type { Fare, Parameters } from './parameters.js';
