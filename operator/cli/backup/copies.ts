/**
 * The streams of a deployment in a folder: of each `backup.json` and `stream.tar.s2`, the layout of NATS's own tool
 * (`nats stream backup`, `nats stream restore`).
 */
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { JetStreamApi } from '../../../actors/adapters/nats/api.js';
import { connectNats, type Nats } from '../../../actors/adapters/nats/connection.js';
import { readStream, type StreamCopy, writeStream } from '../../../actors/adapters/nats/streamCopy.js';
import { syncFolder } from '../../../servers/embedded.js';
import { CommandError } from '../errors.js';

export interface Copied {
  readonly stream: string;
  /** Sequence of its last message. */
  readonly lastSequence: number;
}

const META = 'backup.json';
const DATA = 'stream.tar.s2';

/**
 * Copies every stream of the deployment into a new folder, at one moment: nobody may write meanwhile.
 * @throws CommandError when there is none, when somebody wrote, or when the folder is there; then nothing is left behind
 */
export async function backUp(natsUrl: string, deployment: string, folder: string): Promise<Copied[]> {
  await mkdir(folder).catch((error: unknown) => {
    throw new CommandError(`${folder} cannot be made: a backup is a new folder`, 1, { cause: error });
  });
  const nats = await connectNats(natsUrl, { name: 'emoney backup' });
  try {
    return await copyAll(nats, deployment, folder);
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  } finally {
    await nats.close();
  }
}

async function copyAll(nats: Nats, deployment: string, folder: string): Promise<Copied[]> {
  const api = await JetStreamApi.of(nats);
  const before = await ends(api, deployment);
  if (before.length === 0) throw new CommandError(`there is no deployment ${deployment}: nothing to back up`);
  for (const { stream, lastSequence } of before) {
    const { state } = await copyOne(nats, stream, join(folder, stream));
    if (state.last_seq !== lastSequence) throw moved(stream);
  }
  // Each was copied at another moment: only if none went on, they are of one.
  const after = await ends(api, deployment);
  for (const [at, { stream, lastSequence }] of after.entries())
    if (before[at]?.lastSequence !== lastSequence) throw moved(stream);
  await syncFolder(folder);
  return before;
}

function moved(stream: string): CommandError {
  return new CommandError(
    `${stream} went on while it was copied: end every worker (SIGTERM), then try again; to copy without an interruption, take a snapshot of the whole disk`,
  );
}

async function copyOne(nats: Nats, stream: string, folder: string): Promise<StreamCopy> {
  await mkdir(folder);
  const data = await open(join(folder, DATA), 'wx');
  try {
    const copy = await readStream(nats, stream, (bytes) => data.appendFile(bytes));
    const meta = await open(join(folder, META), 'wx');
    await meta.writeFile(`${JSON.stringify(copy)}\n`).finally(() => meta.close());
    return copy;
  } finally {
    await data.close();
  }
}

/** Of every stream of the deployment, by name. */
async function ends(api: JetStreamApi, deployment: string): Promise<Copied[]> {
  const names = await api.namesFor(`emoney.${deployment}.>`);
  const found = [...names].sort().map(async (stream) => {
    const info = await api.info(stream);
    return { stream, lastSequence: info?.state.last_seq ?? 0 };
  });
  return Promise.all(found);
}

/**
 * Makes the streams that a backup holds, on servers that have none of them. `replicas`: servers that keep each;
 * undefined: as many as before.
 * @throws CommandError when the folder is no backup, when a stream is there, or when the server refuses one
 */
export async function restore(
  natsUrl: string,
  folder: string,
  replicas: number | undefined,
): Promise<Copied[]> {
  const copies = await copiesIn(folder);
  const nats = await connectNats(natsUrl, { name: 'emoney restore' });
  try {
    const api = await JetStreamApi.of(nats);
    for (const { config } of copies)
      if ((await api.info(config.name)) !== undefined)
        throw new CommandError(`${config.name} is there already: restore onto servers without it`);
    const restored: Copied[] = [];
    for (const copy of copies) restored.push(await restoreOne(nats, api, folder, copy, replicas));
    return restored;
  } finally {
    await nats.close();
  }
}

async function copiesIn(folder: string): Promise<StreamCopy[]> {
  const names = await readdir(folder).catch(() => []);
  const copies: StreamCopy[] = [];
  for (const name of [...names].sort()) {
    const text = await readFile(join(folder, name, META), 'utf8').catch(() => '');
    if (text === '') throw new CommandError(`${join(folder, name)} holds no ${META}: ${folder} is no backup`);
    copies.push(JSON.parse(text) as StreamCopy);
  }
  if (copies.length === 0) throw new CommandError(`${folder} is no backup: it holds no stream`);
  return copies;
}

async function restoreOne(
  nats: Nats,
  api: JetStreamApi,
  folder: string,
  { config, state }: StreamCopy,
  replicas: number | undefined,
): Promise<Copied> {
  const stream = config.name;
  const wanted = { config: { ...config, num_replicas: replicas ?? config.num_replicas }, state };
  const data = createReadStream(join(folder, stream, DATA)) as AsyncIterable<Buffer>;
  await writeStream(nats, wanted, data).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${stream} cannot be restored: ${reason}`, 1, { cause: error });
  });
  const lastSequence = (await api.info(stream))?.state.last_seq ?? 0;
  if (lastSequence === state.last_seq) return { stream, lastSequence };
  throw new CommandError(`${stream} ends at ${lastSequence}, its backup at ${state.last_seq}: it is damaged`);
}
