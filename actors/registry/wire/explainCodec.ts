/** Dry runs and their steps (explain.proto). */
import { encodeMessage } from '../../../proto/message.js';
import { v1 } from '../../../proto/generated/emoney.js';
import type { Step } from '../../money/trace.js';
import type { Command, DryRun, Explainable } from '../command.js';
import { fromInteger, GuardError } from './guards.js';
import { rules } from './vocabulary.js';

/** The type demands all of them. `OriginalFound` is never on the wire. */
const explainable = {
  Transact: true,
  Reverse: true,
  RegisterTerminal: true,
  Ask: true,
  OriginalFound: true,
  IssueCard: true,
  ActivateCard: true,
  ChangeLimit: true,
  ChangePolicy: true,
  ChangeProhibition: true,
  SetPin: true,
  UnblockPin: true,
  ReplaceCard: true,
  StoreValue: true,
  CancelStore: true,
  AdjustCard: true,
  ConfirmCollection: true,
  ReturnCollection: true,
  SetParameters: true,
  ChargeInterest: true,
  Settle: true,
} as const satisfies Record<Explainable['type'], true>;

function isExplainable(command: Command): command is Explainable {
  return Object.hasOwn(explainable, command.type);
}

export function decodeDryRun(wire: v1.DryRun, decodeCommand: (bytes: Uint8Array) => Command): DryRun {
  const command = decodeCommand(wire.command);
  if (!isExplainable(command)) throw new GuardError('command', `${command.type} cannot be explained`);
  return { type: 'DryRun', command, anySession: wire.anySession, newNumber: wire.newNumber };
}

/** Of a Command message to the partition of a card. */
export function encodeDryRun(command: Uint8Array): Uint8Array {
  return encodeMessage(v1.Command, { dryRun: { command } });
}

/** With a CommandReply message, or with the Command message that goes on. */
export function encodeExplained(
  steps: readonly Step[],
  rest: { readonly reply: Uint8Array } | { readonly ask: Uint8Array },
): Uint8Array {
  return encodeMessage(v1.CommandReply, { explained: { ...rest, steps: steps.map(encodeStep) } });
}

function encodeStep({ rule, passed, facts }: Step): v1.Step.$Properties {
  const wire: v1.Fact.$Properties[] = [];
  for (const [name, value] of Object.entries(facts)) {
    if (typeof value === 'string') wire.push({ name, text: value });
    else if (typeof value === 'boolean') wire.push({ name, flag: value });
    else if (value !== undefined) wire.push({ name, number: fromInteger(value, name) });
  }
  return { rule: rules.toWire(rule), passed, facts: wire };
}
