import { MAX_DESCRIBED } from '../actors/bounds.js';
import { v1 } from '../proto/generated/emoney.js';
import type { Exchange } from './exchange.js';
import { Gathering } from './gathering.js';
import { identifierProblem } from './identifier.js';
import { Paging } from './paging.js';
import type { Partitions } from './partitions.js';
import { mergeTotals } from './totals.js';

/** Questions about many actors: asked of every partition that is concerned, answered as one. */
export class Describing {
  private readonly partitions: Partitions;
  private readonly system: () => v1.SystemDescription.$Properties;

  constructor(partitions: Partitions, system: () => v1.SystemDescription.$Properties) {
    this.partitions = partitions;
    this.system = system;
  }

  serve(message: v1.ClientMessage, exchange: Exchange): void {
    const { describeCards, describeTerminals, describeTotals, describeSystem } = message;
    if (describeCards != null) this.cards(describeCards.cards ?? [], exchange);
    else if (describeTerminals?.firstRow || describeTotals?.firstRow) {
      exchange.refuse(v1.Rejection.REJECTION_MALFORMED, `${exchange.kind}.firstRow: is for gateways only`);
    } else if (describeTerminals != null) this.terminals(describeTerminals.terminals ?? [], exchange);
    else if (describeTotals != null) this.totals(describeTotals.terminals ?? [], exchange);
    else if (describeSystem != null) exchange.answer({ system: this.system() });
    else exchange.refuse(v1.Rejection.REJECTION_MALFORMED, `${exchange.kind}: is not served by this gateway`);
  }

  private cards(ids: readonly string[], exchange: Exchange): void {
    if (!accepted(ids, exchange)) return;
    const gathering = new Gathering(exchange, (replies) => {
      const found = replies.flatMap(({ cards }) => cards?.cards ?? []);
      const byId = new Map(found.map((card) => [card.id, card] as const));
      const leftOut = leftOutOf(replies.map(({ cards }) => cards));
      const cards = without(ids, leftOut).map((id) => byId.get(id) ?? { id });
      exchange.answer({ cards: { cards, leftOut: [...leftOut] } });
    });
    for (const [partition, cards] of this.split(ids)) {
      this.partitions.send(partition, { describeCards: { cards } }, gathering.part());
    }
    gathering.allAsked();
  }

  private terminals(ids: readonly string[], exchange: Exchange): void {
    if (!accepted(ids, exchange)) return;
    const gathering = new Gathering(exchange, (replies) => {
      const found = replies.flatMap((reply) => reply.terminals?.terminals ?? []);
      const byId = new Map(found.map((terminal) => [terminal.id, terminal] as const));
      const leftOut = leftOutOf(replies.map(({ terminals }) => terminals));
      const terminals = without(ids, leftOut).map((id) => byId.get(id) ?? { id, known: false });
      exchange.answer({ terminals: { terminals, leftOut: [...leftOut] } });
    });
    for (const [partition, terminals] of this.split(ids)) {
      new Paging(this.partitions, partition, 'describeTerminals', gathering.part()).ask(terminals);
    }
    gathering.allAsked();
  }

  /** The center's totals of a terminal lie with the cards: in every partition. */
  private totals(ids: readonly string[], exchange: Exchange): void {
    if (!accepted(ids, exchange)) return;
    const gathering = new Gathering(exchange, (replies) => {
      const described = replies.flatMap((reply) => reply.totals?.terminals ?? []);
      // A sum lacks what one partition left out: then the terminal is left out by all.
      const leftOut = leftOutOf(replies.map(({ totals }) => totals));
      const terminals = mergeTotals(without(ids, leftOut), described);
      exchange.answer({ totals: { terminals, leftOut: [...leftOut] } });
    });
    const terminals = [...new Set(ids)];
    for (let partition = 0; partition < this.partitions.count; partition += 1) {
      new Paging(this.partitions, partition, 'describeTotals', gathering.part()).ask(terminals);
    }
    gathering.allAsked();
  }

  private split(ids: readonly string[]): Map<number, string[]> {
    const parts = new Map<number, string[]>();
    for (const id of new Set(ids)) {
      const partition = this.partitions.of(id);
      const part = parts.get(partition);
      if (part === undefined) parts.set(partition, [id]);
      else part.push(id);
    }
    return parts;
  }
}

interface Portion {
  readonly leftOut?: readonly string[] | null;
}

/** Ids for which a partition had no room: the client asks again for these. */
function leftOutOf(portions: readonly (Portion | null | undefined)[]): ReadonlySet<string> {
  return new Set(portions.flatMap((portion) => portion?.leftOut ?? []));
}

function without(ids: readonly string[], leftOut: ReadonlySet<string>): readonly string[] {
  return leftOut.size === 0 ? ids : ids.filter((id) => !leftOut.has(id));
}

function accepted(ids: readonly string[], exchange: Exchange): boolean {
  const problem = problemOf(ids, exchange.kind);
  if (problem !== undefined) exchange.refuse(v1.Rejection.REJECTION_MALFORMED, problem);
  return problem === undefined;
}

function problemOf(ids: readonly string[], kind: string): string | undefined {
  if (ids.length > MAX_DESCRIBED)
    return `${kind}: ${ids.length} ids, at most ${MAX_DESCRIBED} may be asked for`;
  for (const id of ids) {
    const problem = identifierProblem(kind, id);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
