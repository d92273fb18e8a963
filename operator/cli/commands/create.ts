import { type Command, Option } from 'commander';
import { ensureDeployment } from '../system/deployment.js';
import {
  type CreationOptions,
  creationOptions,
  readCreation,
  USUAL_RATE_PPM,
  USUAL_RATE_TEXT,
} from '../system/creation.js';
import { CommandError } from '../errors.js';
import { integerParser, option } from '../options.js';
import { openOutput } from '../output.js';
import { requireNats } from '../system/givenServers.js';

interface CreateOptions extends CreationOptions {
  readonly natsUrl?: string;
  readonly deployment: string;
  readonly partitions?: number;
  readonly replicas: number;
  readonly json?: boolean;
}

export function addCreate(program: Command): void {
  const command = program
    .command('create')
    .description('create a deployment on nats-servers that run already; one that exists stays as it is')
    .addOption(option.natsUrl())
    .addOption(option.deployment())
    .addOption(option.partitions())
    .addOption(
      new Option('--replicas <n>', 'servers that keep every frame: 3 in a cluster')
        .argParser(integerParser(1, 5))
        .default(1),
    )
    .addOption(option.json());
  for (const each of creationOptions(USUAL_RATE_TEXT)) command.addOption(each);
  command.addHelpText('after', HELP).action(create);
}

const HELP = `
Then, once, on the machine of every nats-server: sync -f <store_dir>. nats-server does not always take the folders of new
streams to the disk; a power failure in the first seconds could lose them.

Example:
  $ NATS_URL=nats://a:4222,nats://b:4222,nats://c:4222 emoney create --replicas 3 --partitions 8
`;

async function create(options: CreateOptions): Promise<void> {
  const output = openOutput(options.json === true);
  const { natsUrl, deployment, replicas } = options;
  if (natsUrl === undefined)
    throw new CommandError('NATS_URL is needed (or --nats-url); `emoney up` starts a server of its own', 2);
  const creation = await readCreation(options, USUAL_RATE_PPM);
  await requireNats(natsUrl);
  const partitions = await ensureDeployment({
    ...{ natsUrl, deployment, replicas, creation, partitions: options.partitions, log: output.say },
    // Servers elsewhere: nothing of it is in a folder here.
    ...{ dataDir: '', sync: undefined },
  });
  output.print(
    `deployment ${deployment} has ${partitions} partitions; now sync -f <store_dir> on each server`,
  );
  output.document({ deployment, partitions });
}
