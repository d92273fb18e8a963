import { v1 } from '../../../../proto/generated/emoney.js';
import { examine } from '../examined.js';
import { StatedSystem } from '../statedSystem.js';

const { KIND_PURCHASE: PURCHASE } = v1.Kind;
const TERMINAL = ['terminal/T1'];

/** One purchase of 500 in batch 1, closed and settled; another after it. */
function settled(): StatedSystem {
  const made = new StatedSystem(1);
  made.register('T1');
  made.issue('C1');
  made.state('T1', 'C1', PURCHASE, { parts: { value: 500 }, after: { storedValue: 700 } });
  const { journal } = made;
  const of = { terminal: 'T1', batch: 1 };
  const totals = (): v1.BatchTotals.$Properties => ({
    ...{ batch: 1, purchases: { count: 1, amount: 500, parts: { value: 500 } } },
  });
  const device = totals();
  journal.turn(0, TERMINAL, [{ batchClosing: { ...of, device, timeMs: made.now } }]);
  made.terminals.get('T1')!.batch = 2;
  made.state('T1', 'C1', PURCHASE, { parts: { value: 5 }, after: { storedValue: 695 } });
  journal.turn(0, TERMINAL, [{ batchFinal: { ...of, partitions: 1 } }]);
  journal.turn(0, TERMINAL, [{ batchCompiled: { ...of, partition: 0, totals: totals() } }]);
  const columns = { device: totals(), own: totals(), center: totals() };
  journal.turn(0, TERMINAL, [{ batchSettled: { ...of, timeMs: made.now, ...columns } }]);
  return made;
}

describe('auditor: batches and their settlement', () => {
  examine('closed, final, compiled, settled', settled, [
    {
      finds: 'a payment that was booked into the closed batch',
      when: ({ journal }) => {
        journal.find('transactionOpened')[1]!.batch = 1;
      },
      code: 'I8',
      message: /open batch: expected 2, found 1/,
    },
    {
      finds: 'one that is booked after it was final',
      when: (made) => {
        made.terminals.get('T1')!.batch = 1;
        made.state('T1', 'C1', PURCHASE, { parts: { value: 5 }, after: { storedValue: 690 } });
      },
      code: 'I8',
      message: /booked into batch 1, which is final/,
    },
    {
      finds: 'a batch that is final although a payment is not',
      when: ({ journal }) => {
        const opened = journal.frameOf('transactionClosed');
        const [turn] = opened.turns.splice(0);
        journal.frameOf('batchSettled').turns.push(turn!);
      },
      code: 'I8',
      message: /final although 1 of the batch are not/,
    },
    {
      finds: "a partition's part that is not what its journal has",
      when: ({ journal }) => {
        journal.find('batchCompiled')[0]!.totals!.purchases!.amount = 501;
      },
      code: 'I8',
      message: /a partition's part differs in batch 1\/0 purchases amount: 501 and 500/,
    },
    {
      finds: 'a column that is not what the terminal counted',
      when: ({ journal }) => {
        journal.find('batchSettled')[0]!.own!.purchases!.count = 2;
      },
      code: 'I8',
      message: /settled terminal batch 1\/0 purchases count: expected 1, found 2/,
    },
    {
      finds: 'a column that is not what the device said',
      when: ({ journal }) => {
        journal.find('batchSettled')[0]!.device!.purchases!.count = 2;
      },
      code: 'I8',
      message: /settled device batch 1\/0 purchases count: expected 1, found 2/,
    },
    {
      finds: 'a settlement without a partition',
      when: ({ journal }) => {
        journal.frameOf('batchCompiled').turns = [];
      },
      code: 'I8',
      message: /partitions that were asked: expected 1, found 0/,
    },
  ]);
});
