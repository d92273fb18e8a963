/** Turns of the center's office: what it decides, asks of partitions and hears from them. */
import {
  adoptions,
  decideOffice,
  dueThrough,
  type OfficeAsk,
  type OfficeContext,
  type OfficeResponse,
  type RunName,
  runAsks,
} from '../center/decideOffice.js';
import { NEW_OFFICE, type OfficeState } from '../center/office.js';
import type { Ask, Response, Turn, TurnContext } from '../runtime/domain.js';
import { MalformedError } from '../runtime/errors.js';
import type { CenterCommand, Command } from './command.js';
import { type Environment, scheduleOf } from './environment.js';
import type { Event } from './event.js';
import { rejection, reply } from './turns.js';
import { OFFICE_KEY, type OfficeUnit } from './unit.js';
import { encodeCenter } from './wire/describedCodec.js';
import { decodePartitionReply, encodeOfficeAsk } from './wire/officeCodec.js';
import { encodeAcknowledged } from './wire/replyCodec.js';

export function officeTurn(
  environment: Environment,
  command: CenterCommand,
  office: OfficeUnit | undefined,
  context: TurnContext,
): Turn<Event> {
  const state = office?.state ?? NEW_OFFICE;
  const at = officeContext(environment, state, context.time);
  if (command.type === 'DescribeCenter') {
    return reply(encodeCenter({ ...state, businessDate: at.today, schedule: at.schedule }));
  }
  const { events, response, asks, settles, ended } = decideOffice(state, command, at);
  const bytes = approved(context.position);
  return {
    units: events.length > 0 ? [OFFICE_KEY] : [],
    events,
    response: responseOf(response, events.length > 0 ? context.position : (context.lastPositions[0] ?? 0)),
    asks: asks.map(officeAsk),
    releases: ended.map((run) => ({ key: endKey(run), bytes })),
    settles: settles.map(({ purpose, partition }) => askKey(purpose, partition)),
  };
}

function officeContext(
  { clock, dateOf, rules, partitions, trace }: Environment,
  { parameters }: OfficeState,
  time: number,
): OfficeContext {
  return {
    today: dateOf(clock(time)),
    created: dateOf(clock(rules.created)),
    partitions,
    schedule: scheduleOf(rules, parameters),
    trace,
  };
}

/** What the office does by itself at this time; undefined: nothing. */
export function wakeOffice(
  environment: Environment,
  office: OfficeUnit | undefined,
  time: number,
): Command | undefined {
  const state = office?.state ?? NEW_OFFICE;
  const due = dueThrough(state, officeContext(environment, state, time));
  return due === undefined ? undefined : { type: 'Wake' };
}

/** After a takeover everything that was begun goes on (D12). */
export function resumeOffice({ state }: OfficeUnit): readonly Ask[] {
  const run = state.run === undefined ? [] : runAsks(state.run);
  return [...adoptions(state), ...run].map(officeAsk);
}

function officeAsk(ask: OfficeAsk): Ask {
  const adopting = ask.type === 'Adopt';
  const partition = adopting ? ask.partition : ask.place.partition;
  return {
    key: askKey(adopting ? 'adopt' : 'run', partition),
    from: OFFICE_KEY,
    to: { partition },
    command: encodeOfficeAsk(ask),
  };
}

function askKey(purpose: 'adopt' | 'run', partition: number): string {
  return `${purpose}/${partition}`;
}

function endKey({ through, settlement }: RunName): string {
  return settlement === 0 ? `interest-end/${through}` : `settlement-end/${settlement}`;
}

/** Throws MalformedError for an answer to something else. */
export function officeAnswered(asked: Command, bytes: Uint8Array): CenterCommand {
  const answer = decodePartitionReply(bytes);
  if (asked.type === 'AdoptParameters' && answer.type === 'Adopted') {
    return { type: 'Adopted', partition: asked.partition, number: answer.number };
  }
  if (asked.type === 'ListBorrowers' && answer.type === 'Borrowers') {
    return { type: 'Listed', place: asked.place, cards: answer.cards, nextChunk: answer.nextChunk };
  }
  if (asked.type === 'ChargeCards' && answer.type === 'Charged') {
    const { cards, amount, last } = answer;
    return { type: 'Charged', place: asked.place, last, cards, amount };
  }
  throw new MalformedError(`${answer.type} is no answer to ${asked.type}`);
}

function responseOf(response: OfficeResponse, position: number): Response {
  switch (response.kind) {
    case 'outcome':
      return {
        kind: 'reply',
        bytes: encodeAcknowledged({ outcome: response.outcome, version: 0, reasons: [], position }),
      };
    case 'wait':
      return { kind: 'wait', key: endKey(response.run) };
    case 'busy':
      return rejection(
        'UNAVAILABLE',
        'a run, or the adoption of parameters, is under way: repeat when it has ended',
      );
    case 'none':
      return { kind: 'none' };
  }
}

function approved(position: number): Uint8Array {
  return encodeAcknowledged({ outcome: 'APPROVED', version: 0, reasons: [], position });
}
