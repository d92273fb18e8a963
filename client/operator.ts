import { MAX_DESCRIBED } from '../actors/bounds.js';
import { v1 } from '../proto/generated/emoney.js';
import { fromInteger, toUnsigned } from '../proto/guard.js';
import { wireTerms, type CardTerms } from './cardTerms.js';
import { openConnection, type Body, type Connection } from './connection.js';
import * as plain from './descriptions.js';
import type { ConnectionLostError } from './errors.js';
import type { ReasonName, RoleName } from './names.js';
import { askPatiently } from './patience.js';

export interface OperatorOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  readonly secret: string;
  readonly onLost?: ((error: ConnectionLostError) => void) | undefined;
}

export interface ProhibitionChange {
  /** Default: OPERATOR. */
  readonly reason?: Extract<ReasonName, 'OPERATOR' | 'LOST'> | undefined;
  readonly note?: string | undefined;
  /** Refused with VERSION_CONFLICT when the record's version is another. */
  readonly expectedVersion?: number | undefined;
}

export interface JournalPart {
  readonly partition: number;
  readonly firstSequence: number;
  /** Frame messages, byte for byte; fewer than asked for where the answer would be too large. */
  readonly frames: readonly Uint8Array[];
  readonly lastSequence: number;
}

export interface SnapshotView {
  readonly unit: string;
  /** Undefined: there is none. */
  readonly state: Uint8Array | undefined;
  readonly sequence: number;
  readonly generation: number;
}

/** Descriptions by id, and the ids for which there was no room. */
type Portion<Description> = readonly [
  found: readonly (readonly [string, Description])[],
  leftOut: readonly string[],
];

