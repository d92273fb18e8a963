/**
 * Explanations (rule 16): the command's own turn is decided, by the same deciders, and thrown away but for its answer
 * and the steps that led to it. Nothing of it is stored, and nothing of it leaves.
 */
import { collectSteps, type Step } from '../money/trace.js';
import type { Turn, TurnContext } from '../runtime/domain.js';
import { commandToExplain, stateToExplain } from '../terminal/asSent.js';
import type { Command, DryRun, Explainable } from './command.js';
import type { Environment } from './environment.js';
import type { Event } from './event.js';
import { explainedOriginalAsk, explainedOriginalKey } from './originals.js';
import { EMPTY_TURN, reply } from './turns.js';
import { isTerminal, type State } from './unit.js';
import { encodeExplained } from './wire/explainCodec.js';
import { encodeAcknowledged } from './wire/replyCodec.js';

/** How the registry decides any command. */
export type Decide = (
  environment: Environment,
  command: Command,
  states: readonly (State | undefined)[],
  context: TurnContext,
) => Turn<Event>;

/** Decides a command as ever, on states that may be another's. */
type DecideHere = (command: Command, states?: readonly (State | undefined)[]) => Turn<Event>;

export function explainTurn(
  environment: Environment,
  dryRun: DryRun,
  states: readonly (State | undefined)[],
  context: TurnContext,
  decide: Decide,
): Turn<Event> {
  const { trace, steps } = collectSteps();
  // Of no frame: nothing is recorded.
  const { time, lastPositions } = context;
  const nowhere = { time, position: 0, lastPositions };
  const decideHere: DecideHere = (command, present = states) =>
    decide({ ...environment, trace }, command, present, nowhere);
  const { command } = dryRun;
  const { type } = command;
  if (type === 'Transact' || type === 'Reverse') {
    return atTerminal(command, dryRun, states[0], steps, decideHere);
  }
  if (type === 'Ask') return atCard(command, steps, decideHere);
  if (type === 'OriginalFound') return withOriginal(command, steps, decideHere);
  const turn = decideHere(command);
  return turn.response.kind === 'wait' ? begun(steps) : explained(turn, steps);
}

type Of<Type extends Explainable['type']> = Extract<Explainable, { type: Type }>;

/** What the terminal does not decide by itself goes on to the card. */
function atTerminal(
  command: Of<'Transact' | 'Reverse'>,
  dryRun: DryRun,
  terminal: State | undefined,
  steps: readonly Step[],
  decide: DecideHere,
): Turn<Event> {
  if (!isTerminal(terminal)) return explained(decide(command), steps);
  const state = stateToExplain(terminal.state, dryRun);
  const sent = commandToExplain(state, command, dryRun);
  const present: readonly State[] = [{ unit: 'terminal', state }];
  const turn = decide(sent, present);
  if (turn.response.kind !== 'wait') return explained(turn, steps);
  const [ask] = turn.asks;
  if (ask !== undefined) return reply(encodeExplained(steps, { ask: ask.command }));
  // Its reversal is on its way, and nothing else happens to it.
  const { id, session } = sent;
  return explained(decide({ type: 'QueryOutcome', id, session }, present), steps);
}

/** A refund waits for what the journal says about its original, as ever. */
function atCard(command: Of<'Ask'>, steps: readonly Step[], decide: DecideHere): Turn<Event> {
  const turn = decide({ ...command, pinHash: undefined });
  if (turn.response.kind !== 'wait') return explained(turn, steps);
  const key = explainedOriginalKey(command.asked);
  return { ...EMPTY_TURN, response: { kind: 'wait', key }, asks: [explainedOriginalAsk(command)] };
}

function withOriginal(command: Of<'OriginalFound'>, steps: readonly Step[], decide: DecideHere): Turn<Event> {
  const { releases } = decide({ ...command, ask: { ...command.ask, pinHash: undefined } });
  const key = explainedOriginalKey(command.ask.asked);
  return {
    ...EMPTY_TURN,
    releases: releases.map(({ bytes }) => ({
      key,
      bytes: encodeExplained(steps, { reply: bytes }),
    })),
    settles: [key],
  };
}

function explained({ response }: Turn<Event>, steps: readonly Step[]): Turn<Event> {
  if (response.kind !== 'reply') return { ...EMPTY_TURN, response };
  return reply(encodeExplained(steps, { reply: response.bytes }));
}

/** A run of the center: answered when it has ended. */
function begun(steps: readonly Step[]): Turn<Event> {
  const approved = encodeAcknowledged({ outcome: 'APPROVED', version: 0, reasons: [], position: 0 });
  return reply(encodeExplained(steps, { reply: approved }));
}
