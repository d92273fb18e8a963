import { execFile } from 'node:child_process';

export interface CommandResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** One line without credentials: why it failed; empty when `ok`. */
  readonly reason: string;
}

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Runs a program to its end. Never rejects: a missing program is a result like any other. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const { timeoutMs, cwd, env } = options;
  const settings = { timeout: timeoutMs, cwd, env: env ?? process.env, maxBuffer: 16 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(program, args, { ...settings, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, reason: error === null ? '' : reasonOf(error, stderr) });
    });
  });
}

function reasonOf(error: Error & { killed?: boolean; code?: unknown }, stderr: string): string {
  if (error.code === 'ENOENT') return 'not installed';
  if (error.killed === true) return 'took too long';
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.find((line) => /^E:|error|not found/i.test(line)) ?? lines.at(-1);
  return withoutCredentials(telling ?? `ended with ${String(error.code)}`);
}

function withoutCredentials(line: string): string {
  return line
    .trim()
    .replaceAll(/\/\/[^/@\s]*@/g, '//')
    .slice(0, 200);
}
