/** What a refund asks of the journal: the payment that it gives back, which no actor needs to remember. */
import type { TransactionId } from '../money/ids.js';
import type { Asked } from '../money/transaction.js';
import type { Ask } from '../runtime/domain.js';
import { MalformedError } from '../runtime/errors.js';
import type { AskCommand, Command, DryRun, OriginalFound } from './command.js';
import { idKey } from './turns.js';
import { cardKey } from './unit.js';
import { packAsk } from './wire/hot/packing.js';
import { encodeDryRun } from './wire/explainCodec.js';
import { decodeFindOriginal, decodeFoundOriginal, encodeFindOriginal } from './wire/historyCodec.js';

/** The worker's outlet that looks it up. */
export const ORIGINALS = 'originals';

/** Under this key it is asked, and waited for: a terminal's own asks have other keys. */
export function originalKey(id: TransactionId): string {
  return `original/${idKey(id)}`;
}

export function originalAsk(command: AskCommand): Ask {
  const { asked, pinHash = '' } = command;
  return lookUp(originalKey(asked.id), packAsk({ ...command, pinHash }), asked);
}

/** For an explanation, under a key of its own: several may be asked about the same id, each with other content. */
export function explainedOriginalAsk(command: AskCommand): Ask {
  const ask = encodeDryRun(packAsk({ ...command, pinHash: '' }));
  return lookUp(explainedOriginalKey(command.asked), ask, command.asked);
}

export function explainedOriginalKey({ id, digest }: Asked): string {
  return `explain/${digest}/${idKey(id)}`;
}

function lookUp(key: string, ask: Uint8Array, { original, card }: Asked): Ask {
  if (original === undefined) throw new Error('a refund names what it gives back');
  return {
    key,
    from: cardKey(card),
    to: { outlet: ORIGINALS },
    command: encodeFindOriginal({ ask, original, card }),
  };
}

/** Throws MalformedError for a reply that is no answer: the outlet is asked again. */
export function originalFound(
  asked: Uint8Array,
  reply: Uint8Array,
  decodeCommand: (bytes: Uint8Array) => Command,
): OriginalFound | DryRun {
  const command = decodeCommand(decodeFindOriginal(asked).ask);
  const ask = command.type === 'DryRun' ? command.command : command;
  if (ask.type !== 'Ask') throw new MalformedError(`a ${ask.type} is no ask`);
  const found: OriginalFound = { type: 'OriginalFound', ask, original: decodeFoundOriginal(reply) };
  return command.type === 'DryRun' ? { ...command, command: found } : found;
}
