/** In and out of the city's zones. */
import type { Errand } from '../errand.js';
import { settleOwed } from './deposits.js';

/** Minutes. */
const JOURNEY = { least: 10, most: 40 } as const;
const OFFLINE_MINUTES = 20;
/** Exits that are undone at the gate: the wrong one was taken. */
const VOIDED = 0.04;

/** In at one zone and out at another; the fare by the table. */
export async function commute(errand: Errand): Promise<void> {
  const { random, holder } = errand;
  const [from, to] = wayOf(errand);
  if (!(await enter(errand, from))) return;
  await errand.pause(random.integer(JOURNEY.least, JOURNEY.most));
  const { approved, place } = await errand.exit(to, { must: ['APPROVED'] });
  if (!approved || place === undefined || holder.inside) return;
  if (random.chance(VOIDED)) await errand.void(place, { follow: 'none' });
}

/** In twice, and out twice. */
export async function passback(errand: Errand): Promise<void> {
  const [from, to] = wayOf(errand);
  if (!(await enter(errand, from))) return;
  await errand.entry(from, { must: ['ALREADY_INSIDE'] });
  await errand.exit(to, { must: ['APPROVED'] });
  await errand.exit(to, { must: ['NOT_INSIDE'] });
}

/** A gate without connection opens for leaving, and sends the exit later, with its own time. */
export async function offlineExit(errand: Errand): Promise<void> {
  const { town, random } = errand;
  const [from, to] = wayOf(errand);
  if (!(await enter(errand, from))) return;
  const place = town.places.gate(to, random);
  place?.cut((OFFLINE_MINUTES * 60_000) / town.time.rate);
  await errand.pause(1);
  const { reply } = await errand.exit(to, { place, must: ['APPROVED'] });
  if (reply !== undefined) town.offline.push(reply.receiveTimeMs - reply.terminalTimeMs);
}

/** Whoever is prohibited while inside gets out, and not in again. */
export async function prohibitedInside(errand: Errand): Promise<void> {
  const { holder } = errand;
  const [from, to] = wayOf(errand);
  if (!(await enter(errand, from))) return;
  holder.prohibited = true;
  await errand.operate('prohibit', (operator, card) => operator.prohibit(card, { note: 'a complaint' }));
  await errand.exit(to, { must: ['APPROVED'] });
  await errand.entry(from, { must: ['CARD_PROHIBITED'] });
  await errand.operate('lift', (operator, card) => operator.lift(card, { note: 'settled' }));
  holder.prohibited = false;
}

/** Out first, where the card is inside from before; a fare that is owed is paid. False: it did not open. */
async function enter(errand: Errand, zone: string): Promise<boolean> {
  const { holder } = errand;
  if (holder.inside) await errand.exit(zone, { must: ['APPROVED'] });
  const { reply, approved } = await errand.entry(zone);
  if (approved || reply === undefined) return approved;
  if (reply.outcome !== 'FARE_OWED' && reply.outcome !== 'CARD_PROHIBITED') return false;
  await settleOwed(errand);
  return (await errand.entry(zone)).approved;
}

function wayOf({ town, random }: Errand): readonly [from: string, to: string] {
  const { zones } = town.places;
  return [random.pick(zones), random.pick(zones)];
}