/** @throws RejectedError (UNAUTHORIZED), ConnectionLostError */
export async function connectOperator({ url, secret, onLost }: OperatorOptions): Promise<Operator> {
  const connection = await openConnection({ url, onLost });
  try {
    const { operatorWelcome } = await connection.ask({ operatorHello: { secret } });
    return new Operator(connection, operatorWelcome?.deployment ?? '');
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/**
 * An operator's session. Questions may name any number of ids; they are asked in portions, answered in the order
 * asked. What is rejected for now is repeated. Methods throw RejectedError or ConnectionLostError.
 */
export class Operator {
  readonly deployment: string;
  readonly connection: Connection;

  constructor(connection: Connection, deployment: string) {
    this.connection = connection;
    this.deployment = deployment;
  }

  async issueCard(card: string, terms: CardTerms): Promise<plain.Acknowledged> {
    return this.command({ issueCard: { card, terms: wireTerms(terms) } });
  }

  async registerTerminal(
    terminal: string,
    { role, mayDefer = true }: { readonly role: RoleName; readonly mayDefer?: boolean | undefined },
  ): Promise<plain.Acknowledged> {
    const wireRole = v1.TerminalRole[`TERMINAL_ROLE_${role}`];
    return this.command({ registerTerminal: { terminal, role: wireRole, mayDefer } });
  }

  async changeLimit(card: string, limit: number, expectedVersion?: number): Promise<plain.Acknowledged> {
    const version = expectedVersion === undefined ? {} : { expectedVersion };
    return this.command({ changeLimit: { card, limit: fromInteger(limit, 'limit'), ...version } });
  }

  async prohibit(card: string, change: ProhibitionChange = {}): Promise<plain.Acknowledged> {
    return this.changeProhibition(card, true, change);
  }

  async lift(card: string, change: ProhibitionChange = {}): Promise<plain.Acknowledged> {
    return this.changeProhibition(card, false, change);
  }

  async activate(card: string): Promise<plain.Acknowledged> {
    return this.command({ activateCard: { card } });
  }

  async describeCards(cards: readonly string[]): Promise<plain.CardDescription[]> {
    return (await this.cardsAsSent(cards)).map(plain.cardDescriptionOf);
  }

  async describeTerminals(terminals: readonly string[]): Promise<plain.TerminalDescription[]> {
    return (await this.terminalsAsSent(terminals)).map(plain.terminalDescriptionOf);
  }

  /** The center's totals: the sum over all partitions. */
  async describeTotals(terminals: readonly string[]): Promise<plain.TotalsDescription[]> {
    return (await this.totalsAsSent(terminals)).map(plain.totalsDescriptionOf);
  }

  /** The protocol's own messages, with all that the plain views leave out: for auditors. */
  async cardsAsSent(ids: readonly string[]): Promise<v1.CardDescription.$Properties[]> {
    return this.describe(
      ids,
      (cards) => ({ describeCards: { cards } }),
      ({ cards: reply }) => [(reply?.cards ?? []).map((each) => [each.id ?? '', each]), reply?.leftOut ?? []],
    );
  }

  async terminalsAsSent(ids: readonly string[]): Promise<v1.TerminalDescription.$Properties[]> {
    return this.describe(
      ids,
      (terminals) => ({ describeTerminals: { terminals } }),
      ({ terminals: reply }) => [
        (reply?.terminals ?? []).map((each) => [each.id ?? '', each]),
        reply?.leftOut ?? [],
      ],
    );
  }

  async totalsAsSent(ids: readonly string[]): Promise<v1.TotalsDescription.$Properties[]> {
    return this.describe(
      ids,
      (terminals) => ({ describeTotals: { terminals } }),
      ({ totals: reply }) => [
        (reply?.terminals ?? []).map((each) => [each.terminal ?? '', each]),
        reply?.leftOut ?? [],
      ],
    );
  }

  async describeSystem(): Promise<plain.SystemDescription> {
    const { system } = await this.ask({ describeSystem: {} });
    return plain.systemDescriptionOf(system ?? {});
  }

  async readJournal(partition: number, fromSequence: number, limit = 0): Promise<JournalPart> {
    const { journal } = await this.ask({ readJournal: { partition, fromSequence, limit } });
    return {
      partition,
      firstSequence: toUnsigned(journal?.firstSequence ?? 0, 'first_sequence'),
      frames: journal?.frames ?? [],
      lastSequence: toUnsigned(journal?.lastSequence ?? 0, 'last_sequence'),
    };
  }

  async readSnapshots(partition: number, units: readonly string[]): Promise<SnapshotView[]> {
    return (await this.snapshotsAsSent(partition, units)).map(snapshotOf);
  }

  async snapshotsAsSent(
    partition: number,
    ids: readonly string[],
  ): Promise<v1.SnapshotDescription.$Properties[]> {
    const answers = await this.inPortions(ids, (units) => ({ readSnapshots: { partition, units } }));
    return answers.flatMap((answer) => answer.snapshots?.snapshots ?? []);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private async changeProhibition(
    card: string,
    prohibited: boolean,
    { reason = 'OPERATOR', note = '', expectedVersion }: ProhibitionChange,
  ): Promise<plain.Acknowledged> {
    const version = expectedVersion === undefined ? {} : { expectedVersion };
    const wireReason = v1.ProhibitionReason[`PROHIBITION_REASON_${reason}`];
    return this.command({ changeProhibition: { card, reason: wireReason, prohibited, note, ...version } });
  }

  private async command(body: Body): Promise<plain.Acknowledged> {
    const { acknowledged } = await this.ask(body);
    return plain.acknowledgedOf(acknowledged ?? {});
  }

  /** One description for each id, in the order asked; what an answer has no room for is asked again. */
  private async describe<Description>(
    ids: readonly string[],
    bodyOf: (portion: string[]) => Body,
    read: (answer: v1.ServerMessage) => Portion<Description>,
  ): Promise<Description[]> {
    const described = new Map<string, Description>();
    let wanted = ids;
    while (wanted.length > 0) {
      const portions = (await this.inPortions(wanted, bodyOf)).map(read);
      for (const [found] of portions) for (const [id, description] of found) described.set(id, description);
      const leftOut = portions.flatMap(([, left]) => left);
      if (leftOut.length >= wanted.length)
        throw new Error('the gateway describes nothing that it is asked for');
      wanted = leftOut;
    }
    return ids.flatMap((id) => described.get(id) ?? []);
  }

  private async inPortions(
    ids: readonly string[],
    bodyOf: (portion: string[]) => Body,
  ): Promise<readonly v1.ServerMessage[]> {
    const answers: v1.ServerMessage[] = [];
    for (let start = 0; start < ids.length; start += MAX_DESCRIBED) {
      answers.push(await this.ask(bodyOf(ids.slice(start, start + MAX_DESCRIBED))));
    }
    return answers;
  }

  private async ask(body: Body): Promise<v1.ServerMessage> {
    return askPatiently(this.connection, body);
  }
}

function snapshotOf(snapshot: v1.SnapshotDescription.$Properties): SnapshotView {
  return {
    unit: snapshot.unit ?? '',
    state: snapshot.state ?? undefined,
    sequence: toUnsigned(snapshot.sequence ?? 0, 'sequence'),
    generation: snapshot.generation ?? 0,
  };
}
