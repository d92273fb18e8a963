import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** One line of standard input. At a terminal it is asked for, and what is typed is not shown. Empty: there is none. */
export async function readSecretLine(question: string): Promise<string> {
  const { isTTY } = process.stdin;
  if (isTTY) process.stderr.write(question);
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isTTY });
  const line = await new Promise<string>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => {
      resolve('');
    });
  });
  lines.close();
  if (isTTY) process.stderr.write('\n');
  return line.trim();
}
