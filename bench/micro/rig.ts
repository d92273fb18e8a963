/** One purchase taken through the domain by hand, turn by turn: what the micro benches work on. */
import { createRegistry, type Registry } from '../../actors/registry/registry.js';
import type { Command } from '../../actors/registry/command.js';
import type { Event } from '../../actors/registry/event.js';
import type { State } from '../../actors/registry/unit.js';
import type { Turn, TurnContext } from '../../actors/runtime/domain.js';
import type { TurnRecord } from '../../actors/runtime/frame.js';
import { evolveAll } from '../../actors/runtime/replay.js';
import { v1 } from '../../proto/generated/emoney.js';
import { decodeMessage, encodeMessage } from '../../proto/message.js';
import { LIST, LIST_VERSION, plainRules } from '../inProcess/partitions.js';
import { CARD_LIMIT, cardName, HOLDING, terminalName } from '../support/stage.js';

/** One turn of the purchase. */
export interface Step {
  readonly bytes: Uint8Array;
  readonly command: Command;
  readonly states: readonly (State | undefined)[];
  readonly context: TurnContext;
  readonly turn: Turn<Event>;
}

export interface Rig {
  readonly domain: Registry;
  /** As the gateway says it. */
  readonly transact: v1.Command.$Properties;
  /** At the terminal, at the card and the center's record, and at the terminal again. */
  readonly opened: Step;
  readonly asked: Step;
  readonly closed: Step;
}

const CARD = cardName(0);
const TERMINAL = terminalName(0);

export function createRig(): Rig {
  const deployment = { deployment: 'rig', partition: 0, partitions: 1, rules: plainRules() };
  const domain = createRegistry(deployment, LIST);
  const desk = new Desk(domain);
  const { storedValue } = HOLDING;
  const terms = { storedValue, limit: CARD_LIMIT, active: true, policy: { creditFlag: true } };
  desk.take({ issueCard: { card: CARD, terms } });
  desk.take({
    registerTerminal: { terminal: TERMINAL, role: v1.TerminalRole.TERMINAL_ROLE_PURCHASE },
  });
  const { response } = desk.take({
    openSession: { terminal: TERMINAL, source: '', card: '', device: 0 },
  }).turn;
  if (response.kind !== 'reply') throw new Error('the terminal of the rig got no WELCOME');
  const { welcomed } = decodeMessage(v1.CommandReply, response.bytes);
  const { incarnation = 0, session = 0, nextNumber = 1 } = welcomed ?? {};
  desk.take({ holdList: { terminal: TERMINAL, session, version: LIST_VERSION } });
  const transact: v1.Command.$Properties = {
    transact: {
      ...{ id: { terminal: TERMINAL, incarnation, number: nextNumber }, session, mark: nextNumber },
      ...{ kind: v1.Kind.KIND_PURCHASE, card: CARD, amount: 100, currency: '', terminalTimeMs: Date.now() },
    },
  };
  const opened = desk.take(transact);
  const [ask] = opened.turn.asks;
  if (ask === undefined) throw new Error('the terminal of the rig has asked nobody');
  const asked = desk.run(ask.command, domain.decodeCommand(ask.command));
  if (asked.turn.response.kind !== 'reply') throw new Error('the card of the rig has not answered');
  const { bytes } = asked.turn.response;
  return { domain, transact, opened, asked, closed: desk.run(bytes, domain.answered(ask, bytes)) };
}

/** The turns of a purchase as a frame holds them. */
export function turnOf(domain: Registry, { turn }: Step): TurnRecord {
  return { units: turn.units, events: turn.events.map((event) => domain.encodeEvent(event)) };
}

/** A partition without frames: every turn is decided and evolved at once. */
class Desk {
  readonly #domain: Registry;
  readonly #states = new Map<string, State | undefined>();
  readonly #positions = new Map<string, number>();
  #position = 1;

  constructor(domain: Registry) {
    this.#domain = domain;
  }

  take(command: v1.Command.$Properties): Step {
    const bytes = encodeMessage(v1.Command, command);
    return this.run(bytes, this.#domain.decodeCommand(bytes));
  }

  run(bytes: Uint8Array, command: Command): Step {
    const keys = this.#domain.unitsOf(command);
    const states = keys.map((key) => this.#states.get(key));
    this.#position += 1;
    const lastPositions = keys.map((key) => this.#positions.get(key) ?? 0);
    const context = { time: Date.now(), position: this.#position, lastPositions };
    const turn = this.#domain.decide(command, states, context);
    for (const key of turn.units) {
      this.#states.set(key, evolveAll(this.#domain, key, this.#states.get(key), turn.events));
      this.#positions.set(key, this.#position);
    }
    return { bytes, command, states, context, turn };
  }
}
