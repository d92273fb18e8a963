import type { RedisConnection } from './connection.js';

/**
 * What of this Redis's configuration will cost time, said for operators; empty: nothing. It never costs money, since
 * nothing in Redis is believed: so it is no reason not to start. Throws StoreUnavailableError.
 */
export async function unsuitabilities(connection: RedisConnection): Promise<readonly string[]> {
  // One section each is what every version understands; INFO alone is allowed where CONFIG is not.
  const [memory, persistence] = await connection.run((client) =>
    Promise.all([client.info('memory'), client.info('persistence')]),
  );
  const said: string[] = [];
  const policy = propertyOf(memory, 'maxmemory_policy');
  // Snapshots have no time to live: the volatile policies evict none.
  if (policy?.startsWith('allkeys') === true) {
    said.push(
      `Redis may evict snapshots (maxmemory-policy ${policy}), and each is then rebuilt from the journal: set maxmemory-policy noeviction`,
    );
  }
  if (propertyOf(persistence, 'aof_enabled') === '0') {
    said.push(
      'Redis forgets on a restart what it has not saved (appendonly no), and it is then rebuilt from the journal: set appendonly yes',
    );
  }
  return said;
}

/** Of what INFO says. */
export function propertyOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}
