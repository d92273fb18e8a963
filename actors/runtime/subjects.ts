/** Names on the bus and of streams. `deployment` is a short name of letters, digits, - and _. */
export interface Subjects {
  /** Deliveries of commands and asks to a partition. */
  partition(partition: number): string;
  /** Replies to the asks of one owner of a partition. The epoch keeps them from a later owner. */
  answers(partition: number, epoch: number): string;
  /** Replies to one gateway. */
  gateway(instance: string): string;
  /** Questions to the history of a partition, and the answers for one gateway. */
  history(partition: number): string;
  historyAnswers(instance: string): string;
  /** What the owner of a partition tells whoever listens: gateways with phones of its cards. */
  notices(partition: number): string;
  readonly heartbeat: string;
}

export function subjectsOf(deployment: string): Subjects {
  const root = `emoney.${deployment}`;
  return {
    partition: (partition) => `${root}.partition.${String(partition)}`,
    answers: (partition, epoch) => `${root}.answers.${String(partition)}.${String(epoch)}`,
    gateway: (instance) => `${root}.gateway.${instance}`,
    history: (partition) => `${root}.history.${String(partition)}`,
    historyAnswers: (instance) => `${root}.history.answers.${instance}`,
    notices: (partition) => `${root}.notices.${String(partition)}`,
    heartbeat: `${root}.heartbeat`,
  };
}
