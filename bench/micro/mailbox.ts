/** A real partition on a journal that acknowledges at once: deliveries in, replies out. */
import { v1 } from '../../proto/generated/emoney.js';
import { ask } from '../engine/ask.js';
import { openTills } from '../engine/busTills.js';
import { issueAll } from '../growth/issue.js';
import { LIST_VERSION, startInProcess } from '../inProcess/partitions.js';
import { cardName, terminalName } from '../support/stage.js';
import type { Operation } from './operations.js';

export interface MailboxRig {
  readonly operations: readonly Operation[];
  stop(): void;
}

/** Commands in one delivery. */
const DELIVERED = 100;
const TERMINALS = 20;

export async function createMailbox(log: (line: string) => void): Promise<MailboxRig> {
  const inProcess = startInProcess(1, log);
  const { partitions } = inProcess;
  const cards = Array.from({ length: DELIVERED }, (_, at) => cardName(at));
  await issueAll(partitions, cards);
  const terminals = Array.from({ length: TERMINALS }, (_, at) => terminalName(at));
  for (const terminal of terminals) {
    await ask(partitions, 0, {
      registerTerminal: { terminal, role: v1.TerminalRole.TERMINAL_ROLE_PURCHASE },
    });
  }
  const tills = await openTills(partitions, terminals, LIST_VERSION);
  const all = async (begin: (card: string, done: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      let left = cards.length;
      const done = (): void => {
        left -= 1;
        if (left === 0) resolve();
      };
      for (const card of cards) begin(card, done);
    });
  const read = (card: string, done: () => void): void => {
    partitions.send(0, { describeCards: { cards: [card] } }, { answered: done, rejected: done });
  };
  const pay = (card: string, done: () => void): void => {
    tills.pay(card, done);
  };
  return {
    operations: [
      { group: 'mailbox', name: 'a read, 100 in a delivery', count: DELIVERED, run: () => all(read) },
      { group: 'mailbox', name: 'a purchase, 100 in a delivery', count: DELIVERED, run: () => all(pay) },
    ],
    stop: () => {
      inProcess.stop();
    },
  };
}
