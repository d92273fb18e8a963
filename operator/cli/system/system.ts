import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbedded, syncFolder, type Embedded } from '../../../servers/embedded.js';
import { openDataFolder } from '../../../servers/folder.js';
import { markOf } from '../../../servers/liveness.js';
import { CommandError, describeError } from '../errors.js';
import { parseGateway } from '../options.js';
import { Child, type ChildPlan, numbered, type Ready } from './child.js';
import type { Creation } from './creation.js';
import { ensureDeployment } from './deployment.js';
import { requireNats, warnWithoutRedis } from './givenServers.js';
import { ensurePinKey } from './pinKey.js';
import { ensureSecret, type Secret } from './secret.js';
import { removeSystemFile, writeSystemFile, type Pids } from './systemFile.js';

export interface SystemOptions {
  readonly dataDir: string;
  readonly deployment: string;
  readonly partitions: number | undefined;
  /** What is said of a deployment that may have to be created; absent: nothing, and it charges no interest. */
  readonly creation?: Creation | undefined;
  /** Nothing is created. */
  readonly mustExist?: boolean | undefined;
  /** Where the gateway listens; default: 127.0.0.1, and any free port (0). */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Folder of the archive; default: `archive` in the data folder. */
  readonly archiveDir?: string | undefined;
  readonly segmentBytes?: number | undefined;
  readonly keepSegments?: number | undefined;
  readonly log: (line: string) => void;
}

/**
 * A whole system on one machine: two servers (unless NATS_URL and REDIS_URL name others), a worker, a gateway, and an
 * archiver, without which payments go on.
 */
export interface System {
  /** http://host:port, for this machine. */
  readonly gateway: string;
  readonly secret: string;
  /** The file that holds it. */
  readonly secretFrom: string;
  readonly partitions: number;
  readonly pids: () => Pids;
  /** Resolves, with the reason in one line, when the system cannot go on. */
  readonly failed: Promise<string>;
  /** In order: gateway, worker (drained, checkpointed, RELEASED), redis, nats. May be repeated. */
  stop(): Promise<void>;
  /** At once; what was acknowledged is on the disk. */
  kill(): void;
}

const READY_WITHIN_MS = 60_000;
const READY_EVERY_MS = 25;

