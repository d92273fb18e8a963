/**
 * A process on a slower processor: it is stopped (SIGSTOP) for a part of every twenty milliseconds. So a load generator
 * on the same machine can offer more than the process can carry without taking its processor time.
 */
import { Worker } from 'node:worker_threads';

const PERIOD_MS = 20;

/** In a thread, which keeps its time while the process that started it is busy. */
const THREAD = `
const { parentPort, workerData: { pid, runMs, stopMs } } = require('node:worker_threads');
const signal = (name) => { try { process.kill(pid, name); } catch {} };
let ending = false;
parentPort.on('message', () => { ending = true; });
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
(async () => {
  while (!ending) {
    signal('SIGSTOP');
    await wait(stopMs);
    signal('SIGCONT');
    await wait(runMs);
  }
  parentPort.close();
})();
`;

/** Leaves it the `share` (0 … 1) of its time. Returns what lets it run again. */
export function slowDown(pid: number, share: number): () => Promise<void> {
  const workerData = { pid, runMs: PERIOD_MS * share, stopMs: PERIOD_MS * (1 - share) };
  const thread = new Worker(THREAD, { eval: true, workerData });
  const ended = new Promise<void>((resolve) => {
    thread.once('exit', () => {
      resolve();
    });
  });
  return async () => {
    thread.postMessage('end');
    await ended;
    process.kill(pid, 'SIGCONT');
  };
}
