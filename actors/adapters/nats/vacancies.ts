/** Which groups of a NATS cluster have lost their leader, from what its servers say of themselves. */

/** One server's part in a Raft group (a stream, or JetStream's own), as `/raftz` of nats-server has it. */
export interface RaftGroup {
  /** Of this server within Raft: eight characters. */
  readonly id: string;
  /** LEADER, FOLLOWER, CANDIDATE … */
  readonly state: string;
  readonly term: number;
  /** Index of the last entry in its log, 0: it is empty. */
  readonly pindex: number;
  readonly quorum_needed: number;
}

/** One server's answer to `$SYS.REQ.SERVER.PING.RAFTZ`. */
export interface RaftAnswer {
  readonly server: { readonly ver: string };
  /** Groups by account and name; absent when it has none of them. */
  readonly data?: Readonly<Record<string, Readonly<Record<string, RaftGroup>>>>;
}

/** A group of which enough members answer to elect a leader, none of them is one, and all have a log. */
export interface Vacancy {
  readonly group: string;
  /** Id of one of those members. */
  readonly member: string;
  /** The highest that a member knows. */
  readonly term: number;
}

export function vacancies(answers: readonly RaftAnswer[]): readonly Vacancy[] {
  const groups = new Map<string, RaftGroup[]>();
  for (const { data = {} } of answers)
    for (const [name, member] of Object.values(data).flatMap((each) => Object.entries(each)))
      groups.set(name, [...(groups.get(name) ?? []), member]);
  return [...groups].flatMap(([group, members]) => vacancyOf(group, members) ?? []);
}

function vacancyOf(group: string, members: readonly RaftGroup[]): Vacancy | undefined {
  const [first] = members;
  if (first === undefined || members.length < first.quorum_needed) return undefined;
  if (members.some(({ state }) => state === 'LEADER')) return undefined;
  // A new group, in which a member with an empty log would grant its vote, and wait.
  if (members.some(({ pindex }) => pindex === 0)) return undefined;
  return { group, member: first.id, term: Math.max(...members.map(({ term }) => term)) };
}

const ID_LENGTH = 8;

/**
 * A vote request of the next term, in the member's name and with an empty log: 32 bytes, little endian (term, term and
 * index of the last entry, candidate; `voteRequest` in nats-server's server/raft.go, 2.15).
 *
 * Raft lets a member ask for votes at any time. Whoever has a longer log refuses, and, because it knows better than the
 * one that asks, stands for election itself within 0.1 to 0.8 s. The name must be a member's: a leader would take another
 * into the group.
 */
export function voteRequest({ member, term }: Vacancy): Uint8Array {
  const bytes = Buffer.alloc(3 * 8 + ID_LENGTH);
  bytes.writeBigUInt64LE(BigInt(term) + 1n, 0);
  bytes.write(member.slice(0, ID_LENGTH), 3 * 8, 'latin1');
  return bytes;
}
