/** Which groups of a NATS cluster have lost their leader, from what its servers say of themselves. */

/** One server's part in a Raft group (a stream, or JetStream's own), as `/raftz` of nats-server has it. */
export interface RaftGroup {
  /** Of this server within Raft: eight characters. */
  readonly id: string;
  readonly state: string;
  /** The leader's id; empty or absent while there is none. */
  readonly leader?: string;
  readonly term: number;
  readonly quorum_needed: number;
}

/** One server's answer to `$SYS.REQ.SERVER.PING.RAFTZ`. */
export interface RaftAnswer {
  readonly server: { readonly ver: string };
  /** Groups by account and name; absent when it has none of them. */
  readonly data?: Readonly<Record<string, Readonly<Record<string, RaftGroup>>>>;
}

/** A group whose members, enough of them to elect, all follow one that does not answer. */
export interface Vacancy {
  readonly group: string;
  readonly leader: string;
  /** The highest that a member knows. */
  readonly term: number;
}

export function vacancies(answers: readonly RaftAnswer[]): readonly Vacancy[] {
  const members = new Map<string, RaftGroup[]>();
  for (const { data = {} } of answers)
    for (const [name, group] of Object.values(data).flatMap((groups) => Object.entries(groups)))
      members.set(name, [...(members.get(name) ?? []), group]);
  return [...members].flatMap(([group, those]) => vacancyOf(group, those) ?? []);
}

function vacancyOf(group: string, members: readonly RaftGroup[]): Vacancy | undefined {
  const [first] = members;
  const leader = first?.leader;
  if (first === undefined || leader === undefined || leader === '') return undefined;
  // A candidate, or another leader, has begun what would be asked for.
  const alike = members.every((member) => member.state === 'FOLLOWER' && member.leader === leader);
  const answers = members.some(({ id }) => id === leader);
  if (!alike || answers || members.length < first.quorum_needed) return undefined;
  return { group, leader, term: Math.max(...members.map(({ term }) => term)) };
}

const LEADER_LENGTH = 8;

/**
 * A vote request of the next term, in the lost leader's name and with an empty log: 32 bytes, little endian (term, term
 * and index of the last entry, candidate; `voteRequest` in nats-server's server/raft.go, 2.15).
 *
 * Raft lets anybody ask for votes at any time. Whoever has a longer log refuses, and, because it knows better than the
 * one that asks, stands for election itself within 0.1 to 0.8 s.
 */
export function voteRequest({ leader, term }: Vacancy): Uint8Array {
  const bytes = Buffer.alloc(3 * 8 + LEADER_LENGTH);
  bytes.writeBigUInt64LE(BigInt(term) + 1n, 0);
  bytes.write(leader.slice(0, LEADER_LENGTH), 3 * 8, 'latin1');
  return bytes;
}
