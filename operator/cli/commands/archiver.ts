import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { runArchiver } from '../../../actors/archiver.js';
import { CommandError } from '../errors.js';
import { option } from '../options.js';
import { openOutput } from '../output.js';
import { requireNats } from '../system/givenServers.js';
import { endWithin, sayReady, startedUnderParent, untilAskedToEnd } from '../system/parent.js';
import { stamped } from './worker.js';

interface ArchiverCommandOptions {
  readonly natsUrl?: string;
  readonly deployment: string;
  readonly data?: string;
  readonly archive?: string;
  readonly keepSegments?: number;
  readonly json?: boolean;
}

export function addArchiver(program: Command): void {
  program
    .command('archiver')
    .description(
      'archive closed segments of the journals, make bases, and delete what needs no stream any more',
    )
    .addOption(option.natsUrl())
    .addOption(option.deployment())
    .addOption(option.data())
    .addOption(option.archive())
    .addOption(option.keepSegments())
    .addOption(option.json())
    .addHelpText('after', HELP)
    .action(archive);
}

const HELP = `
Looks once a minute. A closed segment is written to a file, read back whole, and compared with its stream; the stream is
deleted when a base stands behind the segment. Bases are made with each segment, and once a day. Workers and gateways
need the same folder (--archive). More than one archiver is harmless. \`emoney up\` runs one.

Example:
  $ NATS_URL=nats://a:4222 emoney archiver --archive /mnt/archive --keep-segments 2
`;

async function archive(options: ArchiverCommandOptions): Promise<void> {
  const output = openOutput(options.json === true);
  const { natsUrl, deployment, data, keepSegments } = options;
  const folder = options.archive ?? (data === undefined ? undefined : join(data, 'archive'));
  if (natsUrl === undefined) throw new CommandError('NATS_URL (or --nats-url) is needed', 2);
  if (folder === undefined) throw new CommandError('--archive (or --data) is needed', 2);
  const archiveDir = resolve(folder);
  const archiver = await startedUnderParent(async () => {
    await requireNats(natsUrl);
    return runArchiver({ natsUrl, deployment, archiveDir, keepSegments, log: stamped(output.say) });
  });
  const asked = untilAskedToEnd();
  sayReady({});
  output.document({ archive: archiveDir, deployment, pid: process.pid });
  output.say(`archiver of deployment ${deployment} keeps ${archiveDir}; Ctrl-C ends it`);
  output.say(`ending: ${await asked}`);
  await endWithin(() => archiver.stop());
}
