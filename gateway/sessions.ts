import { v1 } from '../proto/generated/emoney.js';
import type { Exchange } from './exchange.js';
import { identifierProblem } from './identifier.js';
import type { ListFeed } from './listFeed.js';
import type { ListTimes } from './listTimes.js';
import type { Partitions } from './partitions.js';
import type { Waiter } from './pending.js';

const { Rejection } = v1;
const READING = 'the gateway is still reading the prohibition list';

/** HELLO and WELCOME: which terminals a connection speaks for. */
export class Sessions {
  private readonly partitions: Partitions;
  private readonly feed: ListFeed;
  private readonly times: ListTimes;

  constructor(partitions: Partitions, feed: ListFeed, times: ListTimes) {
    this.partitions = partitions;
    this.feed = feed;
    this.times = times;
  }

  hello(hello: v1.Hello, exchange: Exchange): void {
    const { terminal, incarnation, nextNumber, source, list } = hello;
    const problem = identifierProblem('hello.terminal', terminal);
    if (problem !== undefined) {
      exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
    } else if (this.feed.version === undefined) {
      exchange.refuse(Rejection.REJECTION_UNAVAILABLE, READING);
    } else {
      const openSession: v1.OpenSession.$Properties = { terminal, source };
      if (incarnation != null) openSession.incarnation = incarnation;
      if (nextNumber != null) openSession.nextNumber = nextNumber;
      if (list != null) openSession.list = list;
      const partition = this.partitions.of(terminal);
      this.partitions.send(partition, { openSession }, new Opening(exchange, hello, partition, this));
    }
  }

  welcomed(welcomed: v1.Welcomed, { exchange, hello, partition }: Opening): void {
    const { connection } = exchange;
    const { terminal, incarnation, nextNumber, session, openNumbers } = welcomed;
    // The connection may be gone by now; then nobody must think that this terminal is connected.
    if (!connection.open) return;
    const version = this.feed.version;
    // The list was replaced while the terminal's actor answered: there is none to hold yet.
    if (version === undefined) {
      exchange.refuse(Rejection.REJECTION_UNAVAILABLE, READING);
      return;
    }
    connection.terminals.set(terminal, { terminal, partition, incarnation, session });
    this.times.joined(connection, terminal, version);
    const welcome = { terminal, incarnation, nextNumber, session, openNumbers, list: version };
    exchange.answer({ welcome });
    this.feed.follow(connection, hello.list ?? undefined);
  }
}

class Opening implements Waiter {
  readonly exchange: Exchange;
  readonly hello: v1.Hello;
  readonly partition: number;
  private readonly sessions: Sessions;

  constructor(exchange: Exchange, hello: v1.Hello, partition: number, sessions: Sessions) {
    this.exchange = exchange;
    this.hello = hello;
    this.partition = partition;
    this.sessions = sessions;
  }

  answered({ welcomed }: v1.CommandReply): void {
    if (welcomed == null) this.rejected(Rejection.REJECTION_INTERNAL, 'the terminal answered something else');
    else this.sessions.welcomed(welcomed as v1.Welcomed, this);
  }

  rejected(code: v1.Rejection, detail: string): void {
    this.exchange.refuse(code, detail);
  }
}
