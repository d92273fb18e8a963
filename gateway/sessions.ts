import { v1 } from '../proto/generated/emoney.js';
import { toUnsigned } from '../proto/guard.js';
import type { Exchange } from './exchange.js';
import { identifierProblem } from './identifier.js';
import type { ListFeed } from './listFeed.js';
import type { ListTimes } from './listTimes.js';
import type { Partitions } from './partitions.js';
import type { RefusedBy, Waiter } from './pending.js';
import type { Phones } from './phones.js';
import { provenBy } from './phoneToken.js';
import { SentNumbers } from './sentNumbers.js';

const { Rejection } = v1;
const READING = 'the gateway is still reading the prohibition list';

export interface SessionsOptions {
  readonly partitions: Partitions;
  readonly feed: ListFeed;
  readonly times: ListTimes;
  readonly phones: Phones;
  readonly phoneKey: Uint8Array;
}

/** HELLO and WELCOME: which terminals a connection speaks for. */
export class Sessions {
  private readonly options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.options = options;
  }

  hello(hello: v1.Hello, exchange: Exchange): void {
    const { terminal, incarnation, nextNumber, source, list, token } = hello;
    const { partitions, feed, phoneKey } = this.options;
    const problem = identifierProblem('hello.terminal', terminal);
    if (problem !== undefined) {
      exchange.refuse(Rejection.REJECTION_MALFORMED, problem);
    } else if (feed.version === undefined) {
      exchange.refuse(Rejection.REJECTION_UNAVAILABLE, READING);
    } else {
      const proven = token === '' ? undefined : provenBy(phoneKey, terminal, token);
      if (token !== '' && proven === undefined) {
        exchange.refuse(Rejection.REJECTION_UNAUTHORIZED, 'the token is wrong');
        exchange.connection.guessedWrong();
        return;
      }
      // Whether it is a phone, and this one, the terminal's actor knows.
      const { card = '', device = 0 } = proven ?? {};
      const openSession: v1.OpenSession.$Properties = { terminal, source, card, device };
      if (incarnation != null) openSession.incarnation = incarnation;
      if (nextNumber != null) openSession.nextNumber = nextNumber;
      if (list != null) openSession.list = list;
      const partition = partitions.of(terminal);
      partitions.send(partition, { openSession }, new Opening(exchange, hello, partition, this));
    }
  }

  welcomed(welcomed: v1.Welcomed, { exchange, hello, partition }: Opening): void {
    const { connection } = exchange;
    const { feed, times, phones } = this.options;
    const { terminal, incarnation, nextNumber, session, openNumbers, batch, card, device } = welcomed;
    // The connection may be gone by now; then nobody must think that this terminal is connected.
    if (!connection.open) return;
    const { version } = feed;
    // The list was replaced while the terminal's actor answered: there is none to hold yet.
    if (version === undefined) {
      exchange.refuse(Rejection.REJECTION_UNAVAILABLE, READING);
      return;
    }
    const phone = card === '' ? undefined : { terminal, card, device, connection };
    const sent = new SentNumbers(toUnsigned(nextNumber, 'next_number'));
    connection.terminals.set(terminal, { terminal, partition, incarnation, session, sent, phone });
    const given = { terminal, incarnation, nextNumber, session, openNumbers, batch, card, device };
    exchange.answer({ welcome: { ...given, list: version } });
    if (phone !== undefined) {
      phones.join(phone);
      return;
    }
    times.joined(connection, terminal, version);
    feed.follow(connection, hello.list ?? undefined);
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
    if (welcomed == null)
      this.exchange.refuse(Rejection.REJECTION_INTERNAL, 'the terminal answered something else');
    else this.sessions.welcomed(welcomed as v1.Welcomed, this);
  }

  rejected(code: v1.Rejection, detail: string, by: RefusedBy): void {
    this.exchange.refuse(code, detail, by);
  }
}
