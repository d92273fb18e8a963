import type { Partitions } from '../../gateway/partitions.js';
import type { v1 } from '../../proto/generated/emoney.js';

/** One command to a partition. Throws when it is rejected. */
export async function ask(
  partitions: Partitions,
  partition: number,
  command: v1.Command.$Properties,
): Promise<v1.CommandReply> {
  return new Promise((resolve, reject) => {
    partitions.send(partition, command, {
      answered: resolve,
      rejected: (code, detail) => {
        reject(new Error(`rejected (${code}): ${detail}`));
      },
    });
  });
}
