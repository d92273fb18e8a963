import type { Operator } from '../client/index.js';
import type { Pace } from './arrivals.js';
import type { BusinessTime } from './businessTime.js';
import { Device } from './device.js';
import { Load } from './load.js';
import { createPopulation, type PopulationOptions } from './population.js';
import { Random } from './random.js';
import type { Scenario } from './scenario.js';
import { Workload } from './workload.js';

export interface PaymentsOptions extends PopulationOptions {
  readonly pace: Pace;
  readonly time: BusinessTime;
  /** More cards, with which nobody pays by himself. */
  readonly idleCards?: number | undefined;
}

/** Minor units. */
const TAP_AMOUNT = 10;

/** Purchases, deposits and enquiries at any terminal, evenly, for as long as it is wanted. */
export async function paymentsScenario(operator: Operator, options: PaymentsOptions): Promise<Scenario> {
  const { pace, seed, time, idleCards = 0 } = options;
  const cards = options.cards + idleCards;
  const {
    purses: all,
    purchaseTerminals,
    depositTerminals,
  } = await createPopulation(operator, { ...options, cards });
  const purses = all.slice(0, options.cards);
  const random = new Random(seed ^ 0x5eed);
  const purchaseDevices = purchaseTerminals.map((terminal) => new Device(terminal));
  const depositDevices = depositTerminals.map((terminal) => new Device(terminal));
  const workload = new Workload(purses, new Random(seed));
  const clock = time.now;
  const load = new Load({ workload, purchaseDevices, depositDevices, pace, random, clock });
  return {
    driver: load,
    devices: [...purchaseDevices, ...depositDevices],
    cards: purses.length,
    cuttable: purses,
    idle: all.slice(options.cards),
    tap: (purse) => {
      load.also({ kind: 'purchase', purse, amount: TAP_AMOUNT, follow: 'none', overdrawing: false });
    },
    note: () => '',
    connected: async () => undefined,
    close: async () => undefined,
    report: () => undefined,
  };
}
