/** The CPU-bound stage of the engine in this process: purchases through partitions whose journals answer at once. */
import { Random } from '../../simulator/random.js';
import { v1 } from '../../proto/generated/emoney.js';
import { ask } from '../engine/ask.js';
import { openTills, type Tills } from '../engine/busTills.js';
import { PARTITIONS, TERMINALS } from '../engine/stand.js';
import { issueAll } from '../growth/issue.js';
import { closedLoop, type Throughput } from '../support/closedLoop.js';
import { cardName, terminalName } from '../support/stage.js';
import { LIST_VERSION, startInProcess } from './partitions.js';

export interface PipelineOptions {
  readonly cards: number;
  readonly inFlight: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

const SEED = 23;

/** `ready`: asked once everything is there; it is measured when that resolves. */
export async function runPipeline(
  { cards: count, inFlight, seconds, log }: PipelineOptions,
  ready: () => Promise<void>,
): Promise<Throughput> {
  const inProcess = startInProcess(PARTITIONS, log);
  const { partitions } = inProcess;
  try {
    const cards = Array.from({ length: count }, (_, at) => cardName(at));
    await issueAll(partitions, cards);
    const terminals = Array.from({ length: TERMINALS }, (_, at) => terminalName(at));
    for (const terminal of terminals) {
      const role = v1.TerminalRole.TERMINAL_ROLE_PURCHASE;
      await ask(partitions, partitions.of(terminal), { registerTerminal: { terminal, role } });
    }
    const tills: Tills = await openTills(partitions, terminals, LIST_VERSION);
    const random = new Random(SEED);
    await ready();
    return await closedLoop({
      ...{ name: 'pipeline', inFlight, seconds, pids: () => ({ pipeline: process.pid }) },
      begin: (done) => {
        tills.pay(random.pick(cards), done);
      },
    });
  } finally {
    inProcess.stop();
  }
}
