/** Counters instead of money: the smallest domain that reads, decides, asks, waits and fails. */
import type { Ask, Domain, Response, Turn } from '../../../actors/runtime/domain.js';
import { MalformedError } from '../../../actors/runtime/errors.js';
import { partitionOf } from '../../../actors/runtime/placement.js';

export type CounterCommand =
  /** `notice`: told to whoever listens. */
  | { type: 'add'; counter: string; by: number; notice?: string }
  /** Like 'add', in the background. */
  | { type: 'addLater'; counter: string; by: number }
  | { type: 'read'; counter: string }
  /** Like 'add', once the worker has the thing. */
  | { type: 'need'; counter: string; thing: string }
  /** Asks `to` for a credit; the sender waits for the answer. */
  | { type: 'move'; counter: string; to: string; by: number; id: string }
  /** Asks again for an open id, as a device that repeats itself does. */
  | { type: 'nudge'; counter: string; id: string }
  | { type: 'credit'; counter: string; by: number; id: string }
  | { type: 'moved'; counter: string; id: string; key: string }
  /** `decide` throws. */
  | { type: 'explode'; counter: string }
  /** `evolve` throws. */
  | { type: 'poison'; counter: string };

export type CounterEvent =
  | { type: 'added'; counter: string; by: number }
  | { type: 'opened'; counter: string; to: string; by: number; id: string }
  | { type: 'credited'; counter: string; by: number; id: string }
  | { type: 'closed'; counter: string; id: string }
  | { type: 'poisoned'; counter: string };

export interface CounterState {
  readonly value: number;
  readonly open: Readonly<Record<string, { to: string; by: number }>>;
  readonly credits: readonly string[];
}

const EMPTY: CounterState = { value: 0, open: {}, credits: [] };
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const parse = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

export const encodeCommand = (command: CounterCommand): Uint8Array => text(command);
export const decodeReply = (bytes: Uint8Array): { value: number; position: number } =>
  parse(bytes) as { value: number; position: number };
export const unitOf = (counter: string): string => `counter/${counter}`;

function turn(
  unit: string,
  events: CounterEvent[],
  response: Response,
  rest: Partial<Turn<CounterEvent>> = {},
) {
  const units = events.length > 0 ? [unit] : [];
  return { units, events, response, asks: [], releases: [], settles: [], ...rest };
}

export function counters(
  partitions: number,
  things: ReadonlySet<string> = new Set(),
): Domain<CounterCommand, CounterEvent, CounterState> {
  const askOf = (counter: string, id: string, to: string, by: number): Ask => ({
    key: `${counter}#${id}`,
    from: unitOf(counter),
    to: { partition: partitionOf(to, partitions) },
    command: encodeCommand({ type: 'credit', counter: to, by, id }),
  });
  return {
    decodeCommand: (bytes) => {
      try {
        return parse(bytes) as CounterCommand;
      } catch (error) {
        throw new MalformedError('not JSON', { cause: error });
      }
    },
    understood: (meaning) => meaning as CounterCommand,
    unitsOf: (command) => [unitOf(command.counter)],
    isReserved: (command, stateOf) => {
      if (command.type === 'nudge') return command.id in (stateOf(unitOf(command.counter))?.open ?? {});
      return command.type === 'credit' || command.type === 'moved';
    },
    isBackground: ({ type }) => type === 'addLater',
    decide: (command, [before], { position }) => {
      const state = before ?? EMPTY;
      const unit = unitOf(command.counter);
      const reply = (value: number): Response => ({ kind: 'reply', bytes: text({ value, position }) });
      switch (command.type) {
        case 'add': {
          const { counter, by, notice } = command;
          const notices = notice === undefined ? {} : { notices: [text(notice)] };
          return turn(unit, [{ type: 'added', counter, by }], reply(state.value + by), notices);
        }
        case 'addLater': {
          const { counter, by } = command;
          return turn(unit, [{ type: 'added', counter, by }], reply(state.value + by));
        }
        case 'need': {
          const { counter, thing } = command;
          const ready = () => things.has(thing);
          if (!ready())
            return turn(unit, [], {
              kind: 'hold',
              ready,
              rejection: 'UNAVAILABLE',
              detail: `no ${thing} yet`,
            });
          return turn(unit, [{ type: 'added', counter, by: 1 }], reply(state.value + 1));
        }
        case 'read':
          return turn(unit, [], reply(state.value));
        case 'move': {
          const key = `${command.counter}#${command.id}`;
          return turn(
            unit,
            [{ ...command, type: 'opened' }],
            { kind: 'wait', key },
            {
              asks: [askOf(command.counter, command.id, command.to, command.by)],
            },
          );
        }
        case 'nudge': {
          const open = state.open[command.id];
          const asks = open === undefined ? [] : [askOf(command.counter, command.id, open.to, open.by)];
          return turn(unit, [], reply(state.value), { asks });
        }
        case 'credit':
          if (state.credits.includes(command.id)) return turn(unit, [], reply(state.value));
          return turn(unit, [{ ...command, type: 'credited' }], reply(state.value + command.by));
        case 'moved': {
          if (!(command.id in state.open))
            return turn(unit, [], { kind: 'none' }, { settles: [command.key] });
          const bytes = text({ value: state.value, position });
          return turn(
            unit,
            [{ ...command, type: 'closed' }],
            { kind: 'none' },
            {
              releases: [{ key: command.key, bytes }],
              settles: [command.key],
            },
          );
        }
        case 'explode':
          throw new Error('decide has a bug');
        case 'poison':
          return turn(unit, [{ type: 'poisoned', counter: command.counter }], reply(0));
      }
    },
    evolve: (unit, before, event) => {
      if (unitOf(event.counter) !== unit) return before;
      const state = before ?? EMPTY;
      switch (event.type) {
        case 'added':
          return { ...state, value: state.value + event.by };
        case 'opened':
          return {
            ...state,
            value: state.value - event.by,
            open: { ...state.open, [event.id]: { to: event.to, by: event.by } },
          };
        case 'credited':
          return { ...state, value: state.value + event.by, credits: [...state.credits, event.id] };
        case 'closed': {
          const { [event.id]: _closed, ...open } = state.open;
          return { ...state, open };
        }
        case 'poisoned':
          throw new Error('evolve has a bug');
      }
    },
    encodeEvent: text,
    decodeEvent: (bytes) => parse(bytes) as CounterEvent,
    encodeState: text,
    decodeState: (bytes) => parse(bytes) as CounterState,
    maySleep: () => true,
    isUnfinished: (state) => Object.keys(state.open).length > 0,
    resume: (unit, state) =>
      Object.entries(state.open).map(([id, { to, by }]) => askOf(unit.slice('counter/'.length), id, to, by)),
    standing: [],
    wake: () => undefined,
    answered: (ask) => {
      const [counter = '', id = ''] = ask.key.split('#');
      return { type: 'moved', counter, id, key: ask.key };
    },
  };
}
