import { v1 } from '../proto/generated/emoney.js';
import type { Exchange } from './exchange.js';
import type { RefusedBy, Waiter } from './pending.js';
import type { Phone, Phones } from './phones.js';

/** A phone that missed that its card was moved learns it when it asks, and is told nothing more. */
export class PhoneEnquiry implements Waiter {
  private readonly exchange: Exchange;
  private readonly phone: Phone;
  private readonly phones: Phones;

  constructor(exchange: Exchange, phone: Phone, phones: Phones) {
    this.exchange = exchange;
    this.phone = phone;
    this.phones = phones;
  }

  answered(reply: v1.CommandReply): void {
    this.exchange.answered(reply);
    if (reply.answered?.answer?.outcome === v1.Outcome.OUTCOME_DEVICE_SUPERSEDED) {
      this.phones.supersede(this.phone);
    }
  }

  rejected(code: v1.Rejection, detail: string, by: RefusedBy): void {
    this.exchange.rejected(code, detail, by);
  }
}
