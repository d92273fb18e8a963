import { MAX_CONNECTION_REQUESTS } from '../actors/bounds.js';
import { v1 } from '../proto/generated/emoney.js';
import { MalformedMessageError } from './codec/codec.js';
import type { Connection } from './connection.js';
import { Exchange, type RequestKind } from './exchange.js';
import type { Explaining } from './explaining.js';
import type { Metrics } from './metrics.js';
import type { OperatorDesk } from './operatorDesk.js';
import type { TerminalDesk } from './terminalDesk.js';
import { transactionKinds } from './transactions.js';

export interface Desks {
  readonly terminals: TerminalDesk;
  readonly operators: OperatorDesk;
  readonly explaining: Explaining;
  readonly metrics: Metrics;
}

const terminalKinds: ReadonlySet<RequestKind> = new Set<RequestKind>([
  ...transactionKinds.keys(),
  'hello',
  'reversal',
  'outcome',
  'listAcknowledgement',
  'closeBatch',
]);

/** One message of a client: decoded, admitted, and handed to whom it concerns. Never throws. */
export function dispatch(data: Buffer, connection: Connection, desks: Desks): void {
  const { metrics } = desks;
  let message: v1.ClientMessage;
  try {
    message = connection.codec.decode(data);
  } catch (error) {
    const { request, message: problem } =
      error instanceof MalformedMessageError ? error : new MalformedMessageError(String(error));
    const exchange = new Exchange(connection, request, 'malformed', metrics);
    exchange.refuse(v1.Rejection.REJECTION_MALFORMED, problem);
    return;
  }
  const kind = message.body ?? 'malformed';
  const exchange = new Exchange(connection, message.request, kind, metrics);
  if (connection.unanswered > MAX_CONNECTION_REQUESTS) {
    const detail = `${MAX_CONNECTION_REQUESTS} requests of this connection are not answered yet`;
    exchange.refuse(v1.Rejection.REJECTION_OVERLOADED, detail);
    return;
  }
  try {
    if (terminalKinds.has(kind)) desks.terminals.serve(message, exchange);
    else if (message.explain != null) desks.explaining.serve(message.explain, exchange);
    else desks.operators.serve(message, exchange);
  } catch (error) {
    exchange.failed(error);
  }
}
