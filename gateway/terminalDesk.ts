import { v1 } from '../proto/generated/emoney.js';
import type { Acknowledgements } from './acknowledgements.js';
import type { Exchange } from './exchange.js';
import type { Partitions } from './partitions.js';
import type { Sessions } from './sessions.js';
import type { TerminalSession } from './terminalSession.js';

const { Kind, Rejection } = v1;
type Transaction = v1.Purchase | v1.Deposit | v1.Enquiry;

/** Serves what terminals say. */
export class TerminalDesk {
  private readonly partitions: Partitions;
  private readonly sessions: Sessions;
  private readonly acknowledgements: Acknowledgements;

  constructor(partitions: Partitions, sessions: Sessions, acknowledgements: Acknowledgements) {
    this.partitions = partitions;
    this.sessions = sessions;
    this.acknowledgements = acknowledgements;
  }

  serve(message: v1.ClientMessage, exchange: Exchange): void {
    const { hello, purchase, deposit, enquiry, reversal, outcome, listAcknowledgement } = message;
    if (purchase != null) this.transact(Kind.KIND_PURCHASE, purchase as v1.Purchase, exchange);
    else if (deposit != null) this.transact(Kind.KIND_DEPOSIT, deposit as v1.Deposit, exchange);
    else if (enquiry != null) this.transact(Kind.KIND_ENQUIRY, enquiry as v1.Enquiry, exchange);
    else if (reversal != null) this.reverse(reversal as v1.Reversal, exchange);
    else if (outcome != null) this.query(outcome as v1.OutcomeQuery, exchange);
    else if (hello != null) this.sessions.hello(hello as v1.Hello, exchange);
    else this.acknowledgements.acknowledge(listAcknowledgement as v1.ListAcknowledgement, exchange);
  }

  private transact(kind: v1.Kind, said: Transaction, exchange: Exchange): void {
    const session = this.sessionOf(said.terminal, exchange);
    if (session === undefined) return;
    const id = idOf(session, said.number, exchange);
    if (id === undefined) return;
    const amount = 'amount' in said ? said.amount : undefined;
    if (kind !== Kind.KIND_ENQUIRY && amount == null) {
      exchange.refuse(Rejection.REJECTION_MALFORMED, `${exchange.kind}.amount: is missing`);
      return;
    }
    const transact: v1.Transact.$Properties = {
      id,
      session: session.session,
      mark: said.mark,
      kind,
      card: said.card,
      amount: amount ?? null,
      currency: 'currency' in said ? said.currency : '',
      terminalTimeMs: said.terminalTimeMs ?? null,
    };
    this.partitions.send(session.partition, { transact }, exchange);
  }

  private reverse(said: v1.Reversal, exchange: Exchange): void {
    const session = this.sessionOf(said.terminal, exchange);
    const id = session && idOf(session, said.number, exchange);
    if (session === undefined || id === undefined) return;
    const { mark, card } = said;
    const terminalTimeMs = said.terminalTimeMs ?? null;
    const reverse = { id, session: session.session, mark, card, terminalTimeMs };
    this.partitions.send(session.partition, { reverse }, exchange);
  }

  private query(said: v1.OutcomeQuery, exchange: Exchange): void {
    const session = this.sessionOf(said.terminal, exchange);
    const id = session && idOf(session, said.number, exchange);
    if (session === undefined || id === undefined) return;
    this.partitions.send(session.partition, { queryOutcome: { id, session: session.session } }, exchange);
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

function idOf(
  { terminal, incarnation }: TerminalSession,
  number: v1.Purchase['number'],
  exchange: Exchange,
): v1.TransactionId.$Properties | undefined {
  if (number != null) return { terminal, incarnation, number };
  exchange.refuse(Rejection.REJECTION_MALFORMED, `${exchange.kind}.number: is missing`);
  return undefined;
}
