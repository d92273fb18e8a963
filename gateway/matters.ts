import { HISTORY_PAGE } from '../actors/bounds.js';
import { v1 } from '../proto/generated/emoney.js';
import type { Exchange } from './exchange.js';
import { HistoryRefusedError, type Histories } from './histories.js';

const PARTITION_BYTES = 4;

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
    this.list(wanted, place).then(
      (matters) => {
        exchange.answer({ matters });
      },
      (error: unknown) => {
        if (error instanceof HistoryRefusedError) exchange.refuse(error.code, error.message);
        else exchange.failed(error);
      },
    );
  }

  private async list(
    { matter = null, settlement = null, limit }: v1.ListMatters.$Properties,
    { partition, after }: Place,
  ): Promise<v1.Matters.$Properties> {
    const most = Math.min(limit === 0 ? HISTORY_PAGE : (limit ?? HISTORY_PAGE), HISTORY_PAGE);
    const listMatters = { matter, settlement, after, limit: most };
    const { entries, next } = await this.histories.ask(partition, { listMatters });
    if (next.length > 0) return { entries, next: tokenOf({ partition, after: next }) };
    const ended = partition + 1 === this.partitions;
    const none = new Uint8Array(0);
    return { entries, next: ended ? none : tokenOf({ partition: partition + 1, after: none }) };
  }
}

interface Place {
  readonly partition: number;
  /** Within the partition. */
  readonly after: Uint8Array;
}

function tokenOf({ partition, after }: Place): Uint8Array {
  const token = Buffer.alloc(PARTITION_BYTES + after.length);
  token.writeUInt32BE(partition, 0);
  token.set(after, PARTITION_BYTES);
  return Uint8Array.from(token);
}

/** Undefined: it is no token of this deployment. */
function placeOf(bytes: Uint8Array | null | undefined, partitions: number): Place | undefined {
  if (!bytes?.length) return { partition: 0, after: new Uint8Array(0) };
  const token = Buffer.from(bytes);
  if (token.length < PARTITION_BYTES) return undefined;
  const partition = token.readUInt32BE(0);
  if (partition >= partitions) return undefined;
  return { partition, after: Uint8Array.from(token.subarray(PARTITION_BYTES)) };
}
