import { v1 } from '../../proto/generated/emoney.js';
import { fromUnsigned, GuardError, toUnsigned } from '../../proto/guard.js';
import type { ProhibitionEntry, ProhibitionReason } from '../prohibitions/ports.js';

const toWire: Readonly<Record<ProhibitionReason, v1.ProhibitionReason>> = {
  LIMIT: v1.ProhibitionReason.PROHIBITION_REASON_LIMIT,
  OPERATOR: v1.ProhibitionReason.PROHIBITION_REASON_OPERATOR,
  LOST: v1.ProhibitionReason.PROHIBITION_REASON_LOST,
};

const fromWire = new Map(Object.entries(toWire).map(([name, number]) => [number, name as ProhibitionReason]));

/** A v1.ProhibitionEntry without a version: that is where the stream puts it. */
export function encodeProhibition({ card, reasons, position }: ProhibitionEntry): Uint8Array {
  return v1.ProhibitionEntry.encode({
    card,
    reasons: reasons.map((reason) => toWire[reason]),
    position: fromUnsigned(position, 'position'),
  }).finish();
}

/**
 * @throws GuardError names the field. A reason that this version does not know is refused as well: whoever follows
 * then holds an incomplete list and says so, instead of taking a prohibited card for free.
 */
export function decodeProhibition(bytes: Uint8Array): ProhibitionEntry {
  const { card, reasons, position } = decoded(bytes);
  if (typeof card !== 'string' || card === '') throw new GuardError('card', 'is missing');
  return { card, reasons: reasons.map(reasonOf), position: toUnsigned(position, 'position') };
}

function decoded(bytes: Uint8Array): v1.ProhibitionEntry {
  try {
    return v1.ProhibitionEntry.decode(bytes);
  } catch (error) {
    throw new GuardError('entry', error instanceof Error ? error.message : 'cannot be decoded');
  }
}

function reasonOf(wire: v1.ProhibitionReason): ProhibitionReason {
  const reason = fromWire.get(wire);
  if (reason === undefined) throw new GuardError('reasons', `${wire} is unknown to this version`);
  return reason;
}
