import { v1 } from '../proto/generated/emoney.js';
import type { RequestKind } from './exchange.js';
import { identifierProblem } from './identifier.js';
import { hashPin, pinProblem } from './pin.js';
import type { TerminalSession } from './terminalSession.js';

const { Kind } = v1;

/** What a terminal asks of a card. */
export type Transaction =
  v1.Purchase | v1.Deposit | v1.Enquiry | v1.Refund | v1.Void | v1.Unload | v1.Entry | v1.Exit;

/** The message's name in ClientMessage, and what it is to the actors. */
export const transactionKinds: ReadonlyMap<RequestKind, v1.Kind> = new Map<RequestKind, v1.Kind>([
  ['purchase', Kind.KIND_PURCHASE],
  ['deposit', Kind.KIND_DEPOSIT],
  ['enquiry', Kind.KIND_ENQUIRY],
  ['refund', Kind.KIND_REFUND],
  ['void', Kind.KIND_VOID],
  ['unload', Kind.KIND_UNLOAD],
  ['entry', Kind.KIND_ENTRY],
  ['exit', Kind.KIND_FARE],
]);

/** What is missing or no PIN, by its path; undefined: nothing. Whether the rest is right the rules decide. */
export function transactionProblem(name: RequestKind, said: Transaction): string | undefined {
  if (said.number == null) return `${name}.number: is missing`;
  return contentProblem(name, said) ?? ('pin' in said ? pinProblem(`${name}.pin`, said.pin) : undefined);
}

/** Apart from number and PIN. */
export function contentProblem(name: string, said: Transaction): string | undefined {
  if ('amount' in said && said.amount == null) return `${name}.amount: is missing`;
  if (!('original' in said)) return undefined;
  if (said.original != null) {
    return identifierProblem(`${name}.original.terminal`, said.original.terminal ?? '');
  }
  // A void, which states no amount, is of the card's last payment without it.
  return 'amount' in said ? `${name}.original: is missing` : undefined;
}

/** The command to the terminal's actor; of a PIN only its hash, or nothing without a key: then it is not looked at. */
export function transactOf(
  kind: v1.Kind,
  said: Transaction,
  { terminal, incarnation, session }: Omit<TerminalSession, 'phone' | 'sent'>,
  pinKey: Uint8Array | undefined,
): v1.Transact.$Properties {
  const { number, mark, card, device } = said;
  return {
    id: { terminal, incarnation, number: number ?? 0 },
    session,
    mark,
    kind,
    card,
    amount: 'amount' in said ? (said.amount ?? null) : null,
    currency: 'currency' in said ? said.currency : '',
    terminalTimeMs: said.terminalTimeMs ?? null,
    device,
    partial: 'partial' in said && said.partial,
    original: 'original' in said ? (said.original ?? null) : null,
    pinHash: pinKey === undefined ? null : hashPin(pinKey, card, 'pin' in said ? said.pin : ''),
  };
}
