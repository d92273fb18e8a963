import { setTimeout as delay } from 'node:timers/promises';
import { errors, type NatsConnection } from '@nats-io/transport-node';
import { ELECTION_ANSWERS_MS, ELECTION_LOOK_MS, ELECTION_PAUSE_MS, NATS_GREETING_MS } from '../../bounds.js';
import { NatsAddressError } from '../errors.js';
import { connectNats, type Nats } from './connection.js';
import { vacancies, voteRequest, type RaftAnswer } from './vacancies.js';

/** The version whose vote requests are known here. Another is left to itself. */
const KNOWN_VERSION = '2.15.';

const GROUPS = '$SYS.REQ.SERVER.PING.RAFTZ';

/** Where nobody listens: nobody counts these votes. */
const NOBODY = '_INBOX.emoney.nobody';

export interface ElectionsOptions {
  /** A user of the cluster's system account: `nats://user:password@host:port`, several with commas. */
  readonly systemUrl: string;
  readonly name: string;
  readonly log: (line: string) => void;
}

export interface Elections {
  /** A journal did not answer: if its leader is gone, the others are asked to elect one. Returns at once. */
  suspect(): void;
  close(): Promise<void>;
}

/**
 * Has a cluster replace a leader that was killed, or stands still, as soon as it is missed. By themselves its servers wait
 * for 4 to 9 s (constants of nats-server), and every journal that it led as long.
 *
 * It decides nothing. Who is elected, and that there is one leader in a term, is Raft's: an election too many costs a
 * pause and nothing else. Any number of processes may do this at the same time.
 * @throws NatsAddressError, or the client's error when nobody can be reached at `systemUrl`
 */
export async function openElections(nats: Nats, options: ElectionsOptions): Promise<Elections> {
  const system = await connectNats(options.systemUrl, { name: `${options.name}: elections` });
  try {
    await system.client.request(GROUPS, '', { timeout: NATS_GREETING_MS });
  } catch (error) {
    await system.close();
    // Servers that are busy, or just elect: it says nothing of the user.
    if (error instanceof errors.TimeoutError) throw error;
    const text =
      'the user of NATS_SYSTEM_URL may not ask the servers for their groups: name one of the system account';
    throw new NatsAddressError(text, { cause: error });
  }
  return new SystemAccountElections(nats.client, system, options.log);
}

class SystemAccountElections implements Elections {
  readonly #journals: NatsConnection;
  readonly #system: Nats;
  readonly #log: (line: string) => void;
  #resting = false;
  #unknownVersion: string | undefined;

  constructor(journals: NatsConnection, system: Nats, log: (line: string) => void) {
    this.#journals = journals;
    this.#system = system;
    this.#log = log;
  }

  suspect(): void {
    if (this.#resting) return;
    this.#resting = true;
    void this.#callForVotes()
      .catch(() => false)
      .then((called) => delay(called ? ELECTION_PAUSE_MS : ELECTION_LOOK_MS, undefined, { ref: false }))
      .finally(() => (this.#resting = false));
  }

  close(): Promise<void> {
    return this.#system.close();
  }

  /** True when there was anything to elect. */
  async #callForVotes(): Promise<boolean> {
    const { client } = this.#system;
    // JetStream's own group, too: it places new segments, and says what streams there are.
    const accounts = await Promise.all([accountOf(this.#journals), accountOf(client)]);
    const answers = (await Promise.all(accounts.map((account) => this.#groupsOf(account)))).flat();
    if (!this.#knows(answers)) return false;
    const vacant = vacancies(answers);
    for (const vacancy of vacant) {
      client.publish(`$NRG.V.${vacancy.group}`, voteRequest(vacancy), { reply: NOBODY });
      this.#log(`NATS: ${vacancy.group} has lost its leader: another is elected`);
    }
    return vacant.length > 0;
  }

  /** What every server says that is there. */
  #groupsOf(account: string): Promise<readonly RaftAnswer[]> {
    const answers: RaftAnswer[] = [];
    return new Promise((resolve) => {
      const end = (): void => {
        reply.close();
        resolve(answers);
      };
      const reply = this.#system.inbox.open((message) => answers.push(message.json<RaftAnswer>()), end);
      setTimeout(end, ELECTION_ANSWERS_MS);
      const question = JSON.stringify({ account });
      this.#system.client.publish(GROUPS, question, { reply: reply.subject });
    });
  }

  #knows(answers: readonly RaftAnswer[]): boolean {
    const unknown = answers
      .map(({ server }) => server.ver)
      .find((version) => !version.startsWith(KNOWN_VERSION));
    if (unknown !== this.#unknownVersion && unknown !== undefined)
      this.#log(`NATS: how nats-server ${unknown} elects is not known: it replaces a leader by itself`);
    this.#unknownVersion = unknown;
    return unknown === undefined;
  }
}

interface UserInfo {
  readonly data: { readonly account: string };
}

async function accountOf(client: NatsConnection): Promise<string> {
  const answer = await client.request('$SYS.REQ.USER.INFO', '', { timeout: ELECTION_ANSWERS_MS });
  return answer.json<UserInfo>().data.account;
}
