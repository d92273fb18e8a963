/** Cards, terminals and their connections of a bench. */
import { connectOperator, type Operator } from '../../client/index.js';
import { startProgress } from '../../operator/cli/progress.js';
import { Device } from '../../simulator/device.js';
import { Line } from '../../simulator/line.js';
import { inFlight } from '../../simulator/population.js';
import type { BenchSystem } from './system.js';

/** Commands of the set-up, and connections, that are open at once. */
const IN_FLIGHT = 1_024;
const OPENING = 64;

export interface CardHolding {
  readonly storedValue: number;
  readonly loan: number;
}

/** Enough for every bench. */
export const HOLDING: CardHolding = { storedValue: 100_000_000, loan: 0 };
export const CARD_LIMIT = 1_000_000_000;

export async function operatorOf({ gateway, secret }: BenchSystem): Promise<Operator> {
  return connectOperator({ url: webSocketOf(gateway), secret });
}

export function webSocketOf(gateway: string): string {
  return `${gateway.replace(/^http/, 'ws')}/v1`;
}

export function cardName(index: number): string {
  return `card-${String(index).padStart(7, '0')}`;
}

export function terminalName(index: number): string {
  return `till-${String(index).padStart(5, '0')}`;
}

/** Resolves with their ids. */
export async function issueCards(
  operator: Operator,
  count: number,
  { storedValue, loan }: CardHolding,
): Promise<readonly string[]> {
  const cards = Array.from({ length: count }, (_, index) => cardName(index));
  const terms = { storedValue, loan, limit: CARD_LIMIT, creditFlag: true, active: true };
  await withProgress('cards', cards, async (card) => {
    const { outcome } = await operator.issueCard(card, terms);
    if (outcome !== 'APPROVED') throw new Error(`${card} was not issued: ${outcome}`);
  });
  return cards;
}

/** Resolves with their ids. */
export async function registerTerminals(operator: Operator, count: number): Promise<readonly string[]> {
  const terminals = Array.from({ length: count }, (_, index) => terminalName(index));
  await withProgress('terminals', terminals, async (terminal) => {
    const { outcome } = await operator.registerTerminal(terminal, { role: 'PURCHASE' });
    if (outcome !== 'APPROVED') throw new Error(`${terminal} was not registered: ${outcome}`);
  });
  return terminals;
}

async function withProgress<T>(
  name: string,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const progress = startProgress(name, items.length);
  let done = 0;
  await inFlight(items, IN_FLIGHT, async (item) => {
    await work(item);
    done += 1;
    progress.update(done, `${done} of ${items.length}`);
  });
  progress.end();
}

export interface Tills {
  readonly devices: readonly Device[];
  /** Connections that were lost so far. */
  readonly lost: () => number;
  close(): Promise<void>;
}

/** Each terminal on a connection of its own. Resolves when all may sell. */
export async function connectTills({ gateway }: BenchSystem, terminals: readonly string[]): Promise<Tills> {
  let lost = 0;
  const devices = terminals.map((terminal) => new Device(terminal));
  const events = {
    onReady: (device: Device) => {
      device.resumeAll();
    },
    onRejected: () => undefined,
    onList: () => undefined,
    onAcknowledged: () => undefined,
    onLost: () => {
      lost += 1;
    },
  };
  const lines = devices.map((device) => new Line(webSocketOf(gateway), [device], events));
  await inFlight(lines, OPENING, (line) => line.connect());
  return {
    devices,
    lost: () => lost,
    close: async () => {
      await Promise.all(lines.map((line) => line.close()));
    },
  };
}
