import { v1 } from '../proto/generated/emoney.js';
import type { Exchange } from './exchange.js';
import { identifierProblem } from './identifier.js';
import type { Partitions } from './partitions.js';
import { phoneToken } from './phoneToken.js';

const { Rejection } = v1;

/** Gives operators the tokens of phones that are registered. */
export class PhoneTokens {
  private readonly partitions: Partitions;
  private readonly key: Uint8Array;

  constructor(partitions: Partitions, key: Uint8Array) {
    this.partitions = partitions;
    this.key = key;
  }

  serve(terminal: string, exchange: Exchange): void {
    const problem = identifierProblem(`${exchange.kind}.terminal`, terminal);
    if (problem !== undefined) {
      exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
      return;
    }
    // As it is registered: a token for anything else would be refused by the terminal's actor.
    this.partitions.send(
      this.partitions.of(terminal),
      { describeTerminals: { terminals: [terminal] } },
      {
        answered: ({ terminals }) => {
          this.answer(terminal, terminals?.terminals?.[0], exchange);
        },
        rejected: (code, detail, by) => {
          exchange.refuse(code, detail, by);
        },
      },
    );
  }

  private answer(
    terminal: string,
    described: v1.TerminalDescription.$Properties | undefined,
    exchange: Exchange,
  ): void {
    if (described?.known !== true) {
      exchange.refuse(Rejection.REJECTION_TERMINAL_UNKNOWN, 'register the phone first');
    } else if (described.role !== v1.TerminalRole.TERMINAL_ROLE_PHONE) {
      exchange.refuse(Rejection.REJECTION_MALFORMED, `${exchange.kind}.terminal: is no phone`);
    } else {
      const { card, device } = described;
      const identity = { terminal, card: card ?? '', device: device ?? 0 };
      exchange.answer({ phoneToken: { ...identity, token: phoneToken(this.key, identity) } });
    }
  }
}
