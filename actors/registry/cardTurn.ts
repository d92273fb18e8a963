/** Turns of a card, the center's record of it, and a terminal's id memory. */
import { FORGET_MARGIN_MS, MAX_ASK_AGE_MS, MAX_REVERSAL_AGE_MS } from '../bounds.js';
import { isAccess } from '../card/access.js';
import type { CardTransactionEvent } from '../card/card.js';
import { showAgain } from '../card/execute.js';
import { NO_IDS, recall } from '../card/visitor.js';
import { chunkOf } from '../center/borrowers.js';
import { closingTerms } from '../center/chargeInterest.js';
import type { PublishedCommand } from '../center/decideRecord.js';
import type { OperatorCommand } from '../center/operate.js';
import { NEW_SHARD } from '../center/shard.js';
import type { Answer, Answered, Movement } from '../money/answer.js';
import { businessSpan, realSpan } from '../money/businessClock.js';
import { dayOf } from '../money/businessDate.js';
import type { DeploymentRules } from '../money/deploymentRules.js';
import { pendingSum, projected } from '../money/instruction.js';
import type { Original } from '../money/original.js';
import { inForce, type Parameters, refundableFrom } from '../money/parameters.js';
import type { Asked, Kind } from '../money/transaction.js';
import type { Ask, Response, Turn, TurnContext } from '../runtime/domain.js';
import { CardStage, type StageTime } from './cardStage.js';
import type { AskCommand, OriginalFound } from './command.js';
import { type Environment, scheduleOf } from './environment.js';
import { type Event, isCardEvent } from './event.js';
import { noticesOf } from './notices.js';
import { originalAsk, originalKey } from './originals.js';
import { EMPTY_TURN, publicationKey, publicationsOf, rejection } from './turns.js';
import {
  borrowersKey,
  cardKey,
  type CardUnit,
  SHARD_KEY,
  type ShardUnit,
  visitorKey,
  type VisitorUnit,
} from './unit.js';
import { encodeAcknowledged, encodeAnswered } from './wire/replyCodec.js';

const DAY_MS = 86_400_000;

/** The units that a turn about a card may look at. */
export interface CardUnits {
  readonly card: CardUnit | undefined;
  readonly visitor: VisitorUnit | undefined;
  readonly shard: ShardUnit | undefined;
}

/** Turns of one frame have it in common: the last one is kept. */
let latest:
  | {
      readonly environment: Environment;
      readonly shard: ShardUnit | undefined;
      readonly time: number;
      readonly at: StageTime;
    }
  | undefined;

export function stageTime(
  environment: Environment,
  shard: ShardUnit | undefined,
  { time, position }: TurnContext,
): StageTime {
  if (
    latest?.environment !== environment ||
    latest.shard !== shard ||
    latest.time !== time ||
    latest.at.position !== position
  ) {
    latest = { environment, shard, time, at: newStageTime(environment, shard, time, position) };
  }
  return latest.at;
}

function newStageTime(
  environment: Environment,
  shard: ShardUnit | undefined,
  time: number,
  position: number,
): StageTime {
  const { clock, dateOf, minuteOf, rules, trace } = environment;
  const { parameters, chargedThrough } = shard?.state ?? NEW_SHARD;
  const now = clock(time);
  const today = dateOf(now);
  // An interest run asks for every day; a payment never.
  let known: readonly Parameters[] | undefined;
  const schedule = () => (known ??= scheduleOf(rules, parameters));
  return {
    now,
    today,
    position,
    minuteOf,
    chargedThrough,
    trace,
    parametersOn: (date) => inForce(schedule(), date),
    refundableFrom: () => refundableFrom(schedule(), today),
    forgetBefore: () => forgetBefore(rules, now, today, refundableFrom(schedule(), today)),
  };
}

/**
 * What was changed last before this can be refunded no longer, by any clock or zone, whoever adopts parameters late; nor
 * can it be reversed, were a reversal on its way for a week.
 */
function forgetBefore(rules: DeploymentRules, now: number, today: number, refundable: number): number {
  const refunds = (dayOf(today) - dayOf(refundable)) * DAY_MS + FORGET_MARGIN_MS;
  return now - Math.max(refunds, businessSpan(rules, MAX_REVERSAL_AGE_MS + MAX_ASK_AGE_MS));
}

