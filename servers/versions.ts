import semver from 'semver';

/** Which versions of a server are wanted, which will do, and what is lost with those. */
export interface VersionPolicy {
  readonly name: string;
  readonly wanted: string;
  readonly least: string;
  /** What is lost below `wanted`; the second half of the warning. */
  readonly lost: string;
}

export type Standing = 'wanted' | 'accepted' | 'refused';

export const natsPolicy: VersionPolicy = {
  name: 'nats-server',
  wanted: '2.15.0',
  least: '2.11.0',
  lost:
    'grouped Raft appends are missing and a three-node cluster also fsyncs the stream file ' +
    'for every message: slower, not less safe',
};

export const redisPolicy: VersionPolicy = {
  name: 'redis-server',
  wanted: '7.0.0',
  least: '6.2.0',
  lost:
    'the append-only file is one file, and what is written during its rewrite is kept twice: ' +
    'more memory, not less safe',
};

export const spinPolicy: VersionPolicy = {
  name: 'spin',
  wanted: '6.5.2',
  least: '6.5.0',
  lost: 'the models were checked with the later one only',
};

/** The later one's `wanted` is what `servers/node` fetches. */
export const nodePolicy: VersionPolicy = {
  name: 'node',
  wanted: '26.10.0',
  least: '26.0.0',
  lost: 'a virtual world takes about a third longer, and is the same',
};

/** The first version in what a program printed, as `major.minor.patch[-prerelease]`. */
export function parseVersion(output: string): string | undefined {
  const match = /\bv(?:=|ersion )?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?)/i.exec(output);
  return match?.[1] === undefined ? undefined : (semver.valid(match[1]) ?? undefined);
}

/** `accepted` means: use it, and say `warningFor` once. */
export function judge(policy: VersionPolicy, version: string): Standing {
  if (semver.gte(version, policy.wanted)) return 'wanted';
  return semver.gte(version, policy.least) ? 'accepted' : 'refused';
}

export function warningFor(policy: VersionPolicy, version: string): string {
  return `warning: ${policy.name} ${version} is older than ${policy.wanted}: ${policy.lost}`;
}
