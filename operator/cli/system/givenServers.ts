/** Servers that run already, named by NATS_URL and REDIS_URL: asked once, before anything is made or started. */
import { connectNats } from '../../../actors/adapters/nats/connection.js';
import { RedisConnection } from '../../../actors/adapters/redis/connection.js';
import { CommandError } from '../errors.js';
import { parseRedisUrl } from '../options.js';

/** @throws CommandError that names NATS_URL and the address */
export async function requireNats(url: string): Promise<void> {
  try {
    const nats = await connectNats(url, { name: 'emoney: does it answer?' });
    await nats.close();
  } catch (error) {
    throw new CommandError(
      `nats-server at ${withoutCredentials(url)} cannot be used (NATS_URL): ${reasonOf(error)}: start it, or correct the address`,
      1,
      { cause: error },
    );
  }
}

/**
 * Payments go on without Redis, so it is only said.
 * @throws CommandError when it is no address
 */
export async function warnWithoutRedis(url: string, log: (line: string) => void): Promise<void> {
  requireAddress(url);
  let heard: () => void = () => undefined;
  const firstStatus = new Promise<void>((resolve) => (heard = resolve));
  const redis = new RedisConnection(url, { name: 'emoney: does it answer?', onStatus: heard });
  try {
    await Promise.race([firstStatus, redis.ready()]);
    await redis.run((client) => client.ping());
  } catch (error) {
    log(
      `warning: ${reasonOf(error)} (REDIS_URL): payments go on, but no snapshots are kept, and what is not in memory is read from the journals`,
    );
  } finally {
    await redis.close();
  }
}

function requireAddress(url: string): void {
  try {
    parseRedisUrl(url);
  } catch (error) {
    throw new CommandError(`REDIS_URL is no address: ${reasonOf(error)}`, 2);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withoutCredentials(url: string): string {
  // Up to the last @: a password may hold anything.
  return url.replace(/^(\w+:\/\/)?.*@/s, '$1');
}
