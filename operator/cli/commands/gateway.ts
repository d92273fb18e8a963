import type { Command } from 'commander';
import { runGateway } from '../../../gateway/main.js';
import { CommandError } from '../errors.js';
import { integerParser, option, parseGateway } from '../options.js';
import { openOutput } from '../output.js';
import { endWithin, sayReady, untilAskedToEnd } from '../system/parent.js';
import { stamped } from './worker.js';

interface GatewayCommandOptions {
  readonly natsUrl?: string;
  readonly redisUrl?: string;
  readonly deployment: string;
  readonly secret?: string;
  readonly host: string;
  readonly port: number;
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
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on (0: a free one)', integerParser(0, 65_535), 0)
    .addOption(option.json())
    .addHelpText(
      'after',
      '\nExample:\n  $ NATS_URL=nats://a:4222 REDIS_URL=redis://b:6379 EMONEY_OPERATOR_SECRET=… emoney gateway --port 8080\n',
    )
    .action(serve);
}

async function serve(options: GatewayCommandOptions): Promise<void> {
  const output = openOutput(options.json === true);
  const { natsUrl, redisUrl, deployment, secret, host, port } = options;
  if (natsUrl === undefined || redisUrl === undefined) {
    throw new CommandError(
      'NATS_URL and REDIS_URL are needed (or --nats-url and --redis-url); `emoney up` starts both',
      2,
    );
  }
  if (secret === undefined || secret === '') {
    throw new CommandError('EMONEY_OPERATOR_SECRET is needed: what operators must say', 2);
  }
  const asked = untilAskedToEnd();
  const log = stamped(output.say);
  const gateway = await runGateway({
    natsUrl,
    redisUrl,
    deployment,
    operatorSecret: secret,
    host,
    port,
    log,
  });
  const url = parseGateway(gateway.url);
  sayReady({ url });
  output.document({ gateway: url, webSocket: gateway.url, deployment, pid: process.pid });
  output.say(`gateway of deployment ${deployment} at ${url}; Ctrl-C ends it`);
  output.say(`ending: ${await asked}`);
  await endWithin(() => gateway.close());
}
