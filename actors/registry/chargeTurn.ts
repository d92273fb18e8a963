/** What a partition does for the center's office: it adopts parameters, and charges its borrowers. */
import { MAX_CHARGED_TOGETHER } from '../bounds.js';
import type { RunPlace } from '../center/decideOffice.js';
import { borrowersAfter, NO_BORROWERS } from '../center/borrowers.js';
import { chargedAt, isPassed, NEW_SHARD, nextChunk, type ShardEvent } from '../center/shard.js';
import { sameParameters } from '../money/parameters.js';
import type { Turn, TurnContext } from '../runtime/domain.js';
import { CardStage } from './cardStage.js';
import { applyAtOnce, stageTime } from './cardTurn.js';
import type { PartitionCommand } from './command.js';
import type { Environment } from './environment.js';
import type { Event } from './event.js';
import { EMPTY_TURN, publicationsOf, reply } from './turns.js';
import {
  borrowersKey,
  cardKey,
  isBorrowers,
  isCard,
  isShard,
  SHARD_KEY,
  type ShardUnit,
  type State,
} from './unit.js';
import type { ChargeCards, ListBorrowers } from './wire/officeCodec.js';
import { encodePartitionReply } from './wire/officeCodec.js';

/** In this order `chargeTurn` gets their states. */
export function chargedUnits(command: PartitionCommand): readonly string[] {
  switch (command.type) {
    case 'AdoptParameters':
      return [SHARD_KEY];
    case 'ListBorrowers':
      return [SHARD_KEY, borrowersKey(command.place.chunk)];
    case 'ChargeCards':
      return [SHARD_KEY, borrowersKey(command.place.chunk), ...command.cards.map(cardKey)];
  }
}

export function chargeTurn(
  environment: Environment,
  command: PartitionCommand,
  [first, second, ...cards]: readonly (State | undefined)[],
  context: TurnContext,
): Turn<Event> {
  const shard = isShard(first) ? first : undefined;
  switch (command.type) {
    case 'AdoptParameters':
      return adopt(environment, command, shard);
    case 'ListBorrowers':
      return list(environment, command, shard, isBorrowers(second) ? second.state.cards : []);
    case 'ChargeCards':
      return charge(environment, command, shard, cards, context);
  }
}

/** Asked again, it is answered as done. */
function adopt(
  { partition }: Environment,
  { parameters }: Extract<PartitionCommand, { type: 'AdoptParameters' }>,
  shard: ShardUnit | undefined,
): Turn<Event> {
  const { number } = parameters;
  const turn = reply(encodePartitionReply({ type: 'Adopted', number }));
  const known = (shard?.state ?? NEW_SHARD).parameters.some((each) => sameParameters(each, parameters));
  if (known) return turn;
  return { ...turn, units: [SHARD_KEY], events: [{ type: 'ParametersSet', partition, parameters }] };
}

/** From here on no date up to the run's is reopened in this partition. */
function list(
  { partition }: Environment,
  { place }: ListBorrowers,
  shard: ShardUnit | undefined,
  cards: readonly string[],
): Turn<Event> {
  const { through, settlement, chunk, after } = place;
  const state = shard?.state ?? NEW_SHARD;
  // Those who were charged need not be listed any more: whoever asks again must be told all the same what was done.
  const done = chargedAt(state, place);
  if (done !== undefined) {
    return reply(encodePartitionReply({ type: 'Borrowers', cards: [done.last], nextChunk: chunk }));
  }
  const found = borrowersAfter({ ...NO_BORROWERS, cards }, after, MAX_CHARGED_TOGETHER);
  const bytes = encodePartitionReply({
    type: 'Borrowers',
    cards: found,
    nextChunk: found.length > 0 ? chunk : nextChunk(state, chunk + 1),
  });
  if (settlement > 0 || through <= state.chargedThrough) return reply(bytes);
  const begun: ShardEvent = { type: 'InterestRunBegun', partition, through };
  return { ...reply(bytes), units: [SHARD_KEY], events: [begun] };
}

/** Every record is brought to the date, once; asked again, what was done then is answered. */
function charge(
  environment: Environment,
  { place, cards }: ChargeCards,
  shard: ShardUnit | undefined,
  states: readonly (State | undefined)[],
  context: TurnContext,
): Turn<Event> {
  const state = shard?.state ?? NEW_SHARD;
  const last = cards.at(-1) ?? '';
  const done = chargedAt(state, place);
  if (done !== undefined) return reply(encodePartitionReply({ ...done, type: 'Charged' }));
  if (isPassed(state, place)) {
    return reply(encodePartitionReply({ type: 'Charged', cards: 0, amount: 0n, last }));
  }
  const at = stageTime(environment, shard, context);
  const events: Event[] = [];
  const units: string[] = [];
  let [count, amount] = [0, 0n];
  for (const [index, card] of cards.entries()) {
    const unit = states[index];
    const stage = new CardStage(isCard(unit) ? unit : undefined, at);
    visit(stage, place, events.length);
    if (stage.events.length === 0) continue;
    events.push(...stage.events);
    units.push(cardKey(card));
    const amounts = stage.events.flatMap(amountIn);
    if (amounts.length > 0) count += 1;
    for (const each of amounts) amount += each;
  }
  if (events.some(({ type }) => type === 'RecordListed')) units.push(borrowersKey(place.chunk));
  const { partition, through, settlement, chunk, after } = place;
  // Also where nothing was due: what is due there later is not this run's.
  const charged = { through, settlement, chunk, after, last, cards: count, amount };
  events.push({ type: 'CardsCharged', partition, charged });
  units.push(SHARD_KEY);
  const bytes = encodePartitionReply({ type: 'Charged', cards: count, amount, last });
  return { ...EMPTY_TURN, units, events, response: { kind: 'reply', bytes }, asks: publicationsOf(events) };
}

/** An interest run charges, a settlement orders. */
function visit(stage: CardStage, { settlement, partition, through }: RunPlace, index: number): void {
  if (settlement === 0) {
    stage.center({ type: 'Charge', through });
    applyAtOnce(stage);
    return;
  }
  stage.center({ type: 'Collect', settlement, partition, index });
}

/** What an event charges or orders: nothing, or one amount. */
function amountIn(event: Event): readonly bigint[] {
  if (event.type === 'RecordInterestPosted') return [BigInt(event.amount)];
  if (event.type !== 'RecordCollectionOrdered') return [];
  return [event.credit ? -BigInt(event.amount) : BigInt(event.amount)];
}