/** Throws the errors of servers/errors.ts and CommandError; nothing is left running then. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { dataDir, log } = options;
  const { NATS_URL: natsUrl, REDIS_URL: redisUrl } = process.env;
  // First of all: a wrong address must leave nothing behind.
  if (natsUrl !== undefined) await requireNats(natsUrl);
  if (redisUrl !== undefined) await warnWithoutRedis(redisUrl, log);
  await openDataFolder(dataDir);
  const secret = await ensureSecret(dataDir, process.env['EMONEY_OPERATOR_SECRET']);
  const pinKey = await ensurePinKey(dataDir, process.env['EMONEY_PIN_KEY']);
  const embedded = await startEmbedded({ dataDir, natsUrl, redisUrl, log });
  const running = new RunningSystem(options, embedded, { secret, pinKey });
  try {
    await running.start();
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

class RunningSystem implements System {
  readonly failed: Promise<string>;
  partitions = 0;
  gateway = '';
  readonly #options: SystemOptions;
  readonly #embedded: Embedded;
  readonly #secret: Secret;
  readonly #worker: Child;
  readonly #gatewayChild: Child;
  readonly #archiver: Child;
  #fail: (reason: string) => void = () => undefined;
  #stopped: Promise<void> | undefined;
  #ending = false;

  constructor(
    options: SystemOptions,
    embedded: Embedded,
    { secret, pinKey }: { readonly secret: Secret; readonly pinKey: string },
  ) {
    this.#options = options;
    this.#embedded = embedded;
    this.#secret = secret;
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    void embedded.failed.then(({ name, logPath, signal, code }) => {
      this.#fail(`${name} ended (${signal ?? `code ${code ?? 0}`}): see ${logPath}`);
    });
    const { dataDir, archiveDir = join(dataDir, 'archive'), segmentBytes, keepSegments } = options;
    const { host = '127.0.0.1', port = 0 } = options;
    const archive = ['--archive', archiveDir];
    const without = { EMONEY_OPERATOR_SECRET: undefined, EMONEY_PIN_KEY: undefined };
    const segments = numbered('--segment-bytes', segmentBytes);
    this.#worker = this.#child(
      'worker',
      () => ['worker', '--data', dataDir, ...archive, ...segments],
      without,
    );
    // Again at the address it had: terminals come back by themselves.
    this.#gatewayChild = this.#child(
      'gateway',
      () => ['gateway', '--host', host, '--port', portOf(this.gateway, port), ...archive],
      {
        EMONEY_OPERATOR_SECRET: secret.value,
        EMONEY_PIN_KEY: pinKey,
      },
    );
    const kept = numbered('--keep-segments', keepSegments);
    this.#archiver = this.#child('archiver', () => ['archiver', ...archive, ...kept], without);
  }

  get secret(): string {
    return this.#secret.value;
  }

  get secretFrom(): string {
    return this.#secret.from;
  }

  readonly pids = (): Pids => {
    const { nats, redis } = this.#embedded;
    const [worker, gateway] = [this.#worker.pid, this.#gatewayChild.pid];
    return {
      ...(nats && { nats: nats.pid }),
      ...(redis && { redis: redis.pid }),
      ...(worker !== undefined && { worker }),
      ...(gateway !== undefined && { gateway }),
    };
  };

  async start(): Promise<void> {
    const { natsDir, natsUrl } = this.#embedded;
    this.partitions = await ensureDeployment({
      ...this.#options,
      natsUrl,
      sync: natsDir === undefined ? undefined : () => syncFolder(natsDir),
    });
    const [, ready] = await Promise.all([this.#worker.start(), this.#gatewayChild.start()]);
    this.gateway = urlOf(ready);
    await Promise.race([this.#untilReady(), this.#failure()]);
    // Beside payments, which need nothing of it.
    this.#archiver.start().catch((error: unknown) => {
      this.#archiverFailed(describeError(error));
    });
    await this.#writeFile();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  kill(): void {
    this.#ending = true;
    this.#gatewayChild.kill();
    this.#worker.kill();
    this.#archiver.kill();
    this.#embedded.nats?.kill('SIGKILL');
    this.#embedded.redis?.kill('SIGKILL');
  }

  async #stop(): Promise<void> {
    this.#ending = true;
    await removeSystemFile(this.#options.dataDir);
    await this.#archiver.stop();
    await this.#gatewayChild.stop();
    await this.#worker.stop();
    await this.#embedded.stop();
  }

  #child(name: ChildPlan['name'], args: () => readonly string[], secrets: NodeJS.ProcessEnv): Child {
    const { dataDir, deployment, log } = this.#options;
    return new Child({
      name,
      args,
      log,
      env: {
        ...process.env,
        NATS_URL: this.#embedded.natsUrl,
        REDIS_URL: this.#embedded.redisUrl,
        EMONEY_DEPLOYMENT: deployment,
        ...secrets,
      },
      logPath: join(dataDir, `${name}.log`),
      onFailed: (reason) => {
        if (name === 'archiver') this.#archiverFailed(reason);
        else this.#fail(reason);
      },
      onRestarted: () => {
        log(`the ${name} works again`);
        void this.#writeFile();
      },
    });
  }

  /** One that was ended before it worked has not failed. */
  #archiverFailed(reason: string): void {
    if (!this.#ending) this.#options.log(`${reason}; payments go on, journals grow`);
  }

  /** Ready: the gateway answers that every partition is served. */
  async #untilReady(): Promise<void> {
    const deadline = performance.now() + READY_WITHIN_MS;
    let missing = '';
    while (performance.now() < deadline) {
      try {
        const response = await fetch(`${this.gateway}/readyz`, { signal: AbortSignal.timeout(3_000) });
        if (response.ok) return;
        missing = (await response.text()).trim();
      } catch (error) {
        missing = error instanceof Error ? error.message : String(error);
      }
      await delay(READY_EVERY_MS);
    }
    throw new CommandError(
      `the system was not ready within ${READY_WITHIN_MS / 1_000} s: ${missing}; see worker.log and gateway.log in ${this.#options.dataDir}`,
    );
  }

  async #failure(): Promise<never> {
    throw new CommandError(await this.failed);
  }

  async #writeFile(): Promise<void> {
    if (this.#stopped !== undefined) return;
    const { natsUrl, redisUrl } = this.#embedded;
    await writeSystemFile(this.#options.dataDir, {
      format: 1,
      gateway: this.gateway,
      secretPath: this.#secret.from,
      natsUrl,
      redisUrl,
      deployment: this.#options.deployment,
      owner: markOf(process.pid) ?? { pid: process.pid, began: '' },
      pids: this.pids(),
    });
  }
}

function urlOf({ url }: Ready): string {
  if (url === undefined) throw new CommandError('the gateway did not say its address');
  // All addresses of a machine are none to connect to.
  return parseGateway(url).replace('//0.0.0.0', '//127.0.0.1').replace('//[::]', '//[::1]');
}

/** The one it had, if it had one. */
function portOf(url: string, wanted: number): string {
  return url === '' ? String(wanted) : new URL(url).port || '80';
}
