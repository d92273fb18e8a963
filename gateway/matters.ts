import { HISTORY_PAGE } from '../actors/bounds.js';
import { v1 } from '../proto/generated/emoney.js';
import type { Exchange } from './exchange.js';
import type { Histories } from './histories.js';
import { nextPage, type PartitionPlace, placeOf } from './partitionPages.js';
import { limited } from './limit.js';

/** LIST_MATTERS: what waits for somebody, one partition after the other. `after` names the partition first. */
export class Matters {
  private readonly histories: Histories;
  private readonly partitions: number;

  constructor(histories: Histories, partitions: number) {
    this.histories = histories;
    this.partitions = partitions;
  }

  serve(wanted: v1.ListMatters.$Properties, exchange: Exchange): void {
    const place = placeOf(wanted.after, this.partitions);
    if (place === undefined) {
      exchange.refuse(v1.Rejection.REJECTION_MALFORMED, 'listMatters.after: is no `next` of an answer');
      return;
    }
    exchange.answerWhen(this.list(wanted, place).then((matters) => ({ matters })));
  }

  private async list(
    { matter = null, settlement = null, limit }: v1.ListMatters.$Properties,
    { partition, after }: PartitionPlace,
  ): Promise<v1.Matters.$Properties> {
    const most = limited(limit, HISTORY_PAGE);
    const listMatters = { matter, settlement, after, limit: most };
    const { entries, next } = await this.histories.ask(partition, { listMatters });
    return { entries, next: nextPage(partition, next, this.partitions) };
  }
}
