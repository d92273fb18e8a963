/** The engine without its gateway: full semantics, snapshots on, fsync before every answer. */
import { Random } from '../../simulator/random.js';
import { IN_FLIGHT, type InFlight } from '../baselines/baselines.js';
import { closedLoop, type Throughput } from '../support/closedLoop.js';
import { issueCards, operatorOf, registerTerminals } from '../support/stage.js';
import { startBenchSystem } from '../support/system.js';
import { openBusTills } from './busTills.js';

export interface EngineOptions {
  readonly cards: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export type Engine = Readonly<Record<InFlight, Throughput>>;

const PARTITIONS = 4;
const TERMINALS = 200;
const SEED = 11;

export async function benchEngine({ cards: count, seconds, log }: EngineOptions): Promise<Engine> {
  const system = await startBenchSystem({ partitions: PARTITIONS, log });
  try {
    const operator = await operatorOf(system);
    const cards = await issueCards(operator, count, { storedValue: 100_000_000, loan: 0 });
    const terminals = await registerTerminals(operator, TERMINALS);
    const { list } = await operator.describeSystem();
    await operator.close();
    const tills = await openBusTills(system, terminals, list);
    const random = new Random(SEED);
    const measure = (inFlight: InFlight): Promise<Throughput> =>
      closedLoop({
        ...{ name: `engine ${inFlight}`, inFlight, seconds, pids: system.pids },
        begin: (done) => {
          tills.pay(random.pick(cards), done);
        },
      });
    const [few, many] = IN_FLIGHT;
    const engine = { [few]: await measure(few), [many]: await measure(many) } as Engine;
    await tills.close();
    return engine;
  } finally {
    await system.stop();
  }
}
