import { v1 } from '../proto/generated/emoney.js';
import type { Connection } from './connection.js';
import type { Exchange } from './exchange.js';
import type { ListTimes } from './listTimes.js';
import { versionOf } from './listVersion.js';
import type { Partitions } from './partitions.js';
import type { RefusedBy, Waiter } from './pending.js';

const { Rejection } = v1;

/** "This terminal holds the list up to here": passed on to each terminal's actor, answered when all have it. */
export class Acknowledgements {
  private readonly partitions: Partitions;
  private readonly times: ListTimes;

  constructor(partitions: Partitions, times: ListTimes) {
    this.partitions = partitions;
    this.times = times;
  }

  acknowledge({ terminals, version }: v1.ListAcknowledgement, exchange: Exchange): void {
    const { connection } = exchange;
    if (version == null) {
      exchange.refuse(Rejection.REJECTION_MALFORMED, 'list_acknowledgement.version: is missing');
      return;
    }
    const names = terminals.length > 0 ? [...new Set(terminals)] : withList(connection);
    const sessions = names.flatMap((name) => connection.terminals.get(name) ?? []);
    if (sessions.length < names.length || sessions.length === 0) {
      exchange.refuse(Rejection.REJECTION_NO_SESSION, 'say HELLO for every terminal that acknowledges');
      return;
    }
    const all = new Acknowledging(exchange, version, sessions.length);
    for (const { terminal, partition, session } of sessions) {
      const waiter = new Holding(all, connection, terminal, this.times);
      this.partitions.send(partition, { holdList: { terminal, session, version } }, waiter);
    }
  }
}

/** Phones get no list. */
function withList({ terminals }: Connection): readonly string[] {
  return [...terminals.values()].flatMap(({ terminal, phone }) => (phone === undefined ? [terminal] : []));
}

interface Problem {
  readonly code: v1.Rejection;
  readonly detail: string;
  readonly by: RefusedBy;
}

/** One acknowledgement of a connection, for all the terminals that it names. */
class Acknowledging {
  readonly version: v1.ListVersion.$Properties;
  private readonly exchange: Exchange;
  private readonly terminals: number;
  private missing: number;
  private problem: Problem | undefined;

  constructor(exchange: Exchange, version: v1.ListVersion.$Properties, terminals: number) {
    this.exchange = exchange;
    this.version = version;
    this.terminals = terminals;
    this.missing = terminals;
  }

  one(problem?: Problem): void {
    this.missing -= 1;
    this.problem ??= problem;
    if (this.missing > 0) return;
    const { version, terminals } = this;
    if (this.problem === undefined) this.exchange.answer({ listAcknowledged: { version, terminals } });
    else this.exchange.refuse(this.problem.code, this.problem.detail, this.problem.by);
  }
}

class Holding implements Waiter {
  private readonly all: Acknowledging;
  private readonly connection: Connection;
  private readonly terminal: string;
  private readonly times: ListTimes;

  constructor(all: Acknowledging, connection: Connection, terminal: string, times: ListTimes) {
    this.all = all;
    this.connection = connection;
    this.terminal = terminal;
    this.times = times;
  }

  answered(): void {
    this.times.acknowledged(this.connection, this.terminal, versionOf(this.all.version));
    this.all.one();
  }

  rejected(code: v1.Rejection, detail: string, by: RefusedBy): void {
    this.all.one({ code, detail: `${this.terminal}: ${detail}`, by });
  }
}
