import { OFFICE_ID } from '../actors/money/ids.js';
import { encodeMessage } from '../proto/message.js';
import { v1 } from '../proto/generated/emoney.js';
import type { Exchange } from './exchange.js';
import { explanationOf } from './explanation.js';
import { identifierProblem } from './identifier.js';
import { cardCommands, centerCommands, termsProblem } from './operatorDesk.js';
import type { Partitions } from './partitions.js';
import type { RefusedBy, Waiter } from './pending.js';
import { contentProblem, transactOf, transactionKinds, type Transaction } from './transactions.js';
import type { TerminalSession } from './terminalSession.js';

const { Rejection } = v1;

/** What a command is explained with: a session's own terminal, or any that an operator names. */
interface Speaker extends Omit<TerminalSession, 'phone' | 'sent'> {
  /** By an operator: the terminal's actor puts its present session and incarnation in the place of these. */
  readonly anySession: boolean;
}

/** EXPLAIN (rule 16): what would become of a message. A PIN in it goes nowhere, not even through the hash. */
export class Explaining {
  private readonly partitions: Partitions;

  constructor(partitions: Partitions) {
    this.partitions = partitions;
  }

  serve(explain: v1.Explain, exchange: Exchange): void {
    const name = explain.command;
    const kind = name && transactionKinds.get(name);
    if (kind !== undefined) {
      // A name of transactionKinds: all have what every transaction has.
      this.transaction(kind, `explain.${name ?? ''}`, explain[name as 'purchase'] as Transaction, exchange);
    } else if (explain.reversal != null) this.reversal(explain.reversal as v1.Reversal, exchange);
    else if (!exchange.connection.operator) {
      const detail =
        'a terminal explains its own transactions; for more say OPERATOR_HELLO with the secret first';
      exchange.refuse(Rejection.REJECTION_UNAUTHORIZED, detail);
    } else this.command(explain, exchange);
  }

  private transaction(kind: v1.Kind, path: string, said: Transaction, exchange: Exchange): void {
    const speaker = this.speakerOf(path, said.terminal, exchange);
    if (speaker === undefined) return;
    const problem = contentProblem(path, said) ?? identifierProblem(`${path}.card`, said.card);
    if (problem !== undefined) {
      exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
      return;
    }
    const transact = transactOf(kind, said, speaker, undefined);
    const newNumber = said.number == null;
    const { terminal, incarnation } = speaker;
    const id = { terminal, incarnation, number: said.number ?? 1 };
    this.ask(speaker, { transact: { ...transact, id } }, newNumber, said.card, exchange);
  }

  private reversal(said: v1.Reversal, exchange: Exchange): void {
    const path = 'explain.reversal';
    const speaker = this.speakerOf(path, said.terminal, exchange);
    if (speaker === undefined) return;
    const { number, card, terminalTimeMs } = said;
    if (number == null) {
      exchange.refuse(Rejection.REJECTION_MALFORMED, `${path}.number: is missing`);
      return;
    }
    const problem = identifierProblem(`${path}.card`, card);
    if (problem !== undefined) {
      exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
      return;
    }
    const { terminal, incarnation, session } = speaker;
    const id = { terminal, incarnation, number };
    const reverse = { id, session, card, terminalTimeMs: terminalTimeMs ?? null };
    this.ask(speaker, { reverse }, false, card, exchange);
  }

  private command(explain: v1.Explain, exchange: Exchange): void {
    const { issueCard, choosePin, registerTerminal } = explain;
    const cardCommand = cardCommands.find((name) => name === explain.command);
    const centerCommand = centerCommands.find((name) => name === explain.command);
    if (cardCommand !== undefined) {
      const said = explain[cardCommand];
      this.pass(`${cardCommand}.card`, said?.card, { [cardCommand]: said }, exchange);
    } else if (centerCommand !== undefined && centerCommand !== 'describeCenter') {
      this.send(OFFICE_ID, { [centerCommand]: explain[centerCommand] }, exchange);
    } else if (issueCard != null) {
      const problem = termsProblem('explain.issueCard', issueCard);
      if (problem !== undefined) exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
      else this.pass('issueCard.card', issueCard.card, { issueCard }, exchange);
    } else if (choosePin != null) {
      const { card } = choosePin;
      this.pass('choosePin.card', card, { setPin: { card: card ?? '' } }, exchange);
    } else if (registerTerminal != null) {
      this.pass('registerTerminal.terminal', registerTerminal.terminal, { registerTerminal }, exchange);
    } else exchange.refuse(Rejection.REJECTION_MALFORMED, 'explain: there is nothing to explain');
  }

  private pass(
    path: string,
    id: string | null | undefined,
    command: v1.Command.$Properties,
    exchange: Exchange,
  ): void {
    const problem = identifierProblem(`explain.${path}`, id ?? '');
    if (problem !== undefined) exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
    else this.send(id ?? '', command, exchange);
  }

  private send(id: string, command: v1.Command.$Properties, exchange: Exchange): void {
    const dryRun = { command: encodeMessage(v1.Command, command) };
    this.partitions.send(this.partitions.of(id), { dryRun }, new Rehearsal(this.partitions, id, exchange));
  }

  /** Of the terminal's actor; it says whether the card's partition is to be asked too. */
  private ask(
    { partition, anySession }: Speaker,
    command: v1.Command.$Properties,
    newNumber: boolean,
    card: string,
    exchange: Exchange,
  ): void {
    const dryRun = { command: encodeMessage(v1.Command, command), anySession, newNumber };
    this.partitions.send(partition, { dryRun }, new Rehearsal(this.partitions, card, exchange));
  }

  /** An empty name means the connection's only terminal. Refuses, and returns nothing, where nobody may ask. */
  private speakerOf(path: string, terminal: string, exchange: Exchange): Speaker | undefined {
    const { terminals, operator } = exchange.connection;
    const only = terminal === '' && terminals.size === 1 ? terminals.values().next().value : undefined;
    const session = only ?? terminals.get(terminal);
    if (session !== undefined) return { ...session, anySession: false };
    if (!operator) {
      const detail = 'name a terminal of this connection: say HELLO for it and await its WELCOME first';
      exchange.refuse(Rejection.REJECTION_NO_SESSION, detail);
      return undefined;
    }
    const problem = identifierProblem(`${path}.terminal`, terminal);
    if (problem === undefined) {
      const partition = this.partitions.of(terminal);
      return { terminal, partition, incarnation: 1, session: 1, anySession: true };
    }
    exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
    return undefined;
  }
}

/** Waits for the terminal's actor, then for the card's partition; joins what both say. */
class Rehearsal implements Waiter {
  private readonly partitions: Partitions;
  private readonly card: string;
  private readonly exchange: Exchange;
  private readonly steps: v1.Step.$Properties[] = [];

  constructor(partitions: Partitions, card: string, exchange: Exchange) {
    this.partitions = partitions;
    this.card = card;
    this.exchange = exchange;
  }

  answered({ explained }: v1.CommandReply): void {
    if (explained == null) {
      this.exchange.refuse(Rejection.REJECTION_INTERNAL, 'the partition answered something else');
      return;
    }
    this.steps.push(...(explained.steps ?? []));
    const command = explained.ask;
    if (command?.length) this.partitions.send(this.partitions.of(this.card), { dryRun: { command } }, this);
    else this.exchange.answer({ explanation: explanationOf(explained.reply, this.steps) });
  }

  rejected(code: v1.Rejection, detail: string, by: RefusedBy): void {
    this.exchange.refuse(code, detail, by);
  }
}
