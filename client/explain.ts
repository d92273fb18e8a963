/** Commands that are explained instead of done: what would be answered, and why. */
import type { v1 } from '../proto/generated/emoney.js';
import { fromUint32, fromUnsigned } from '../proto/guard.js';
import type { Body, Connection } from './connection.js';
import { explanationOf, type Explanation } from './explanation.js';
import { OperatorCommands } from './operatorCommands.js';
import { askPatiently } from './patience.js';
import {
  depositBody,
  enquiryBody,
  purchaseBody,
  refundBody,
  voidBody,
  type SaidTap,
} from './transactionBodies.js';
import type { Deposit, Inquiry, Payment, Refund, Tap, Undoing, Voiding } from './transactions.js';

/**
 * The transactions of one terminal. Without a number each is explained as a new one, and no number is used; with the
 * number of one that was sent, its status. A PIN is not looked at. Methods throw RejectedError or ConnectionLostError.
 */
export class ExplainedTransactions {
  private readonly connection: Connection;
  private readonly terminal: string;
  private readonly timeOf: (number: number) => number | undefined;

  /** `timeOf`: with which time a number was sent before. */
  constructor(
    connection: Connection,
    terminal: string,
    timeOf: (number: number) => number | undefined = () => undefined,
  ) {
    this.connection = connection;
    this.terminal = terminal;
    this.timeOf = timeOf;
  }

  async purchase(payment: Payment): Promise<Explanation> {
    return explain(this.connection, purchaseBody(payment)(this.said(payment)));
  }

  async deposit(deposit: Deposit): Promise<Explanation> {
    return explain(this.connection, depositBody(deposit)(this.said(deposit)));
  }

  async enquiry(inquiry: Inquiry): Promise<Explanation> {
    return explain(this.connection, enquiryBody(inquiry)(this.said(inquiry)));
  }

  async refund(refund: Refund): Promise<Explanation> {
    return explain(this.connection, refundBody(refund)(this.said(refund)));
  }

  async void(voiding: Voiding): Promise<Explanation> {
    return explain(this.connection, voidBody(voiding)(this.said(voiding)));
  }

  async unload(unload: Tap): Promise<Explanation> {
    return explain(this.connection, { unload: this.said(unload) });
  }

  async entry(entry: Tap): Promise<Explanation> {
    return explain(this.connection, { entry: this.said(entry) });
  }

  async exit(exit: Tap): Promise<Explanation> {
    return explain(this.connection, { exit: this.said(exit) });
  }

  async reverse({ number, card, timeMs }: Undoing): Promise<Explanation> {
    const reversal = { terminal: this.terminal, number: fromUnsigned(number, 'number'), card };
    const time = timeMs === undefined ? {} : { terminalTimeMs: fromUnsigned(timeMs, 'terminal_time_ms') };
    return explain(this.connection, { reversal: { ...reversal, ...time } });
  }

  private said({ card, number, timeMs, device = 0 }: Tap): SaidTap {
    const tap: SaidTap = { terminal: this.terminal, card, device: fromUint32(device, 'device') };
    if (number !== undefined) tap.number = fromUnsigned(number, 'number');
    const time = timeMs ?? (number === undefined ? undefined : this.timeOf(number));
    if (time !== undefined) tap.terminalTimeMs = fromUnsigned(time, 'terminal_time_ms');
    return tap;
  }
}

/** An operator's commands, and the transactions of any terminal. */
export class ExplainedCommands extends OperatorCommands<Explanation> {
  private readonly connection: Connection;

  constructor(connection: Connection) {
    super();
    this.connection = connection;
  }

  at(terminal: string): ExplainedTransactions {
    return new ExplainedTransactions(this.connection, terminal);
  }

  protected override async command(body: Body): Promise<Explanation> {
    return explain(this.connection, body);
  }
}

async function explain(connection: Connection, command: v1.Explain.$Properties): Promise<Explanation> {
  const { explanation } = await askPatiently(connection, { explain: command });
  return explanationOf(explanation ?? {});
}
