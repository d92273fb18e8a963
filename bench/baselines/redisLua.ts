/** Redis 7 with an append-only file that is synced before every answer: one Lua script a payment. */
import { Redis, type Result } from 'ioredis';
import { Random } from '../../simulator/random.js';
import { closedLoop, type Throughput } from '../support/closedLoop.js';
import type { Servers } from '../support/servers.js';

export interface RedisOptions {
  readonly cards: number;
  readonly inFlight: number;
  readonly seconds: number;
}

/**
 * The least that a payment is: a known id gets its answer again, the stored value pays, a loan within the limit the
 * rest, and the terminal's totals grow. No record of the center, no history, no reversal, no batch.
 */
const PAY = `
local known = redis.call('HGET', KEYS[2], ARGV[1])
if known then return known end
local card = redis.call('HMGET', KEYS[1], 'value', 'loan', 'limit')
local value, loan, limit = tonumber(card[1]), tonumber(card[2]), tonumber(card[3])
local amount = tonumber(ARGV[2])
local fromValue = math.min(value, amount)
local outcome = 'APPROVED'
if loan + amount - fromValue > limit then
  outcome = 'OVER_LIMIT'
else
  redis.call('HSET', KEYS[1], 'value', value - fromValue, 'loan', loan + amount - fromValue)
  redis.call('HINCRBY', KEYS[3], 'count', 1)
  redis.call('HINCRBY', KEYS[3], 'amount', amount)
end
redis.call('HSET', KEYS[2], ARGV[1], outcome)
return outcome
`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    pay(card: string, ids: string, totals: string, id: string, amount: string): Result<string, Context>;
  }
}

const TERMINALS = 200;
const SEED = 7;

export async function redisLua({ redis: server }: Servers, options: RedisOptions): Promise<Throughput> {
  const { cards, inFlight, seconds } = options;
  // What is ready in one tick leaves in one write, and Redis syncs it once.
  const redis = new Redis(server.url, { enableAutoPipelining: true });
  redis.defineCommand('pay', { numberOfKeys: 3, lua: PAY });
  const random = new Random(SEED);
  let next = 0;
  try {
    const issued = Array.from({ length: cards }, (_, card) =>
      redis.hset(`card:${card}`, { value: 100_000_000, loan: 0, limit: 1_000_000_000 }),
    );
    await Promise.all(issued);
    return await closedLoop({
      ...{ name: 'redis', inFlight, seconds },
      pids: () => ({ client: process.pid, redis: server.pid }),
      begin: (done) => {
        const terminal = next % TERMINALS;
        const card = random.integer(0, cards - 1);
        next += 1;
        redis.pay(`card:${card}`, `ids:${terminal}`, `totals:${terminal}`, `${inFlight}/${next}`, '1').then(
          (outcome) => {
            done(outcome === 'APPROVED' ? undefined : outcome);
          },
          (error: unknown) => {
            done(String(error));
          },
        );
      },
    });
  } finally {
    redis.disconnect();
  }
}
