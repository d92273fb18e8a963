import { MAX_FOUND } from '../actors/bounds.js';
import { parseIdBeginning } from '../actors/money/idText.js';
import { partitionOf } from '../actors/runtime/placement.js';
import { v1 } from '../proto/generated/emoney.js';
import { toNumber, toUnsigned, type WireLong } from '../proto/guard.js';
import type { Exchange } from './exchange.js';
import type { Histories } from './histories.js';
import { identifierProblem } from './identifier.js';
import { limited } from './limit.js';

/** Searches in the histories of all partitions that are concerned, answered as one; never without one of them. */
export class Searching {
  private readonly histories: Histories;
  private readonly partitions: number;

  constructor(histories: Histories, partitions: number) {
    this.histories = histories;
    this.partitions = partitions;
  }

  serve(search: v1.Search.$Properties, exchange: Exchange): void {
    const problem = problemOf(search);
    if (problem !== undefined) {
      exchange.refuse(v1.Rejection.REJECTION_MALFORMED, problem);
      return;
    }
    exchange.answerWhen(this.search(search).then((searchResult) => ({ searchResult })));
  }

  private async search(search: v1.Search.$Properties): Promise<v1.SearchResult.$Properties> {
    const limit = limited(search.limit, MAX_FOUND);
    const partitions = this.concerned(search);
    const replies = await Promise.all(
      partitions.map((partition) => this.histories.ask(partition, { search: { ...search, limit } })),
    );
    const entries = replies.flatMap((reply) => reply.entries).sort(newestFirst);
    return {
      entries: entries.slice(0, limit),
      more: entries.length > limit || replies.some(({ more }) => more),
      asOf: partitions.map((partition, at) => ({ partition, sequence: replies[at]?.sequence ?? 0 })),
    };
  }

  /** What a card did is in its own partition; what its terminals refused by themselves is in theirs. */
  private concerned({ card, terminal, id }: v1.Search.$Properties): readonly number[] {
    if (!card) return Array.from({ length: this.partitions }, (_, partition) => partition);
    const beginning = id ? parseIdBeginning(id) : undefined;
    const named = [card, terminal, beginning?.whole === true ? beginning.terminal : undefined];
    const partitions = named.flatMap((name) => (name ? [partitionOf(name, this.partitions)] : []));
    return [...new Set(partitions)];
  }
}

function problemOf({ id, card, terminal, fromMs, toMs }: v1.Search.$Properties): string | undefined {
  if (id && parseIdBeginning(id) === undefined) {
    return 'search.id: is no id (terminal#incarnation#number), nor the beginning of one';
  }
  const from = timeOf(fromMs, 'search.from_ms');
  const to = timeOf(toMs, 'search.to_ms');
  if (from !== undefined && to !== undefined && from >= to) return 'search.to_ms: is not after from_ms';
  return (
    (card ? identifierProblem('search.card', card) : undefined) ??
    (terminal ? identifierProblem('search.terminal', terminal) : undefined)
  );
}

function timeOf(time: WireLong | null | undefined, field: string): number | undefined {
  return time === null || time === undefined ? undefined : toUnsigned(time, field);
}

function newestFirst(one: v1.HistoryEntry.$Properties, other: v1.HistoryEntry.$Properties): number {
  return (
    numberOf(other.timeMs) - numberOf(one.timeMs) ||
    (other.partition ?? 0) - (one.partition ?? 0) ||
    numberOf(other.sequence) - numberOf(one.sequence) ||
    (other.index ?? 0) - (one.index ?? 0)
  );
}

function numberOf(value: WireLong | null | undefined): number {
  return toNumber(value ?? 0, 'search_result');
}
