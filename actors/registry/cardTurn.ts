/**
 * Turns of a card, the center's record of it, and a terminal's id memory. Card and record never see each other's
 * state: what one tells the other is decided here, in the same turn.
 */
import { MAX_ASK_AGE_MS } from '../bounds.js';
import { decideCard } from '../card/decideCard.js';
import { NO_IDS, recall } from '../card/visitor.js';
import {
  decideRecord,
  type OperatorCommand,
  type PublishedCommand,
  type RecordCommand,
} from '../center/decideRecord.js';
import { evolveRecord, type RecordState } from '../center/record.js';
import type { Answer, Answered, Movement } from '../money/answer.js';
import { realSpan } from '../money/businessClock.js';
import type { Outcome } from '../money/outcomes.js';
import type { Asked, AskMode, Kind } from '../money/transaction.js';
import type { Turn, TurnContext } from '../runtime/domain.js';
import type { AskCommand } from './command.js';
import type { Environment } from './environment.js';
import type { Event } from './event.js';
import { EMPTY_TURN, publicationKey, publicationsOf, rejection, reply } from './turns.js';
import { cardKey, type CardUnit, isRecordEvent, visitorKey, type VisitorUnit } from './unit.js';
import { encodeAcknowledged, encodeAnswered } from './wire/replyCodec.js';

interface Decided {
  readonly outcome: Outcome | undefined;
  readonly events: readonly Event[];
}

/** The center decides, and tells the card, which records it. */
function decideCenter(record: RecordState | undefined, command: RecordCommand, at: CardTime): Decided {
  const { outcome, events, tells } = decideRecord(record, command, at);
  if (tells.length === 0) return { outcome, events };
  // What the center has decided, the card records whatever its state is.
  return { outcome, events: [...events, ...tells.map((tell) => decideCard(undefined, tell, at).event)] };
}

interface CardTime {
  readonly now: number;
  readonly today: number;
  readonly position: number;
}

function timeOf(environment: Environment, { time, position }: TurnContext): CardTime {
  const now = environment.clock(time);
  return { now, today: environment.dateOf(now), position };
}

/** A terminal asks. Identity comes before everything else, also when the card does not exist (D6). */
export function askTurn(
  environment: Environment,
  { mode, asked, mayDefer }: AskCommand,
  unit: CardUnit | undefined,
  visitor: VisitorUnit | undefined,
  context: TurnContext,
): Turn<Event> {
  const at = timeOf(environment, context);
  const recalled = recall(visitor?.ids ?? NO_IDS, mode, asked, at.now);
  switch (recalled.kind) {
    case 'tooOld':
      return forgottenTurn(mode, asked, unit, at);
    case 'answer':
      return reply(answerOf(asked, recalled.transaction, recalled.answer, unit?.card?.log));
    case 'decide': {
      if (mode === 'EXECUTE' && isTooOld(environment, asked, at)) return agedTurn();
      const { original } = recalled;
      const command =
        mode === 'REVERSE'
          ? ({ type: 'Reverse', asked, original } as const)
          : ({ type: 'Execute', asked, mayDefer } as const);
      const { event, tell } = decideCard(unit?.card, command, at);
      if (!('answer' in event) || tell === undefined) throw new Error('the card decided nothing');
      const events: readonly Event[] = [event, ...decideCenter(unit?.record, tell, at).events];
      const bytes = answerOf(event.asked, event.asked.kind, event.answer, unit?.card?.log);
      const visited = visitorKey(asked.id.terminal);
      const units = unit === undefined ? [visited] : [cardKey(asked.card), visited];
      return {
        ...EMPTY_TURN,
        units,
        events,
        response: { kind: 'reply', bytes },
        asks: publicationsOf(events),
      };
    }
  }
}

/**
 * What was forgotten is not decided again. A closed enquiry that its device repeats is asked again for the log, and may
 * be forgotten before it arrives; having no effect, it is answered as things are, and that is not recorded: a rejection
 * would be repeated for ever.
 */
function forgottenTurn(mode: AskMode, asked: Asked, unit: CardUnit | undefined, at: CardTime): Turn<Event> {
  if (mode !== 'EXECUTE' || asked.kind !== 'ENQUIRY') {
    return { ...EMPTY_TURN, response: rejection('TOO_OLD', 'the id was forgotten: its answer was final') };
  }
  const { event } = decideCard(unit?.card, { type: 'Execute', asked, mayDefer: false }, at);
  if (!('answer' in event)) throw new Error('the card decided nothing');
  return reply(answerOf(asked, asked.kind, { ...event.answer, position: 0 }, unit?.card?.log));
}

/** D7: an id that was seen here so long ago may be forgotten, so one that is not known may not be executed any more. */
function isTooOld({ rules }: Environment, { openedTime }: Asked, { now }: CardTime): boolean {
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
): Uint8Array {
  const shown = kind === 'ENQUIRY' && answer.outcome === 'APPROVED' ? log : [];
  const answered: Answered = { id, kind, card, answer, terminalTime, log: shown };
  return encodeAnswered(answered);
}

/** An operator commands. The reply shows the record after it. */
export function operatorTurn(
  environment: Environment,
  command: OperatorCommand,
  unit: CardUnit | undefined,
  context: TurnContext,
): Turn<Event> {
  const before = unit?.record;
  const { outcome, events } = decideCenter(before, command, timeOf(environment, context));
  if (outcome === undefined) throw new Error('an operator command was not answered');
  const record = recordAfter(before, events);
  const bytes = encodeAcknowledged({
    outcome,
    version: record?.version ?? 0,
    reasons: record?.reasons ?? [],
    position: events.length > 0 ? context.position : (context.lastPositions[0] ?? 0),
  });
  return {
    ...EMPTY_TURN,
    units: events.length > 0 ? [cardKey(command.card)] : [],
    events,
    response: { kind: 'reply', bytes },
    asks: publicationsOf(events),
  };
}

function recordAfter(before: RecordState | undefined, events: readonly Event[]): RecordState | undefined {
  let record = before;
  for (const event of events) if (isRecordEvent(event)) record = evolveRecord(record, event);
  return record;
}

/** The list has it: the repetition ends, unless the reasons have changed since. */
export function publishedTurn(
  environment: Environment,
  command: PublishedCommand,
  unit: CardUnit | undefined,
  context: TurnContext,
): Turn<Event> {
  const { card, position } = command;
  const { events } = decideCenter(unit?.record, command, timeOf(environment, context));
  const settles = position === unit?.record?.changedPosition ? [publicationKey(card)] : [];
  return { ...EMPTY_TURN, units: events.length > 0 ? [cardKey(card)] : [], events, settles };
}
