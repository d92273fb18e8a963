/** The gateway process: where the gateway meets NATS and Redis. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { FileArchive } from '../actors/adapters/files/archive.js';
import { connectNats, type Nats } from '../actors/adapters/nats/connection.js';
import { fixOnce } from '../actors/adapters/nats/fixedProperty.js';
import { natsJournalStore } from '../actors/adapters/nats/journalStore.js';
import { natsProhibitions } from '../actors/adapters/nats/prohibitions.js';
import { RedisConnection } from '../actors/adapters/redis/connection.js';
import { RedisReport } from '../actors/adapters/redis/report.js';
import { RedisSnapshotStore } from '../actors/adapters/redis/snapshotStore.js';
import { systemClock } from '../actors/adapters/system/clock.js';
import { ProhibitionList } from '../actors/prohibitions/list.js';
import { readDeployment } from '../actors/runtime/deployment.js';
import { DeploymentMismatchError } from '../actors/runtime/errors.js';
import { subjectsOf } from '../actors/runtime/subjects.js';
import type { Log } from './log.js';
import { PIN_KEY_BYTES, pinKeyFingerprint } from './pin.js';
import { startGateway, type Gateway } from './server.js';

export interface RunGatewayOptions {
  readonly natsUrl: string;
  /** Only for operators who read snapshots: the gateway serves without Redis. */
  readonly redisUrl: string;
  readonly deployment: string;
  /** What OPERATOR_HELLO must say. */
  readonly operatorSecret: string;
  /** PIN_KEY_BYTES; the same at every gateway of the deployment, for ever: another key makes every PIN wrong. */
  readonly pinKey: Uint8Array;
  /** Default: 127.0.0.1 */
  readonly host?: string | undefined;
  /** Default: any free one. */
  readonly port?: number | undefined;
  /** Folder of the archive: auditors and operators read journals from their beginning. */
  readonly archiveDir?: string | undefined;
  readonly log: Log;
}

/**
 * Runs a gateway of a deployment that exists.
 * @throws DeploymentMismatchError when it does not exist or has another PIN key, or the error of a connection
 */
export async function runGateway(options: RunGatewayOptions): Promise<Gateway> {
  const { natsUrl, log } = options;
  if (options.operatorSecret === '') throw new Error('the operator secret must not be empty');
  if (options.pinKey.length !== PIN_KEY_BYTES)
    throw new Error(`the PIN key must have ${PIN_KEY_BYTES} bytes`);
  const name = `gateway-${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const nats = await connectNats(natsUrl, { name, onStatus: (status) => log(`NATS: ${status}`) });
  try {
    return await runOn(nats, name, options);
  } catch (error) {
    await nats.close();
    throw error;
  }
}

async function runOn(nats: Nats, name: string, options: RunGatewayOptions): Promise<Gateway> {
  const { deployment, operatorSecret, pinKey, host = '127.0.0.1', port = 0, archiveDir, log } = options;
  const archive = archiveDir === undefined ? undefined : new FileArchive(archiveDir, deployment);
  const journals = await natsJournalStore(nats, { deployment, archive });
  const { partitions, rules } = await readDeployment(journals, deployment);
  await requirePinKey(nats, deployment, pinKey);
  const onProblem = (error: unknown) => {
    log(String(error));
  };
  const prohibitions = await natsProhibitions(nats, { deployment, onProblem });
  const report = new RedisReport({
    ...{ url: options.redisUrl, clock: systemClock, log },
    meanwhile: 'terminals are served, but auditors cannot read snapshots',
  });
  const redis = new RedisConnection(options.redisUrl, {
    name,
    onStatus: (status, reason) => {
      report.seen(status, reason);
    },
  });
  try {
    const gateway = await startGateway({
      bus: nats.bus,
      onReconnect: (callback) => nats.onReconnect(callback),
      clock: systemClock,
      subjects: subjectsOf(deployment),
      deployment: { name: deployment, partitions, rules },
      prohibitions,
      list: new ProhibitionList(),
      journals,
      snapshots: (partition) => new RedisSnapshotStore(redis, deployment, partition),
      degraded: () => (redis.isReady ? [] : ['Redis does not answer the gateway: snapshots cannot be read']),
      operatorSecret,
      pinKey,
      host,
      port,
      log,
    });
    return { ...gateway, close: () => closeAll(gateway, redis, nats) };
  } catch (error) {
    await redis.close();
    throw error;
  }
}

/** The first gateway fixes the key: under another one every PIN would be wrong, and no phone's token would count. */
async function requirePinKey(nats: Nats, deployment: string, key: Uint8Array): Promise<void> {
  const own = pinKeyFingerprint(key);
  const standing = await fixOnce(nats, { deployment, name: 'PIN_KEY', value: own });
  if (standing === own) return;
  throw new DeploymentMismatchError(
    `the PIN key is another than that of the deployment ${deployment} (fingerprint ${own}, not ${standing}): ` +
      'PINs were chosen under the first; start every gateway with that one',
  );
}

async function closeAll(gateway: Gateway, redis: RedisConnection, nats: Nats): Promise<void> {
  await gateway.close();
  await redis.close();
  await nats.close();
}
