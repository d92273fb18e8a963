/** A system with cards, and terminals on the bus that may sell: what every bench of the engine begins with. */
import { Random } from '../../simulator/random.js';
import { closedLoop, type Throughput } from '../support/closedLoop.js';
import { HOLDING, issueCards, operatorOf, registerTerminals } from '../support/stage.js';
import { startBenchSystem, type BenchSystem, type BenchSystemOptions } from '../support/system.js';
import { openBusTills, type BusTills } from './busTills.js';

export interface StandOptions extends Omit<BenchSystemOptions, 'partitions' | 'rules'> {
  readonly cards: number;
}

export interface Stand {
  readonly system: BenchSystem;
  readonly cards: readonly string[];
  readonly tills: BusTills;
  stop(): Promise<void>;
}

/** As many as the baselines have streams. */
export const PARTITIONS = 4;
export const TERMINALS = 200;
const SEED = 11;

/** Nothing is left running when it throws. */
export async function openStand({ cards: count, ...options }: StandOptions): Promise<Stand> {
  const system = await startBenchSystem({ ...options, partitions: PARTITIONS });
  try {
    const operator = await operatorOf(system);
    const cards = await issueCards(operator, count, HOLDING);
    const terminals = await registerTerminals(operator, TERMINALS);
    const { list } = await operator.describeSystem();
    await operator.close();
    const tills = await openBusTills(system, terminals, list);
    const stop = async (): Promise<void> => {
      await tills.close();
      await system.stop();
    };
    return { system, cards, tills, stop };
  } catch (error) {
    await system.stop();
    throw error;
  }
}

export interface Measurement {
  /** What the progress bar says. */
  readonly name: string;
  readonly inFlight: number;
  readonly seconds: number;
  /** Called when the measurement begins, and when it ends. */
  readonly onEdge?: () => void;
}

const WARM_SECONDS = 10;

/** So that the first measurement is of code that is as optimised as that of the last. */
export async function warmUp(stand: Stand, inFlight: number): Promise<void> {
  await measureStand(stand, { name: 'warm-up', inFlight, seconds: WARM_SECONDS });
}

/** A closed loop over all cards, each as likely as any other. */
export async function measureStand(
  { system, cards, tills }: Stand,
  measurement: Measurement,
): Promise<Throughput> {
  const random = new Random(SEED);
  return closedLoop({
    ...measurement,
    pids: system.pids,
    begin: (done) => {
      tills.pay(random.pick(cards), done);
    },
  });
}
