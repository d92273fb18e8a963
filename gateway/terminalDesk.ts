import { v1 } from '../proto/generated/emoney.js';
import type { Acknowledgements } from './acknowledgements.js';
import type { Admission } from './admission.js';
import type { Exchange } from './exchange.js';
import { identifierProblem } from './identifier.js';
import type { Partitions } from './partitions.js';
import { PhoneEnquiry } from './phoneEnquiry.js';
import type { Phones } from './phones.js';
import type { Sessions } from './sessions.js';
import type { TerminalSession } from './terminalSession.js';
import { transactOf, transactionKinds, transactionProblem, type Transaction } from './transactions.js';

const { Rejection } = v1;

export interface TerminalDeskOptions {
  readonly partitions: Partitions;
  readonly admission: Admission;
  readonly sessions: Sessions;
  readonly acknowledgements: Acknowledgements;
  readonly phones: Phones;
  readonly pinKey: Uint8Array;
}

/** Serves what terminals say. */
export class TerminalDesk {
  private readonly partitions: Partitions;
  private readonly admission: Admission;
  private readonly sessions: Sessions;
  private readonly acknowledgements: Acknowledgements;
  private readonly phones: Phones;
  private readonly pinKey: Uint8Array;

  constructor({ partitions, admission, sessions, acknowledgements, phones, pinKey }: TerminalDeskOptions) {
    this.partitions = partitions;
    this.admission = admission;
    this.sessions = sessions;
    this.acknowledgements = acknowledgements;
    this.phones = phones;
    this.pinKey = pinKey;
  }

  serve(message: v1.ClientMessage, exchange: Exchange): void {
    const { hello, reversal, outcome, listAcknowledgement, closeBatch } = message;
    const kind = transactionKinds.get(exchange.kind);
    if (kind !== undefined) this.transact(kind, saidIn(message), exchange);
    else if (reversal != null) this.reverse(reversal as v1.Reversal, exchange);
    else if (outcome != null) this.query(outcome as v1.OutcomeQuery, exchange);
    else if (closeBatch != null) this.close(closeBatch as v1.CloseBatch, exchange);
    else if (hello != null) this.sessions.hello(hello as v1.Hello, exchange);
    else this.acknowledgements.acknowledge(listAcknowledgement as v1.ListAcknowledgement, exchange);
  }

  private transact(kind: v1.Kind, said: Transaction, exchange: Exchange): void {
    const session = this.sessionOf(said.terminal, exchange);
    if (session === undefined) return;
    const problem = transactionProblem(exchange.kind, said);
    if (problem !== undefined) {
      exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
      return;
    }
    const card = this.partitions.of(said.card);
    const place = this.admission.enter(session, Number(said.number), exchange.connection, card);
    if (typeof place === 'number') {
      exchange.overloaded('too much is under way in the partition of this terminal', place);
      return;
    }
    exchange.take(place);
    const transact = transactOf(kind, said, session, this.pinKey);
    const { phone } = session;
    const waiter = phone === undefined ? exchange : new PhoneEnquiry(exchange, phone, this.phones);
    this.partitions.send(session.partition, { transact }, waiter, said.card);
  }

  private reverse(said: v1.Reversal, exchange: Exchange): void {
    const session = this.sessionOf(said.terminal, exchange);
    const id = session && idOf(session, said.number, exchange);
    if (session === undefined || id === undefined) return;
    const { mark, card } = said;
    const terminalTimeMs = said.terminalTimeMs ?? null;
    const reverse = { id, session: session.session, mark, card, terminalTimeMs };
    this.partitions.send(session.partition, { reverse }, exchange, card);
  }

  private query(said: v1.OutcomeQuery, exchange: Exchange): void {
    const session = this.sessionOf(said.terminal, exchange);
    const id = session && idOf(session, said.number, exchange);
    if (session === undefined || id === undefined) return;
    this.partitions.send(session.partition, { queryOutcome: { id, session: session.session } }, exchange);
  }

  /** By the terminal itself, or, without a session of it, by an operator. */
  private close(said: v1.CloseBatch, exchange: Exchange): void {
    const { terminals, operator } = exchange.connection;
    if (operator && !terminals.has(said.terminal)) {
      const problem = identifierProblem(`${exchange.kind}.terminal`, said.terminal);
      if (problem !== undefined) exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
      else this.sendClose(this.partitions.of(said.terminal), said, said.terminal, 0, exchange);
      return;
    }
    const session = this.sessionOf(said.terminal, exchange);
    if (session === undefined) return;
    this.sendClose(session.partition, said, session.terminal, session.session, exchange);
  }

  private sendClose(
    partition: number,
    { batch, totals, transactions, more }: v1.CloseBatch,
    terminal: string,
    session: TerminalSession['session'],
    exchange: Exchange,
  ): void {
    const closeBatch = { terminal, session, batch, totals: totals ?? null, transactions, more };
    this.partitions.send(partition, { closeBatch }, exchange);
  }

  /** An empty name means the connection's only terminal. Refuses, and returns nothing, where there is no session. */
  private sessionOf(terminal: string, exchange: Exchange): TerminalSession | undefined {
    const { terminals } = exchange.connection;
    if (terminal === '' && terminals.size > 1) {
      const detail = `${exchange.kind}.terminal: is missing, and this connection speaks for ${terminals.size} terminals`;
      exchange.refuse(Rejection.REJECTION_MALFORMED, detail);
      return undefined;
    }
    const session = terminal === '' ? terminals.values().next().value : terminals.get(terminal);
    if (session === undefined) {
      exchange.refuse(
        Rejection.REJECTION_NO_SESSION,
        'say HELLO for this terminal and await its WELCOME first',
      );
    }
    return session;
  }
}

/** The body of a message of transactionKinds. */
function saidIn(message: v1.ClientMessage): Transaction {
  const { body } = message;
  return message[body as 'purchase'] as Transaction;
}

function idOf(
  { terminal, incarnation }: TerminalSession,
  number: v1.Purchase['number'],
  exchange: Exchange,
): v1.TransactionId.$Properties | undefined {
  if (number != null) return { terminal, incarnation, number };
  exchange.refuse(Rejection.REJECTION_MALFORMED, `${exchange.kind}.number: is missing`);
  return undefined;
}