/** A terminal asks. Identity comes before everything else, also when the card does not exist (D6). */
export function askTurn(
  environment: Environment,
  command: AskCommand,
  units: CardUnits,
  context: TurnContext,
): Turn<Event> {
  const { mode, asked } = command;
  const at = stageTime(environment, units.shard, context);
  const recalled = recall(units.visitor?.ids ?? NO_IDS, mode, asked, at.now);
  switch (recalled.kind) {
    case 'tooOld':
      return forgottenTurn(command, units, at);
    case 'answer':
      at.trace?.('ID', false, { recorded: recalled.answer.outcome });
      return replyWith(answerOf(asked, recalled.transaction, recalled.answer, units.card?.card?.log));
    case 'decide': {
      if (mode === 'EXECUTE' && isTooOld(environment, asked, at)) return agedTurn();
      if (mode === 'EXECUTE' && asked.kind === 'REFUND') return lookUpTurn(command);
      const stage = new CardStage(units.card, at);
      if (mode === 'REVERSE') stage.decide({ type: 'Reverse', asked, original: recalled.original });
      else execute(stage, command, undefined, at);
      const { answered, events, asks, touched } = decided(stage, asked, units);
      return turnWith(answered, touched, events, asks);
    }
  }
}

/** The journal has told what a refund gives back; meanwhile the id may have been decided, reversed or forgotten. */
export function originalTurn(
  environment: Environment,
  { ask: command, original }: OriginalFound,
  units: CardUnits,
  context: TurnContext,
): Turn<Event> {
  const { asked } = command;
  const key = originalKey(asked.id);
  const at = stageTime(environment, units.shard, context);
  const recalled = recall(units.visitor?.ids ?? NO_IDS, 'EXECUTE', asked, at.now);
  // Whoever waits asks again, and learns that it is too old.
  if (recalled.kind === 'tooOld') return { ...EMPTY_TURN, settles: [key] };
  if (recalled.kind === 'answer') {
    at.trace?.('ID', false, { recorded: recalled.answer.outcome });
    const bytes = encodeAnswered(answerOf(asked, recalled.transaction, recalled.answer));
    return { ...EMPTY_TURN, releases: [{ key, bytes }], settles: [key] };
  }
  const stage = new CardStage(units.card, at);
  execute(stage, command, original, at);
  const { answered, events, asks, touched } = decided(stage, asked, units);
  const releases = [{ key, bytes: encodeAnswered(answered) }];
  return { units: touched, events, response: { kind: 'none' }, asks, releases, settles: [key] };
}

function lookUpTurn(command: AskCommand): Turn<Event> {
  const { id } = command.asked;
  return {
    ...EMPTY_TURN,
    response: { kind: 'wait', key: originalKey(id) },
    asks: [originalAsk(command)],
  };
}

/** Rule 5: a new id that reaches the card is an access, also if it is refused then. */
function execute(
  stage: CardStage,
  { asked, mayDefer, zone, pinHash }: AskCommand,
  original: Original | undefined,
  at: StageTime,
): void {
  if (isAccess(stage.card, asked.device, at.trace)) {
    stage.decide({ type: 'Forget' });
    stage.center({ type: 'Forget' });
    stage.decide({ type: 'Access' });
  }
  const { record } = stage;
  const closing = asked.kind === 'UNLOAD' && record !== undefined ? closingTerms(record, at) : undefined;
  stage.decide({ type: 'Execute', asked, at: { mayDefer, zone }, pinHash, original, closing });
}

interface Decided {
  readonly answered: Answered;
  readonly events: readonly Event[];
  readonly asks: readonly Ask[];
  /** Units that evolve from the events. */
  readonly touched: readonly string[];
}

function decided(stage: CardStage, asked: Asked, { card }: CardUnits): Decided {
  const decision = stage.events.find(isDecision);
  if (decision === undefined) throw new Error('the card decided nothing');
  // Only operators instruct: what was not pending before is not pending now.
  if (card?.record !== undefined && card.record.pending.length > 0) applyAtOnce(stage);
  const { events } = stage;
  const log = decision.asked.kind === 'ENQUIRY' ? stage.card?.log : undefined;
  const answered = answerOf(decision.asked, decision.asked.kind, decision.answer, log);
  return { answered, events, asks: publicationsOf(events), touched: touchedBy(asked, card, events) };
}

function touchedBy(
  { id, card }: Asked,
  unit: CardUnit | undefined,
  events: readonly Event[],
): readonly string[] {
  const visited = visitorKey(id.terminal);
  const listing = listingUnits(card, events);
  if (unit === undefined) return [...listing, visited];
  return listing.length === 0 ? [cardKey(card), visited] : [cardKey(card), ...listing, visited];
}

/** Who is listed as a borrower is in its chunk too, and counted by the shard. */
function listingUnits(card: string, events: readonly Event[]): readonly string[] {
  for (const { type } of events) if (type === 'RecordListed') return [SHARD_KEY, borrowersKey(chunkOf(card))];
  return [];
}

function isDecision(event: Event): event is CardTransactionEvent {
  return isCardEvent(event) && 'asked' in event;
}

