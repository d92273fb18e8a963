/** Collection orders (rule 11): each account share, less what was given back, is ordered once; it may come back. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { dueOf, isOpenShare, type AccountShare, type Order, type RecordLedger } from '../ledger.js';
import { changed, NO_CHANGE } from '../rules/effect.js';
import { plain, readId } from '../wire/basics.js';
import { CenterSettling } from './centerSettling.js';
import { collectionText } from './notices.js';
import type { Stage } from './stage.js';

export class CollectionEvents {
  readonly #stage: Stage;
  readonly #settling: CenterSettling;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#settling = new CenterSettling(stage);
  }

  /** What the share is now, against what was ordered of it before: a debit for more, a credit for less. */
  ordered(event: v1.RecordCollectionOrdered.$Properties): void {
    const { findings, books } = this.#stage;
    const record = this.#stage.record(event.card);
    const order = event.order ?? '';
    const fresh = !books.orders.has(order);
    findings.holds('I5', fresh, () => `order ${order} exists already`);
    books.orders.add(order);
    this.#settling.dated(event.businessDate ?? 0, plain(event.timeMs, 'time_ms'));
    const share = this.#shareOf(record, event);
    if (share === undefined) return;
    const amount = plain(event.amount, 'amount');
    const signed = event.credit === true ? -amount : amount;
    findings.same('I10', 'ordered of the account share', dueOf(share), signed);
    findings.holds('I10', amount > 0, () => `an order of ${amount}`);
    findings.same(
      'RULE',
      'account of the order',
      share.account || record.policy.account,
      event.account ?? '',
    );
    share.orders.push({ name: order, amount: signed, state: 'open' });
    books.office.ordered(event.settlement ?? 0, event.card ?? '', signed);
  }

  confirmed(event: v1.RecordCollectionConfirmed.$Properties): void {
    const record = this.#stage.record(event.card);
    record.version += 1;
    this.#end([...record.shares.values()], event.order ?? '', 'confirmed');
  }

  /** The debit's amount is loan from that business date on, once. */
  returned(event: v1.RecordCollectionReturned.$Properties): void {
    const { findings, turn } = this.#stage;
    const record = this.#stage.record(event.card);
    record.version += 1;
    const loan = plain(event.amount, 'amount');
    const id = readId(event.transaction);
    const order = event.order ?? '';
    const share = this.#shareOf(record, event);
    const debit = this.#end(share === undefined ? [] : [share], order, 'returned');
    findings.same('I10', 'what came back', debit?.amount, loan);
    const after = changed(record.balances, { ...NO_CHANGE, loan });
    this.#settling.settle(record, after, event);
    turn.recordNotices.push({
      card: event.card ?? '',
      what: collectionText(id, loan, plain(event.timeMs, 'time_ms')),
    });
  }

  /** Everything of them is paid for good, given back, or a loan. */
  forgot(event: v1.RecordForgot.$Properties): void {
    const { books, findings, turn } = this.#stage;
    const record = this.#stage.record(event.card);
    const today = this.#stage.today();
    for (const transaction of event.payments ?? []) {
      const share = this.#shareOf(record, { transaction });
      if (share === undefined) continue;
      findings.holds('I10', !isOpenShare(share), () => 'an account share is forgotten that is open');
      const needed = books.tariffs.isRefundable(turn.partition, share.businessDate, today);
      findings.holds('RULE', !needed, () => `a share of ${share.businessDate} is forgotten before its time`);
      share.forgotten = true;
    }
  }

  #shareOf(
    record: RecordLedger,
    { transaction }: Pick<v1.RecordCollectionOrdered.$Properties, 'transaction'>,
  ): AccountShare | undefined {
    const { findings, books } = this.#stage;
    const share = record.shares.get(books.row(readId(transaction)));
    const known = share !== undefined;
    findings.holds('I10', known, () => 'a collection of an account share that was never taken');
    return share;
  }

  /** An open debit, once. */
  #end(shares: readonly AccountShare[], name: string, state: Order['state']): Order | undefined {
    const orders = shares.flatMap((share) => share.orders);
    const order = orders.find((each) => each.name === name);
    const open = order?.state === 'open' && order.amount > 0;
    this.#stage.findings.holds('I5', open, () => `order ${name} is ${state}, and is no open debit`);
    if (order !== undefined) order.state = state;
    return order;
  }
}
