import { resolve } from 'node:path';
import type { Command } from 'commander';
import { FileArchive } from '../../../actors/adapters/files/archive.js';
import { FileBaseStore } from '../../../actors/adapters/files/baseStore.js';
import { connectNats } from '../../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../../actors/adapters/nats/journalStore.js';
import { systemClock } from '../../../actors/adapters/system/clock.js';
import { openBaseMaker } from '../../../actors/basing.js';
import { verifyBase } from '../../../actors/runtime/bases.js';
import { BaseDamagedError } from '../../../actors/runtime/errors.js';
import { CommandError } from '../errors.js';
import { DEFAULT_DEPLOYMENT, option } from '../options.js';
import { openOutput, type Output } from '../output.js';
import { archiveFolder, requireArchiveFolder } from '../system/archiveFolder.js';
import { heldDeployment } from '../system/deployment.js';
import { requireNats } from '../system/givenServers.js';
import { findRunning } from '../system/systemFile.js';
import { type Cell, renderTable } from '../table.js';
import { DEFAULT_DATA } from '../system/target.js';

interface BaseCommandOptions {
  readonly data?: string;
  readonly archive?: string;
  readonly deployment?: string;
  readonly natsUrl?: string;
  readonly json?: boolean;
}

export function addBase(program: Command): void {
  const base = program
    .command('base')
    .description(
      'the full state of each partition at one frame: what bounds a rebuild when Redis is emptied',
    );
  const add = (name: string, description: string): Command =>
    base
      .command(name)
      .description(description)
      .addOption(option.data())
      .addOption(option.archive())
      .addOption(option.givenDeployment())
      .addOption(option.json());
  add('make', 'make a base of every partition from the one before it and the journal since')
    .addOption(option.natsUrl())
    .addHelpText('after', MAKE_HELP)
    .action(make);
  add('list', 'which bases there are').addHelpText('after', LIST_HELP).action(list);
  add('verify', 'read every base to its last byte, and compare checksums and digest')
    .addHelpText('after', VERIFY_HELP)
    .action(verify);
}

const MAKE_HELP = `
Beside the running system, of which it takes nothing but the journals: that on --data (default: ./data), or that of
NATS_URL. \`emoney archiver\` does the same by itself, with each segment and once a day. Of each partition two stay.

Examples:
  $ emoney base make
  $ NATS_URL=nats://a:4222 emoney base make --archive /mnt/archive --deployment city
`;

const LIST_HELP = `
Looks at the archive folder only: --archive, else the one in --data (default: ./data).

Example:
  $ emoney base list
`;

const VERIFY_HELP = `
Looks at the archive folder only. Exit code 1: a base is damaged, there is no such folder, or no base of the deployment
in it. Recovery leaves a damaged base aside, and takes the one before it, or the journal.

Example:
  $ emoney base verify
`;

async function make(options: BaseCommandOptions): Promise<void> {
  const output = openOutput(options.json === true);
  const running = await findRunning(resolve(options.data ?? DEFAULT_DATA));
  const natsUrl = options.natsUrl ?? running?.natsUrl;
  if (natsUrl === undefined) {
    throw new CommandError(
      'no system is running here: start it, name its folder with --data, or give NATS_URL and --archive',
    );
  }
  if (options.natsUrl !== undefined) await requireNats(natsUrl);
  const deployment = options.deployment ?? running?.deployment ?? DEFAULT_DEPLOYMENT;
  const folder = archiveFolder(options);
  const bases = new FileBaseStore(folder, deployment);
  // Frames of segments whose streams are deleted are read from it.
  const archive = new FileArchive(folder, deployment);
  const nats = await connectNats(natsUrl, { name: 'emoney base make' });
  try {
    const journals = await natsJournalStore(nats, { deployment, archive });
    const makeOne = await openBaseMaker({ deployment, journals, bases, clock: systemClock, log: output.say });
    const made: unknown[] = [];
    for (const partition of await journals.list()) {
      const began = performance.now();
      const { position, frames, events } = await makeOne(partition);
      const seconds = (performance.now() - began) / 1_000;
      made.push({ partition, position, frames, events, seconds });
      output.print(
        `partition ${partition}: base at frame ${position}, ${frames} frames with ${events} events in ${seconds.toFixed(1)} s`,
      );
    }
    output.document({ made });
  } finally {
    await nats.close();
  }
}

interface Row {
  readonly partition: number;
  readonly position: number;
  readonly units?: number;
  readonly bytes?: number;
  /** Milliseconds since 1970, of the frame. */
  readonly time?: number;
  readonly digest?: string;
  /** Absent: nothing was found wrong. */
  readonly damage?: string;
}

async function list(options: BaseCommandOptions): Promise<void> {
  await show(options, false, async () => undefined);
}

async function verify(options: BaseCommandOptions): Promise<void> {
  const rows = await show(options, true, verifyBase);
  if (rows.some(({ damage }) => damage !== undefined)) process.exitCode = 1;
}

/** `needed`: that there is none is an error. */
async function show(
  options: BaseCommandOptions,
  needed: boolean,
  look: typeof verifyBase,
): Promise<readonly Row[]> {
  const output = openOutput(options.json === true);
  const held = await heldDeployment(resolve(options.data ?? DEFAULT_DATA));
  const folder = requireArchiveFolder(options);
  const deployment = options.deployment ?? held ?? DEFAULT_DEPLOYMENT;
  const store = new FileBaseStore(folder, deployment);
  const rows: Row[] = [];
  for (const partition of await store.partitions()) {
    for (const position of await store.list(partition))
      rows.push(await rowOf(store, partition, position, look));
  }
  const nothing = `there are no bases of ${deployment} in ${folder}`;
  if (rows.length === 0 && needed) throw new CommandError(`${nothing}: name another folder, or --deployment`);
  if (rows.length === 0) output.print(nothing);
  else output.print(tableOf(rows, output));
  output.document({ bases: rows });
  return rows;
}

async function rowOf(
  store: FileBaseStore,
  partition: number,
  position: number,
  look: typeof verifyBase,
): Promise<Row> {
  try {
    const base = await store.open(partition, position);
    try {
      await look(base);
      const { units, bytes, digest, head } = base;
      return { partition, position, units, bytes, time: head.time, digest };
    } finally {
      await base.close();
    }
  } catch (error) {
    if (!(error instanceof BaseDamagedError)) throw error;
    return { partition, position, damage: error.message };
  }
}

function tableOf(rows: readonly Row[], { colors }: Output): string {
  const right = true;
  const heads = [
    ...[
      { name: 'PARTITION', right },
      { name: 'FRAME', right },
      { name: 'ACTORS', right },
      { name: 'BYTES', right },
    ],
    ...[{ name: 'TIME OF THE FRAME' }, { name: 'DIGEST' }],
  ];
  const cells = rows.map(({ partition, position, units, bytes, time, digest, damage }): Cell[] => [
    ...[String(partition), String(position), String(units ?? ''), String(bytes ?? '')],
    time === undefined ? '' : new Date(time).toISOString(),
    damage === undefined ? (digest ?? '').slice(0, 16) : { text: `DAMAGED: ${damage}`, paint: colors.red },
  ]);
  return renderTable(heads, cells, colors);
}
