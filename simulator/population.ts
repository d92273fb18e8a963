import type { CardDescription, Operator } from '../client/index.js';
import { Purse } from './purse.js';
import { Random } from './random.js';
import { CARD } from './terms.js';

export interface PopulationOptions {
  readonly cards: number;
  readonly terminals: number;
  readonly seed: number;
  /** Cards and terminals that are there, of all. */
  readonly onProgress: (done: number, total: number) => void;
}

/** The cards and terminals of a run. Their ids hold the seed: another seed is another population. */
export interface Population {
  readonly purses: readonly Purse[];
  readonly purchaseTerminals: readonly string[];
  readonly depositTerminals: readonly string[];
  /** Cards that were there before. */
  readonly continued: number;
}

/** Of ten terminals the first takes deposits: the role of one does not depend on how many there are. */
const DEPOSIT_EVERY = 10;
/** Commands that are open at once during the set-up. */
export const REGISTERING = 512;

export function cardId(seed: number, index: number, scenario = 'sim'): string {
  return `${scenario}-${seed}-c${String(index).padStart(5, '0')}`;
}

export function terminalId(seed: number, index: number, scenario = 'sim'): string {
  return `${scenario}-${seed}-t${String(index).padStart(4, '0')}`;
}

/** Creates what is not there yet; on the data of an earlier run everything is, and goes on as it stands. */
export async function createPopulation(operator: Operator, options: PopulationOptions): Promise<Population> {
  const { seed } = options;
  const terminals = Array.from({ length: options.terminals }, (_, index) => terminalId(seed, index));
  const depositTerminals = terminals.filter((_, index) => index % DEPOSIT_EVERY === 0);
  const purchaseTerminals = terminals.filter((_, index) => index % DEPOSIT_EVERY !== 0);
  const total = options.cards + terminals.length;
  let done = 0;
  const one = (): void => {
    done += 1;
    options.onProgress(done, total);
  };
  await inFlight(terminals, REGISTERING, async (terminal, index) => {
    const role = index % DEPOSIT_EVERY === 0 ? 'DEPOSIT' : 'PURCHASE';
    refuseTerminal(terminal, (await operator.registerTerminal(terminal, { role, mayDefer: true })).outcome);
    one();
  });
  const { purses, continued } = await createPurses(operator, options, one);
  return { purses, purchaseTerminals, depositTerminals, continued };
}

async function createPurses(
  operator: Operator,
  { cards, seed }: PopulationOptions,
  one: () => void,
): Promise<{ purses: Purse[]; continued: number }> {
  const random = new Random(seed);
  const ids = Array.from({ length: cards }, (_, index) => cardId(seed, index));
  // Drawn for every card, there or not: the values do not depend on what an earlier run has created.
  const values = ids.map(() => random.integer(CARD.leastValue, CARD.mostValue));
  const known = await knownCards(operator, ids);
  const purses = ids.map((id, index) => purseOf(known.get(id), id, values[index] ?? CARD.leastValue));
  await inFlight(purses, REGISTERING, async (purse) => {
    if (!known.has(purse.card)) await issue(operator, purse);
    else if (purse.limit !== CARD.limit) await restore(operator, purse);
    one();
  });
  return { purses, continued: known.size };
}

/** Those that are there. */
export async function knownCards(
  operator: Operator,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CardDescription>> {
  const known = new Map<string, CardDescription>();
  for (const found of await operator.describeCards(ids)) if (found.card) known.set(found.id, found);
  return known;
}

export function purseOf(found: CardDescription | undefined, id: string, value: number): Purse {
  const balances = found?.card?.balances;
  if (balances === undefined) return new Purse(id, value, 0, CARD.limit);
  const purse = new Purse(id, balances.storedValue, balances.loan, balances.limit);
  purse.learn(balances, found?.position ?? 0);
  return purse;
}

async function issue(operator: Operator, { card, storedValue }: Purse): Promise<void> {
  const terms = { storedValue, limit: CARD.limit, storedValueCap: CARD.cap, creditFlag: true, active: true };
  refuse(card, (await operator.issueCard(card, terms)).outcome);
}

/** A run that was broken off has left this card's limit cut. */
export async function restore(operator: Operator, purse: Purse): Promise<void> {
  refuse(purse.card, (await operator.changeLimit(purse.card, CARD.limit)).outcome);
  purse.limit = CARD.limit;
}

/** ALREADY_EXISTS: with other properties, from another version of the simulator; its books are just as good. */
export function refuse(id: string, outcome: string): void {
  if (outcome === 'APPROVED' || outcome === 'ALREADY_EXISTS') return;
  throw new Error(`${id} could not be created: ${outcome}`);
}

/** One with another role would refuse what it is sent, for ever. */
export function refuseTerminal(id: string, outcome: string): void {
  if (outcome === 'ALREADY_EXISTS')
    throw new Error(`${id} was registered for something else by an earlier run: choose another --seed`);
  refuse(id, outcome);
}

/** Runs `work` for every item, at most `width` at a time, in the order of the items. */
export async function inFlight<T>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
}
