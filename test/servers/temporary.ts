import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const folders: string[] = [];

/** A new folder that `removeTemporary` deletes. */
export async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'emoney-servers-'));
  folders.push(folder);
  return folder;
}

export async function removeTemporary(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** An executable that prints a text, as `nats-server --version` does. */
export async function fakeServer(path: string, prints: string): Promise<string> {
  return fakeProgram(path, `echo '${prints}'`);
}

/** An executable shell script. */
export async function fakeProgram(path: string, script: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** What the action was rejected with; fails if it was not. */
export async function rejection(action: Promise<unknown>): Promise<Error & { code?: string }> {
  const outcome = await action.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error('was not rejected');
}
