import { resolve } from 'node:path';
import type { Command } from 'commander';
import { FileArchive } from '../../../actors/adapters/files/archive.js';
import { connectNats } from '../../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../../actors/adapters/nats/journalStore.js';
import { verifySegment } from '../../../actors/archiving.js';
import { ArchiveDamagedError, ArchiveUnavailableError } from '../../../actors/runtime/errors.js';
import type { ArchivedSegment } from '../../../actors/runtime/ports.js';
import { CommandError } from '../errors.js';
import { DEFAULT_DEPLOYMENT, option } from '../options.js';
import { openOutput, type Output } from '../output.js';
import { requireArchiveFolder } from '../system/archiveFolder.js';
import { heldDeployment } from '../system/deployment.js';
import { findRunning } from '../system/systemFile.js';
import { DEFAULT_DATA } from '../system/target.js';
import { renderTable, type Cell } from '../table.js';

interface ArchiveCommandOptions {
  readonly natsUrl?: string;
  readonly deployment?: string;
  readonly data?: string;
  readonly archive?: string;
  readonly json?: boolean;
}

export function addArchive(program: Command): void {
  const command = program.command('archive').description('segments of journals that were archived');
  const add = (name: string, text: string, run: typeof list): void => {
    command
      .command(name)
      .description(text)
      .addOption(option.natsUrl())
      .addOption(option.deployment().default(undefined))
      .addOption(option.data())
      .addOption(option.archive())
      .addOption(option.json())
      .addHelpText('after', help(name))
      .action(run);
  };
  add('list', 'what is in the archive', list);
  add(
    'verify',
    'read every file whole: checksums, and the chain from frame to frame and file to file',
    verify,
  );
}

function help(name: string): string {
  return `
The folder is --archive, else the one in --data (default: ./data). Where a nats-server can be asked (NATS_URL, or the
system that runs on --data), STREAM says which segments it still has. Exit code 1: a file is damaged,
there is no such folder, or verify finds no segment of the deployment.

Example:
  $ emoney archive ${name} --archive /mnt/archive --deployment city
`;
}

interface Row extends Partial<Omit<ArchivedSegment, 'previousHash' | 'lastHash'>> {
  readonly partition: number;
  readonly segment: number;
  readonly frames?: number;
  /** Read whole, and right. */
  readonly verified?: boolean;
  /** Whether nats-server still has it; absent: it was not asked. */
  readonly stream?: boolean;
  readonly damage?: string;
}

type Look = (archive: FileArchive, partition: number, segment: number) => Promise<ArchivedSegment>;

async function list(options: ArchiveCommandOptions): Promise<void> {
  await show(options, false, async (archive, partition, segment) => archive.describe(partition, segment));
}

async function verify(options: ArchiveCommandOptions): Promise<void> {
  await show(options, true, verifySegment);
}

async function show(options: ArchiveCommandOptions, whole: boolean, look: Look): Promise<void> {
  const output = openOutput(options.json === true);
  const data = resolve(options.data ?? DEFAULT_DATA);
  const running = await findRunning(data);
  const deployment =
    options.deployment ?? running?.deployment ?? (await heldDeployment(data)) ?? DEFAULT_DEPLOYMENT;
  const folder = requireArchiveFolder(options);
  const streams = await streamsOf(options.natsUrl ?? running?.natsUrl, deployment);
  const archive = new FileArchive(folder, deployment);
  const rows: Row[] = [];
  for (const partition of await archive.partitions()) {
    let before: ArchivedSegment | undefined;
    for (const segment of await archive.segments(partition)) {
      const place = { partition, segment };
      const stream = streams && { stream: streams.has(`${partition}/${segment}`) };
      try {
        const found = await look(archive, partition, segment);
        if (whole) mustFollow(before, found);
        before = found;
        const { first, last, bytes } = found;
        rows.push({ ...place, first, last, frames: last - first + 1, bytes, verified: whole, ...stream });
      } catch (error) {
        if (!(error instanceof ArchiveDamagedError || error instanceof ArchiveUnavailableError)) throw error;
        before = undefined;
        rows.push({ ...place, ...stream, damage: error.message });
      }
    }
  }
  const nothing = `there are no segments of ${deployment} in ${folder}`;
  if (rows.length === 0 && whole) throw new CommandError(`${nothing}: name another folder, or --deployment`);
  if (rows.length === 0) output.print(nothing);
  else output.print(tableOf(rows, output));
  output.document({ segments: rows });
  if (rows.some(({ damage }) => damage !== undefined)) process.exitCode = 1;
}

/** The last hash of one file is what the next begins with. */
function mustFollow(
  before: ArchivedSegment | undefined,
  { segment, first, previousHash }: ArchivedSegment,
): void {
  if (before === undefined || before.segment + 1 !== segment) return;
  if (before.last + 1 === first && Buffer.compare(before.lastHash, previousHash) === 0) return;
  throw new ArchiveDamagedError(
    `it does not continue segment ${before.segment}: restore the right one of the two`,
  );
}

/** `partition/segment` of those that are closed and have a stream; undefined: nobody was asked. */
async function streamsOf(
  natsUrl: string | undefined,
  deployment: string,
): Promise<ReadonlySet<string> | undefined> {
  if (natsUrl === undefined) return undefined;
  const nats = await connectNats(natsUrl, { name: 'emoney archive' });
  try {
    const journals = await natsJournalStore(nats, { deployment });
    const found = new Set<string>();
    for (const partition of await journals.list()) {
      const journal = await journals.open(partition);
      for (const { segment } of await journal.closedSegments()) found.add(`${partition}/${segment}`);
    }
    return found;
  } finally {
    await nats.close();
  }
}

function tableOf(rows: readonly Row[], { colors }: Output): string {
  const right = true;
  const heads = [
    ...[{ name: 'PARTITION', right }, { name: 'SEGMENT', right }, { name: 'POSITIONS' }],
    ...[{ name: 'FRAMES', right }, { name: 'BYTES', right }, { name: 'FILE' }, { name: 'STREAM' }],
  ];
  const cells = rows.map(({ partition, segment, first, last, frames, bytes, ...row }): Cell[] => [
    ...[String(partition), String(segment), first === undefined ? '' : `${first} … ${last ?? 0}`],
    ...[String(frames ?? ''), String(bytes ?? '')],
    row.damage === undefined
      ? row.verified === true
        ? 'verified'
        : ''
      : { text: `DAMAGED: ${row.damage}`, paint: colors.red },
    row.stream === undefined ? '' : row.stream ? 'there' : 'deleted',
  ]);
  return renderTable(heads, cells, colors);
}
