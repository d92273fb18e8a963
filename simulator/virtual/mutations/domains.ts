/** Actors that forget, and turns that are no turns (D4, D6, D7, D9, D12, D15). */
import type { HostingParts } from '../../../actors/hosting.js';
import type { Registry } from '../../../actors/registry/registry.js';
import type { Ask, Turn } from '../../../actors/runtime/domain.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { encodeMessage } from '../../../proto/message.js';

type Event = ReturnType<Registry['decodeEvent']>;
type State = ReturnType<Registry['decodeState']>;
type Change = (domain: Registry) => Partial<Registry>;

function deciding(parts: HostingParts, change: Change): HostingParts {
  return { ...parts, wrapDomain: (domain) => ({ ...domain, ...change(domain) }) };
}

/** The last event of a turn comes with a later turn of the same unit. */
export function splitTurn(parts: HostingParts): HostingParts {
  return deciding(parts, (domain) => {
    const left = new Map<string, { readonly event: Event; readonly position: number }>();
    return {
      decide: (command, states, context) => {
        const turn = domain.decide(command, states, context);
        const [unit] = turn.units;
        if (unit?.startsWith('card/') !== true) return turn;
        const before = left.get(unit);
        const events = [...turn.events];
        if (before !== undefined && before.position < context.position) {
          left.delete(unit);
          events.unshift(before.event);
        }
        const last = events.at(-1);
        if (events.length < 2 || last === undefined || left.has(unit)) return { ...turn, events };
        left.set(unit, { event: last, position: context.position });
        return { ...turn, events: events.slice(0, -1) };
      },
    };
  });
}

/** Towards every partition the device's own mark, also where an id is still open there. */
export function oneMark(parts: HostingParts): HostingParts {
  return deciding(parts, (domain) => ({
    decide: (command, states, context) => {
      const turn = domain.decide(command, states, context);
      const said = 'mark' in command ? command.mark : 0;
      return said === 0 ? turn : changingAsks(turn, (asked) => raiseMark(asked, said));
    },
  }));
}

/** What is booked late is booked where the terminal was before. */
export function bookedAfterClosing(parts: HostingParts): HostingParts {
  return deciding(parts, (domain) => ({
    decide: (command, states, context) => {
      const turn = domain.decide(command, states, context);
      return changingAsks(turn, (asked) =>
        (asked.batch ?? 0) > 1 ? { ...asked, batch: (asked.batch ?? 0) - 1 } : asked,
      );
    },
  }));
}

/** Other checks come before the known id: what would be refused now is refused, whatever is recorded. */
export function duplicateLast(parts: HostingParts): HostingParts {
  return deciding(parts, (domain) => ({
    decide: (command, states, context) => {
      const turn = domain.decide(command, states, context);
      if (command.type !== 'Ask' || command.mode !== 'EXECUTE' || turn.events.length > 0) return turn;
      const strange = states.map((state) => (state?.unit === 'visitor' ? withoutIds(state) : state));
      const anew = domain.decide(command, strange, context);
      const isRefusal = anew.events.some((event) => event.type === 'CardDeclined');
      return isRefusal ? { ...turn, response: anew.response } : turn;
    },
  }));
}

/** A reversal of an id that was never seen is answered, and forgotten. */
export function withoutTombstone(parts: HostingParts): HostingParts {
  return deciding(parts, (domain) => ({
    evolve: (unit, state, event) => {
      const after = domain.evolve(unit, state, event);
      if (event.type !== 'CardReversed' || after?.unit !== 'visitor') return after;
      const { incarnation, number } = event.asked.id;
      return knows(state, incarnation, number) ? after : (state ?? withoutIds(after));
    },
  }));
}

/** How much of a payment was given back already is not kept. */
export function undoneForgotten(parts: HostingParts): HostingParts {
  return deciding(parts, (domain) => ({
    evolve: (unit, state, event) => {
      const after = domain.evolve(unit, state, event);
      if (after?.unit !== 'card' || after.card === undefined || state?.unit !== 'card') return after;
      const undone = state.card?.undone;
      return undone === undefined ? after : { ...after, card: { ...after.card, undone } };
    },
  }));
}

/** What the card told the center is not told again when the journal is read. */
export function tellLost(parts: HostingParts): HostingParts {
  return deciding(parts, (domain) => {
    const replayed = new WeakSet<Event>();
    return {
      decodeEvent: (bytes) => {
        const event = domain.decodeEvent(bytes);
        if (event.type === 'RecordMoved') replayed.add(event);
        return event;
      },
      evolve: (unit, state, event) => {
        const isLost = replayed.has(event) && unit.startsWith('card/');
        return isLost ? state : domain.evolve(unit, state, event);
      },
    };
  });
}

export function workForgotten(parts: HostingParts): HostingParts {
  return deciding(parts, () => ({ resume: () => [], isUnfinished: () => false }));
}

type Asked = v1.Asked.$Properties;

/** The turn with its asks to cards changed. */
export function changingAsks(turn: Turn<Event>, change: (asked: Asked) => Asked): Turn<Event> {
  if (turn.asks.length === 0) return turn;
  return { ...turn, asks: turn.asks.map((ask) => changedAsk(ask, change)) };
}

function changedAsk(ask: Ask, change: (asked: Asked) => Asked): Ask {
  if ('outlet' in ask.to) return ask;
  const { key, from, to } = ask;
  return { key, from, to, command: changedCommand(ask.command, change) };
}

export function changedCommand(bytes: Uint8Array, change: (asked: Asked) => Asked): Uint8Array {
  const command = v1.Command.decode(bytes);
  const asked = command.ask?.asked;
  if (command.ask == null || asked == null) return bytes;
  const { pinHash = new Uint8Array(0), ...rest } = command.ask;
  return encodeMessage(v1.Command, { ask: { ...rest, pinHash, asked: change({ ...asked }) } });
}

export function raiseMark(asked: Asked, mark: number): Asked {
  const own = Number(asked.id?.number ?? 0);
  return { ...asked, mark: Math.min(Math.max(Number(asked.mark ?? 0), mark), own) };
}

function withoutIds(state: Extract<State, { unit: 'visitor' }>): State {
  return { ...state, ids: { oldestIncarnation: 0, incarnations: [] } };
}

function knows(state: State | undefined, incarnation: number, number: number): boolean {
  if (state?.unit !== 'visitor') return false;
  const found = state.ids.incarnations.find((each) => each.incarnation === incarnation);
  if (found === undefined) return false;
  return JSON.stringify(found.entries).includes(`"number":${number},`);
}
