/** The full path: WebSocket clients, gateway, engine; one payment a message. */
import { Random } from '../../simulator/random.js';
import type { Device } from '../../simulator/device.js';
import { closedLoop, type Throughput } from '../support/closedLoop.js';
import { connectTills, HOLDING, issueCards, operatorOf, registerTerminals } from '../support/stage.js';
import { startBenchSystem } from '../support/system.js';

export interface FullOptions {
  readonly cards: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export interface Full {
  /** 1,000 connections with one payment open each. */
  readonly connections1000: Throughput;
  /** 200 connections with four. */
  readonly connections200x4: Throughput;
}

const PARTITIONS = 4;
const TERMINALS = 1_000;
const FEW = { terminals: 200, open: 4 };
const SEED = 13;

export async function benchFull({ cards: count, seconds, log }: FullOptions): Promise<Full> {
  const system = await startBenchSystem({ partitions: PARTITIONS, log });
  try {
    const operator = await operatorOf(system);
    const cards = await issueCards(operator, count, HOLDING);
    const terminals = await registerTerminals(operator, TERMINALS);
    await operator.close();
    const random = new Random(SEED);
    const measure = async (some: readonly string[], open: number): Promise<Throughput> => {
      const tills = await connectTills(system, some);
      const free = tills.devices.flatMap((device) => Array.from({ length: open }, () => device));
      const name = `${some.length} × ${open}`;
      const throughput = await closedLoop({
        ...{ name, inFlight: free.length, seconds, pids: system.pids },
        begin: (done) => {
          pay(free, random.pick(cards), done);
        },
      });
      await tills.close();
      return throughput;
    };
    const connections1000 = await measure(terminals, 1);
    const connections200x4 = await measure(terminals.slice(0, FEW.terminals), FEW.open);
    return { connections1000, connections200x4 };
  } finally {
    await system.stop();
  }
}

/** At a terminal that is free; it is free again once it has its answer. */
function pay(free: Device[], card: string, done: (refusal?: string) => void): void {
  const device = free.pop();
  const station = device?.station;
  if (device === undefined || station === undefined) throw new Error('a terminal has lost its connection');
  station.purchase({ card, amount: 1 }, (result) => {
    free.push(device);
    const outcome = result instanceof Error ? result.message : result.outcome;
    done(outcome === 'APPROVED' ? undefined : outcome);
  });
}
