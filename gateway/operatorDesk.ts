import { createHash, timingSafeEqual } from 'node:crypto';
import { MAX_WRONG_SECRETS } from '../actors/bounds.js';
import { v1 } from '../proto/generated/emoney.js';
import type { Describing } from './describing.js';
import type { Exchange } from './exchange.js';
import { identifierProblem } from './identifier.js';
import type { Partitions } from './partitions.js';
import type { Reading } from './reading.js';

const { Rejection } = v1;

export interface OperatorDeskOptions {
  readonly deployment: string;
  readonly secret: string;
  readonly partitions: Partitions;
  readonly describing: Describing;
  readonly reading: Reading;
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
    connection.wrongSecrets += 1;
    if (connection.wrongSecrets >= MAX_WRONG_SECRETS)
      connection.close(1008, 'too many wrong secrets', 'secret');
  }

  private command(message: v1.ClientMessage, exchange: Exchange): void {
    const { issueCard, registerTerminal, changeLimit, changeProhibition, activateCard } = message;
    if (issueCard != null) this.pass('card', issueCard.card, { issueCard }, exchange);
    else if (registerTerminal != null) {
      this.pass('terminal', registerTerminal.terminal, { registerTerminal }, exchange);
    } else if (changeLimit != null) this.pass('card', changeLimit.card, { changeLimit }, exchange);
    else if (changeProhibition != null) {
      this.pass('card', changeProhibition.card, { changeProhibition }, exchange);
    } else if (activateCard != null) this.pass('card', activateCard.card, { activateCard }, exchange);
    else if (message.readJournal != null || message.readSnapshots != null) {
      this.options.reading.serve(message, exchange);
    } else this.options.describing.serve(message, exchange);
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

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
