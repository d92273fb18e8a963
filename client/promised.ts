import type { OnResult } from './pursuits.js';
import type { Reply } from './reply.js';

/** A transaction as a promise; throws RejectedError or ConnectionLostError. */
export async function promised(start: (done: OnResult) => unknown): Promise<Reply> {
  return new Promise((resolve, reject) => {
    start((result) => {
      if (result instanceof Error) reject(result);
      else resolve(result);
    });
  });
}
