import { createHash, timingSafeEqual } from 'node:crypto';
import { OFFICE_ID } from '../actors/money/ids.js';
import { v1 } from '../proto/generated/emoney.js';
import type { Comparing } from './columns/comparing.js';
import type { Describing } from './describing.js';
import type { Exchange } from './exchange.js';
import { identifierProblem } from './identifier.js';
import type { Matters } from './matters.js';
import type { Partitions } from './partitions.js';
import { hashPin, pinProblem } from './pin.js';
import type { PhoneTokens } from './phoneTokens.js';
import type { Reading } from './reading.js';
import type { Reports } from './reports.js';
import type { Searching } from './search.js';

const { Rejection } = v1;

/** Commands about one card, passed on as they were said. */
export const cardCommands = [
  'changeLimit',
  'changeProhibition',
  'activateCard',
  'changePolicy',
  'unblockPin',
  'replaceCard',
  'storeValue',
  'cancelStore',
  'adjustCard',
  'confirmCollection',
  'returnCollection',
] as const;

/** Commands to the center's office, passed on as they were said. */
export const centerCommands = ['setParameters', 'chargeInterest', 'settle', 'describeCenter'] as const;

export interface OperatorDeskOptions {
  readonly deployment: string;
  readonly secret: string;
  readonly pinKey: Uint8Array;
  readonly partitions: Partitions;
  readonly describing: Describing;
  readonly reading: Reading;
  readonly searching: Searching;
  readonly comparing: Comparing;
  readonly matters: Matters;
  readonly reports: Reports;
  readonly phoneTokens: PhoneTokens;
}

/** Serves what operators say, to those who gave the secret on this connection. */
export class OperatorDesk {
  private readonly options: OperatorDeskOptions;
  private readonly secret: Buffer;

  constructor(options: OperatorDeskOptions) {
    this.options = options;
    this.secret = digest(options.secret);
  }

  serve(message: v1.ClientMessage, exchange: Exchange): void {
    if (message.operatorHello != null) {
      this.hello(message.operatorHello.secret ?? '', exchange);
    } else if (!exchange.connection.operator) {
      exchange.refuse(Rejection.REJECTION_UNAUTHORIZED, 'say OPERATOR_HELLO with the secret first');
    } else {
      this.command(message, exchange);
    }
  }

  private hello(secret: string, exchange: Exchange): void {
    const { connection } = exchange;
    // Of equal length by hashing: the time of the comparison tells nothing about the secret.
    if (timingSafeEqual(digest(secret), this.secret)) {
      connection.operator = true;
      exchange.answer({ operatorWelcome: { deployment: this.options.deployment } });
      return;
    }
    exchange.refuse(Rejection.REJECTION_UNAUTHORIZED, 'the secret is wrong');
    connection.guessedWrong();
  }

  private command(message: v1.ClientMessage, exchange: Exchange): void {
    const { issueCard, choosePin, registerTerminal } = message;
    const cardCommand = cardCommands.find((name) => name === message.body);
    if (cardCommand !== undefined) {
      const said = message[cardCommand];
      this.pass('card', said?.card, { [cardCommand]: said }, exchange);
      return;
    }
    const centerCommand = centerCommands.find((name) => name === message.body);
    if (centerCommand !== undefined) {
      const { partitions } = this.options;
      partitions.send(partitions.of(OFFICE_ID), { [centerCommand]: message[centerCommand] }, exchange);
    } else if (issueCard != null) this.issueCard(issueCard, exchange);
    else if (choosePin != null) this.choosePin(choosePin as v1.ChoosePin, exchange);
    else if (message.phoneToken != null) {
      this.options.phoneTokens.serve(message.phoneToken.terminal ?? '', exchange);
    } else if (registerTerminal != null) {
      this.pass('terminal', registerTerminal.terminal, { registerTerminal }, exchange);
    } else if (message.readJournal != null || message.readSnapshots != null) {
      this.options.reading.serve(message, exchange);
    } else if (message.search != null) this.options.searching.serve(message.search, exchange);
    else if (message.listDifferences != null) this.options.comparing.serve(message.listDifferences, exchange);
    else if (message.listMatters != null) this.options.matters.serve(message.listMatters, exchange);
    else if (message.listLoans != null) this.options.reports.loans(message.listLoans, exchange);
    else if (message.listDayTotals != null) this.options.reports.dayTotals(message.listDayTotals, exchange);
    else this.options.describing.serve(message, exchange);
  }

  private issueCard(issueCard: v1.IssueCard.$Properties, exchange: Exchange): void {
    const problem = termsProblem(exchange.kind, issueCard);
    if (problem !== undefined) exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
    else this.pass('card', issueCard.card, { issueCard }, exchange);
  }

  private choosePin({ card, pin }: v1.ChoosePin, exchange: Exchange): void {
    const problem = pinProblem(`${exchange.kind}.pin`, pin);
    if (problem !== undefined) {
      exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
      return;
    }
    const pinHash = hashPin(this.options.pinKey, card, pin);
    this.pass('card', card, { setPin: { card, pinHash } }, exchange);
  }

  /** To the partition of the one card or terminal that it is about. */
  private pass(
    name: string,
    id: string | null | undefined,
    command: v1.Command.$Properties,
    exchange: Exchange,
  ): void {
    const problem = identifierProblem(`${exchange.kind}.${name}`, id ?? '');
    if (problem !== undefined) exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
    else this.options.partitions.send(this.options.partitions.of(id ?? ''), command, exchange);
  }
}

/** What is wrong with how a card is to be issued, by its path; undefined: nothing that the gateway sees. */
export function termsProblem(path: string, { terms }: v1.IssueCard.$Properties): string | undefined {
  if (!terms?.pinHash?.length) return undefined;
  return `${path}.terms.pinHash: is the gateway's to make: give the card its PIN by CHOOSE_PIN`;
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
