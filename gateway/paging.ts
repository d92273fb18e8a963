import { v1 } from '../proto/generated/emoney.js';
import type { Partitions } from './partitions.js';
import type { RefusedBy, Waiter } from './pending.js';

type Question = 'describeTerminals' | 'describeTotals';

/**
 * Asks one partition about terminals, and again while the first one's totals have more rows than one reply may hold:
 * whoever waits gets one reply in which every description is complete.
 */
export class Paging implements Waiter {
  private readonly partitions: Partitions;
  private readonly partition: number;
  private readonly question: Question;
  private readonly waiter: Waiter;
  private terminals: string[] = [];
  /** The first page, to which the later ones are added. */
  private reply: v1.CommandReply | undefined;

  constructor(partitions: Partitions, partition: number, question: Question, waiter: Waiter) {
    this.partitions = partitions;
    this.partition = partition;
    this.question = question;
    this.waiter = waiter;
  }

  ask(terminals: string[], firstRow = 0): void {
    this.terminals = terminals;
    this.partitions.send(this.partition, { [this.question]: { terminals, firstRow } }, this);
  }

  answered(page: v1.CommandReply): void {
    const next = firstOf(page);
    const whole = firstOf(this.reply);
    if (next !== undefined && whole !== undefined) append(whole, next);
    this.reply ??= page;
    if (next?.nextRow) this.ask(this.terminals.slice(0, 1), next.nextRow);
    else this.waiter.answered(this.reply);
  }

  rejected(code: v1.Rejection, detail: string, by: RefusedBy): void {
    this.waiter.rejected(code, detail, by);
  }
}

type Description = v1.TerminalDescription.$Properties | v1.TotalsDescription.$Properties;

function firstOf(reply: v1.CommandReply | undefined): Description | undefined {
  return (reply?.terminals ?? reply?.totals)?.terminals?.[0];
}

/** Pages of different positions are of no one position, hence 0, as with the sums of several journals. */
function append(whole: Description, page: Description): void {
  whole.totals = [...(whole.totals ?? []), ...(page.totals ?? [])];
  whole.nextRow = 0;
  if (Number(whole.position ?? 0) !== Number(page.position ?? 0)) whole.position = 0;
}