/**
 * Rule 5: terminals turn a card away that is prohibited by its limit, so what is pending for it is applied at once. It
 * may lift the prohibition.
 */
export function applyAtOnce(stage: CardStage): void {
  const { record } = stage;
  if (record !== undefined && record.pending.length > 0 && record.reasons.includes('LIMIT')) {
    stage.decide({ type: 'Access' });
  }
}

/**
 * What was forgotten is not decided again. A closed enquiry that its device repeats is asked again for the log, and may
 * be forgotten before it arrives; having no effect, it is shown the card as it is, and that is not recorded: a rejection
 * would be repeated for ever. Where there is no card it was declined, and a terminal repeats no declined enquiry.
 */
function forgottenTurn({ mode, asked }: AskCommand, { card }: CardUnits, at: StageTime): Turn<Event> {
  const state = card?.card;
  if (mode !== 'EXECUTE' || asked.kind !== 'ENQUIRY' || state === undefined) {
    return { ...EMPTY_TURN, response: rejection('TOO_OLD', 'the id was forgotten: its answer was final') };
  }
  const answer = { ...showAgain(state, at), position: 0 };
  return replyWith(answerOf(asked, asked.kind, answer, state.log));
}

/** D7: an id that was seen here so long ago may be forgotten, so one that is not known may not be executed any more. */
function isTooOld({ rules }: Environment, { openedTime }: Asked, { now }: StageTime): boolean {
  return realSpan(rules, now - openedTime) > MAX_ASK_AGE_MS;
}

/** No decline: whether it was executed is not known here. Its device reverses it, and that is never too old. */
function agedTurn(): Turn<Event> {
  return { ...EMPTY_TURN, response: rejection('TOO_OLD', 'it was opened too long ago to be executed now') };
}

function answerOf(
  { id, card, terminalTime }: Asked,
  kind: Kind | undefined,
  answer: Answer,
  log: readonly Movement[] = [],
): Answered {
  const shown = kind === 'ENQUIRY' && answer.outcome === 'APPROVED' ? log : [];
  return { id, kind, card, answer, terminalTime, log: shown };
}

/** The terminal may be in this process, and needs not read what it is told. */
function turnWith(
  answered: Answered,
  units: readonly string[],
  events: readonly Event[],
  asks: readonly Ask[],
): Turn<Event> {
  const response: Response = { kind: 'reply', bytes: encodeAnswered(answered), meaning: answered };
  const { releases, settles } = EMPTY_TURN;
  return { units, events, response, asks, releases, settles };
}

function replyWith(answered: Answered): Turn<Event> {
  const { units, events, asks } = EMPTY_TURN;
  return turnWith(answered, units, events, asks);
}

/** An operator commands. The reply shows the record after it. */
export function operatorTurn(
  environment: Environment,
  command: OperatorCommand,
  units: CardUnits,
  context: TurnContext,
): Turn<Event> {
  const stage = new CardStage(units.card, stageTime(environment, units.shard, context));
  const { outcome, fits, rejection: rejected } = stage.center(command);
  if (rejected !== undefined) return { ...EMPTY_TURN, response: rejection(rejected.code, rejected.detail) };
  if (outcome === undefined) throw new Error('an operator command was not answered');
  applyAtOnce(stage);
  const { events, record } = stage;
  const bytes = encodeAcknowledged({
    outcome,
    version: record?.version ?? 0,
    reasons: record?.reasons ?? [],
    position: events.length > 0 ? context.position : (context.lastPositions[0] ?? 0),
    fits,
    pending: record === undefined ? 0 : pendingSum(record.pending),
    projected:
      record === undefined
        ? undefined
        : projected(record.balances, record.pending, record.policy.storedValueCap),
    device: record?.device ?? 0,
  });
  return {
    ...EMPTY_TURN,
    units: events.length > 0 ? [cardKey(command.card), ...listingUnits(command.card, events)] : [],
    events,
    response: { kind: 'reply', bytes },
    asks: publicationsOf(events),
    notices: events.length > 0 ? noticesOf(command, stage.card, context.position) : [],
  };
}

/** The list has it: the repetition ends, unless the reasons have changed since. */
export function publishedTurn(
  environment: Environment,
  command: PublishedCommand,
  units: CardUnits,
  context: TurnContext,
): Turn<Event> {
  const { card, position } = command;
  const stage = new CardStage(units.card, stageTime(environment, units.shard, context));
  stage.center(command);
  const { events } = stage;
  const settles = position === units.card?.record?.changedPosition ? [publicationKey(card)] : [];
  return { ...EMPTY_TURN, units: events.length > 0 ? [cardKey(card)] : [], events, settles };
}
