/** Names on the bus and of streams. `deployment` is a short name of letters, digits, - and _. */
export interface Subjects {
  /** Deliveries of commands and asks to a partition. */
  partition(partition: number): string;
  /** Replies to the asks of one owner of a partition. The epoch keeps them from a later owner. */
  answers(partition: number, epoch: number): string;
  /** Replies to one gateway. */
  gateway(instance: string): string;
  readonly heartbeat: string;
}

export function subjectsOf(deployment: string): Subjects {
  const root = `emoney.${deployment}`;
  return {
    partition: (partition) => `${root}.partition.${String(partition)}`,
    answers: (partition, epoch) => `${root}.answers.${String(partition)}.${String(epoch)}`,
    gateway: (instance) => `${root}.gateway.${instance}`,
    heartbeat: `${root}.heartbeat`,
  };
}
