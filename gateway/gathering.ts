import type { v1 } from '../proto/generated/emoney.js';
import type { Exchange } from './exchange.js';
import type { Waiter } from './pending.js';

/** Waits for the replies of several partitions to one request; the first rejection is the answer to all of it. */
export class Gathering {
  private readonly exchange: Exchange;
  private readonly complete: (replies: readonly v1.CommandReply[]) => void;
  private readonly replies: v1.CommandReply[] = [];
  private missing = 1;
  private refused = false;

  constructor(exchange: Exchange, complete: (replies: readonly v1.CommandReply[]) => void) {
    this.exchange = exchange;
    this.complete = complete;
  }

  /** One for each command that is sent. */
  part(): Waiter {
    this.missing += 1;
    return {
      answered: (reply) => {
        this.replies.push(reply);
        this.arrived();
      },
      rejected: (code, detail, by) => {
        if (!this.refused) this.exchange.refuse(code, detail, by);
        this.refused = true;
      },
    };
  }

  /** To be called after the last part: nothing asked is answered at once. */
  allAsked(): void {
    this.arrived();
  }

  private arrived(): void {
    this.missing -= 1;
    if (this.missing === 0 && !this.refused) this.complete(this.replies);
  }
}
