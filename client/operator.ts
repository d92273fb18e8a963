import { MAX_DESCRIBED } from '../actors/bounds.js';
import { v1 } from '../proto/generated/emoney.js';
import { toUnsigned } from '../proto/guard.js';
import { batchClosedOf, wireReport, type BatchClosed } from './batch.js';
import { openConnection, type Body, type Connection } from './connection.js';
import { centerOf, type CenterDescription } from './parameters.js';
import * as plain from './descriptions.js';
import { listDifferences, type BatchDifferences } from './differences.js';
import type { ConnectionLostError } from './errors.js';
import { ExplainedCommands } from './explain.js';
import { listAlerts, listCollections, listInstructions, listProhibitions, listTerminals } from './matters.js';
import type {
  Alert,
  CollectionOrder,
  PendingInstruction,
  Prohibition,
  RegisteredTerminal,
} from './matters.js';
import { OperatorCommands } from './operatorCommands.js';
import { askPatiently } from './patience.js';
import { listDayTotals, listLoans, type DateRange, type DayTotals, type Loans } from './reports.js';
import { searchResultOf, wireSearch, type SearchQuery, type SearchResult } from './search.js';

export type {
  CardAdjustment,
  ProhibitionChange,
  StoreInstruction,
  TerminalTerms,
} from './operatorCommands.js';

export interface OperatorOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  readonly secret: string;
  readonly onLost?: ((error: ConnectionLostError) => void) | undefined;
  /** How long each message may stay unanswered, in milliseconds. Default: 30 s; a gateway answers sooner. */
  readonly patienceMs?: number | undefined;
}

/** What a phone must say to connect: of one terminal's id, one card and one device. As secret as a key. */
export interface PhoneToken {
  readonly terminal: string;
  readonly card: string;
  readonly device: number;
  readonly token: string;
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

/** @throws RejectedError (UNAUTHORIZED), ConnectionLostError, NoAnswerError */
export async function connectOperator(options: OperatorOptions): Promise<Operator> {
  const { url, secret, onLost, patienceMs } = options;
  const connection = await openConnection({ url, onLost, patienceMs });
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
 * asked. What is rejected for now is repeated. Methods throw RejectedError or ConnectionLostError (NoAnswerError where the
 * gateway is silent for too long).
 */
export class Operator extends OperatorCommands<plain.Acknowledged> {
  readonly deployment: string;
  readonly connection: Connection;

  constructor(connection: Connection, deployment: string) {
    super();
    this.connection = connection;
    this.deployment = deployment;
  }

  /** The same commands, and the transactions of any terminal, explained instead of done. */
  get explain(): ExplainedCommands {
    return new ExplainedCommands(this.connection);
  }

  /** What a registered phone must say to connect. Throws RejectedError: it is unknown, or no phone. */
  async phoneToken(terminal: string): Promise<PhoneToken> {
    const { phoneToken } = await this.ask({ phoneToken: { terminal } });
    const { card, device, token } = phoneToken ?? {};
    return { terminal, card: card ?? '', device: device ?? 0, token: token ?? '' };
  }

  /** Closes a terminal's batch without its device: the device's column stays empty. */
  async closeBatch(terminal: string, batch = 0): Promise<BatchClosed> {
    const { batchClosed } = await this.ask({ closeBatch: wireReport(terminal, { batch }) });
    return batchClosedOf(batchClosed ?? {});
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

  async describeCenter(): Promise<CenterDescription> {
    const { center } = await this.ask({ describeCenter: {} });
    return centerOf(center ?? {});
  }

  async describeSystem(): Promise<plain.SystemDescription> {
    const { system } = await this.ask({ describeSystem: {} });
    return plain.systemDescriptionOf(system ?? {});
  }

  /** What the histories hold: newest first, at most 100. Never without a partition that is concerned. */
  async search(query: SearchQuery = {}): Promise<SearchResult> {
    const { searchResult } = await this.ask({ search: wireSearch(query) });
    return searchResultOf(searchResult ?? {});
  }

  /** What the columns of a batch lack or have otherwise, and what is in flight. Also of the open batch. */
  async listDifferences(terminal: string, batch: number): Promise<BatchDifferences> {
    return listDifferences((body) => this.ask(body), terminal, batch);
  }

  /** What a settlement has ordered; without its number: the debits that the bank has neither confirmed nor returned. */
  async listCollections(settlement?: number): Promise<readonly CollectionOrder[]> {
    return listCollections((body) => this.ask(body), settlement);
  }

  /** Store instructions that wait for their cards, oldest first. */
  async listInstructions(): Promise<readonly PendingInstruction[]> {
    return listInstructions((body) => this.ask(body));
  }

  /** Cards that owe four fifths of their limit or more, oldest first. */
  async listAlerts(): Promise<readonly Alert[]> {
    return listAlerts((body) => this.ask(body));
  }

  /** Prohibited cards, with all their reasons; longest prohibited first. */
  async listProhibitions(): Promise<readonly Prohibition[]> {
    return listProhibitions((body) => this.ask(body));
  }

  /** Every terminal that was registered, by name. */
  async listTerminals(): Promise<readonly RegisteredTerminal[]> {
    return listTerminals((body) => this.ask(body));
  }

  /**
   * What every card owed at the end of a business date (yyyymmdd), by the time of receipt; of a date that is not over,
   * what it owes now. Sums are of all, listed are the `limit` that owed most. Never without a partition.
   */
  async listLoans(date: number, limit = 100): Promise<Loans> {
    return listLoans((body) => this.ask(body), date, limit);
  }

  /** What business dates were compiled to: by terminal, in all, and the center's own. Never without a partition. */
  async listDayTotals(range: DateRange): Promise<DayTotals> {
    return listDayTotals((body) => this.ask(body), range);
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

  protected override async command(body: Body): Promise<plain.Acknowledged> {
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
