/** What the micro benches repeat. */
import type { TerminalAsk } from '../../actors/terminal/decision.js';
import { packAsk } from '../../actors/registry/wire/hot/packing.js';
import { decodeFrame, encodeFrame, hashOf, type Frame, type TurnRecord } from '../../actors/runtime/frame.js';
import { evolveAll } from '../../actors/runtime/replay.js';
import { commandBytes } from '../../gateway/commandBytes.js';
import { createRig, turnOf, type Rig, type Step } from './rig.js';

export interface Operation {
  readonly group: 'codec' | 'decider' | 'frame' | 'mailbox';
  readonly name: string;
  /** Operations in one call. */
  readonly count: number;
  /** What it returns is not looked at, and keeps V8 from leaving the work out. */
  readonly run: () => unknown;
}

const FRAME_EVENTS = 100;

/** Those without a partition. */
export function pureOperations(): readonly Operation[] {
  const rig = createRig();
  return [...codec(rig), ...decider(rig), ...frame(rig)];
}

function codec({ domain, transact, opened, asked, closed }: Rig): readonly Operation[] {
  const events = [opened, asked, closed].flatMap(({ turn }) => turn.events);
  const encoded = events.map((event) => domain.encodeEvent(event));
  const ask = askOf(asked);
  const operation = (name: string, run: () => unknown, count = 1): Operation => {
    return { group: 'codec', name, count, run };
  };
  return [
    operation('pack Transact (gateway)', () => commandBytes(transact)),
    operation('unpack Transact', () => domain.decodeCommand(opened.bytes)),
    operation('pack Ask', () => packAsk(ask)),
    operation('unpack Ask', () => domain.decodeCommand(asked.bytes)),
    operation('pack an event', () => events.map((event) => domain.encodeEvent(event)), events.length),
    operation('unpack an event', () => encoded.map((bytes) => domain.decodeEvent(bytes)), events.length),
  ];
}

/** Decides again and again on the same states: deciders are pure. */
function decider({ domain, opened, asked, closed }: Rig): readonly Operation[] {
  const operation = (name: string, { command, states, context }: Step): Operation => ({
    ...{ group: 'decider', name, count: 1 },
    run: () => {
      const turn = domain.decide(command, states, context);
      return domain
        .unitsOf(command)
        .map((key, at) =>
          turn.units.includes(key) ? evolveAll(domain, key, states[at], turn.events) : undefined,
        );
    },
  });
  return [
    operation('terminal: OPENED', opened),
    operation('card, record, visitor: a purchase', asked),
    operation('terminal: CLOSED', closed),
  ];
}

function frame({ domain, opened, asked, closed }: Rig): readonly Operation[] {
  const purchase = [opened, asked, closed].map((step) => turnOf(domain, step));
  const turns: TurnRecord[] = [];
  let events = 0;
  for (let at = 0; events < FRAME_EVENTS; at += 1) {
    const turn = purchase[at % purchase.length];
    if (turn === undefined) break;
    turns.push(turn);
    events += turn.events.length;
  }
  const whole: Frame = {
    ...{ sequence: 1_000, previousHash: new Uint8Array(32), epoch: 2, time: Date.now() },
    body: { kind: 'turns', turns },
  };
  const bytes = encodeFrame(whole);
  const operation = (name: string, run: () => unknown): Operation => {
    return { group: 'frame', name: `${name}, ${events} events`, count: 1, run };
  };
  return [
    operation('encode', () => encodeFrame(whole)),
    operation(`hash (${bytes.length} bytes)`, () => hashOf(bytes)),
    operation('decode', () => decodeFrame(bytes)),
  ];
}

function askOf({ command }: Step): TerminalAsk {
  if (command.type !== 'Ask') throw new Error(`a ${command.type} is no ask`);
  const { mode, asked, mayDefer, zone, pinHash = '' } = command;
  return { mode, asked, mayDefer, zone, pinHash, towards: 0 };
}
