/** A process of a bench with a worker's memory: it is told once what to do, and says once what came of it. */
import { fork } from 'node:child_process';
import { YOUNG_SPACE } from '../../operator/cli/system/child.js';
import { Endings } from './ending.js';

/** `entry` calls `answerOnce`. Throws when it ends without an answer; its reason is on stderr. */
export async function askForked<Answer>(entry: string, question: object): Promise<Answer> {
  const endings = new Endings();
  // Not on the terminal itself: two progress bars would write over each other.
  const child = fork(entry, { execArgv: [YOUNG_SPACE, ...process.execArgv], silent: true });
  child.stderr?.pipe(process.stderr);
  endings.push(async () => {
    if (child.connected) child.disconnect();
  });
  try {
    return await new Promise((resolve, reject) => {
      child.once('exit', () => {
        reject(new Error('a process of the bench has ended before it had measured'));
      });
      child.once('message', (message) => {
        resolve(message as Answer);
      });
      child.send(question);
    });
  } finally {
    await endings.end();
  }
}

/** In the process itself, which ends afterwards. */
export async function answerOnce(answer: (question: never) => Promise<unknown>): Promise<void> {
  // Whoever started it is gone.
  process.once('disconnect', () => process.exit(1));
  const question = await new Promise((resolve) => process.once('message', resolve));
  const said = await answer(question as never);
  process.send?.(said);
}
