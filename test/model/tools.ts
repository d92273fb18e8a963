/** What the models are checked with: spin (found or fetched) and a C compiler (found). */
import { runCommand } from '../../servers/command.js';
import { findServer } from '../../servers/find.js';
import { spinKind } from '../../servers/kind.js';

export interface Tools {
  readonly spin: string;
  readonly compiler: string;
}

const TIMEOUT_MS = 10_000;

/** Throws one line that says what to install. */
export async function findTools(env: NodeJS.ProcessEnv = process.env): Promise<Tools> {
  const compiler = await findCompiler(env);
  const { path } = await findServer(spinKind, { env });
  return { spin: path, compiler };
}

async function findCompiler(env: NodeJS.ProcessEnv): Promise<string> {
  const named = env['CC'];
  const candidates = named === undefined || named === '' ? ['gcc', 'cc'] : [named];
  for (const candidate of candidates) {
    if ((await runCommand(candidate, ['--version'], { timeoutMs: TIMEOUT_MS, env })).ok) return candidate;
  }
  throw new Error(
    `a C compiler is needed to check docs/model: apt-get install gcc, or set CC to one (tried: ${candidates.join(', ')})`,
  );
}
