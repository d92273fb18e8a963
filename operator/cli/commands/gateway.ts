import type { Command } from 'commander';
import { runGateway } from '../../../gateway/main.js';
import { CommandError } from '../errors.js';
import { option, parseGateway } from '../options.js';
import { openOutput } from '../output.js';
import { requireNats } from '../system/givenServers.js';
import { endWithin, sayReady, startedUnderParent, untilAskedToEnd } from '../system/parent.js';
import { requirePinKey } from '../system/pinKey.js';
import { stamped } from './worker.js';

interface GatewayCommandOptions {
  readonly natsUrl?: string;
  readonly redisUrl?: string;
  readonly deployment: string;
  readonly secret?: string;
  readonly pinKey?: string;
  readonly host: string;
  readonly port: number;
  readonly archive?: string;
  readonly json?: boolean;
}

export function addGateway(program: Command): void {
  program
    .command('gateway')
    .description('serve terminals and operators over WebSocket, with /healthz, /readyz and /metrics')
    .addOption(option.natsUrl())
    .addOption(option.redisUrl())
    .addOption(option.deployment())
    .addOption(option.secret())
    .addOption(option.pinKey())
    .addOption(option.host().default('127.0.0.1'))
    .addOption(option.port())
    .option('--archive <folder>', 'folder of the archive: journals are shown from their beginning')
    .addOption(option.json())
    .addHelpText('after', HELP)
    .action(serve);
}

const HELP = `
PINs are hashed here under EMONEY_PIN_KEY, a secret of 64 hexadecimal digits (openssl rand -hex 32), and go no further.
All gateways of a deployment need the same key, for ever: under another one every PIN is wrong. A system that
\`emoney up\` began has it in pin.key in its data folder.

Example:
  $ export NATS_URL=nats://a:4222 REDIS_URL=redis://b:6379 EMONEY_OPERATOR_SECRET=… EMONEY_PIN_KEY=…
  $ emoney gateway --port 8080
`;

async function serve(options: GatewayCommandOptions): Promise<void> {
  const output = openOutput(options.json === true);
  const { natsUrl, redisUrl, deployment, secret, pinKey, host, port, archive } = options;
  if (natsUrl === undefined || redisUrl === undefined) {
    throw new CommandError(
      'NATS_URL and REDIS_URL are needed (or --nats-url and --redis-url); `emoney up` starts both',
      2,
    );
  }
  if (secret === undefined || secret === '') {
    throw new CommandError('EMONEY_OPERATOR_SECRET is needed: what operators must say', 2);
  }
  if (pinKey === undefined || pinKey === '') {
    throw new CommandError('EMONEY_PIN_KEY is needed: the key that all gateways of the deployment share', 2);
  }
  const key = requirePinKey(pinKey);
  const log = stamped(output.say);
  const gateway = await startedUnderParent(async () => {
    await requireNats(natsUrl);
    return runGateway({
      ...{ natsUrl, redisUrl, deployment, host, port, log },
      ...{ operatorSecret: secret, pinKey: key, archiveDir: archive },
    }).catch((error: unknown) => {
      throw addressProblem(error, host, port) ?? error;
    });
  });
  const asked = untilAskedToEnd();
  const url = parseGateway(gateway.url);
  sayReady({ url });
  output.document({ gateway: url, webSocket: gateway.url, deployment, pid: process.pid });
  output.say(`gateway of deployment ${deployment} at ${url}; Ctrl-C ends it`);
  output.say(`ending: ${await asked}`);
  await endWithin(() => gateway.close());
}

/** Why it cannot listen there, for a person; undefined: it is another problem. */
function addressProblem(error: unknown, host: string, port: number): CommandError | undefined {
  const because = (problem: string): CommandError => new CommandError(problem, 1, { cause: error });
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return because(`${host}:${port} is taken: name another --port, or none for a free one`);
    case 'EACCES':
      return because(`${host}:${port} may not be used: name a --port above 1023`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return because(`${host} is no address of this machine: correct --host`);
    default:
      return undefined;
  }
}
