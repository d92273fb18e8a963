import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { backUp, restore, type Copied } from '../backup/copies.js';
import { CommandError } from '../errors.js';
import { integerParser, option } from '../options.js';
import { openOutput, type Output } from '../output.js';
import { requireNats } from '../system/givenServers.js';

interface BackupOptions {
  readonly natsUrl?: string;
  readonly deployment: string;
  readonly json?: boolean;
}

interface RestoreOptions {
  readonly natsUrl?: string;
  readonly replicas?: number;
  readonly json?: boolean;
}

export function addBackup(program: Command): void {
  program
    .command('backup')
    .description("copy a deployment's journals, while nobody writes to them, into a new folder")
    .argument('<folder>')
    .addOption(option.natsUrl())
    .addOption(option.deployment())
    .addOption(option.json())
    .addHelpText('after', BACKUP_HELP)
    .action(runBackup);
  program
    .command('restore')
    .description('make the journals of a backup on servers that do not have them')
    .argument('<folder>')
    .addOption(option.natsUrl())
    .addOption(
      new Option('--replicas <n>', 'servers that keep each (default: as before)').argParser(
        integerParser(1, 5),
      ),
    )
    .addOption(option.json())
    .addHelpText('after', RESTORE_HELP)
    .action(runRestore);
}

const BACKUP_HELP = `
End the workers first (SIGTERM): a backup is of one moment, and one during which somebody wrote is refused. Keep the
gateways' EMONEY_PIN_KEY and EMONEY_OPERATOR_SECRET with it. Redis need not be kept: it is rebuilt.

Example:
  $ NATS_URL=nats://a:4222 emoney backup /backups/2026-03-14
`;

const RESTORE_HELP = `
The nats-server is new, or has other deployments only; Redis is empty: one that knows later frames would stop the
partitions. Then start workers and gateways, and let \`emoney audit\` read every frame before terminals come back.

Example:
  $ NATS_URL=nats://d:4222 emoney restore /backups/2026-03-14 --replicas 3
`;

async function runBackup(folder: string, options: BackupOptions): Promise<void> {
  const { natsUrl, deployment } = options;
  const output = openOutput(options.json === true);
  const url = await reached(natsUrl);
  tell(output, 'kept', await backUp(url, deployment, resolve(folder)), folder);
}

async function runRestore(folder: string, { natsUrl, replicas, json }: RestoreOptions): Promise<void> {
  const output = openOutput(json === true);
  const url = await reached(natsUrl);
  tell(output, 'restored', await restore(url, resolve(folder), replicas), folder);
}

/** @throws CommandError */
async function reached(natsUrl: string | undefined): Promise<string> {
  if (natsUrl === undefined) throw new CommandError('NATS_URL is needed (or --nats-url)', 2);
  await requireNats(natsUrl);
  return natsUrl;
}

function tell(output: Output, done: 'kept' | 'restored', copied: readonly Copied[], folder: string): void {
  for (const { stream, lastSequence } of copied) output.print(`${stream}: ${lastSequence} messages`);
  output.print(`${copied.length} streams ${done}`);
  output.document({ folder: resolve(folder), streams: copied });
}
