/** Transactions as messages. Each throws GuardError for a number that its field cannot hold, before a number is used. */
import type { v1 } from '../proto/generated/emoney.js';
import { fromUint32, fromInteger, fromUnsigned, type WireLong } from '../proto/guard.js';
import type { TransactionId } from './reply.js';
import type { Deposit, Inquiry, Payment, Refund, Voiding } from './transactions.js';

/** A tap as it is sent: the whole of an entry, an exit, an unload. */
export type SaidTap = v1.Entry.$Properties;

type BodyOf<Body> = (tap: SaidTap) => Body;

export function purchaseBody(payment: Payment): BodyOf<{ purchase: v1.Purchase.$Properties }> {
  const { partial = false, pin = '' } = payment;
  const { amount, currency } = moneyOf(payment);
  // Field by field: spreading two objects into a third costs more than all the rest of a payment here.
  return ({
    terminal = null,
    number = null,
    card = null,
    terminalTimeMs = null,
    mark = null,
    device = null,
  }) => ({
    purchase: { terminal, number, card, amount, currency, terminalTimeMs, mark, device, partial, pin },
  });
}

export function depositBody(deposit: Deposit): BodyOf<{ deposit: v1.Deposit.$Properties }> {
  const { amount, currency } = moneyOf(deposit);
  return ({
    terminal = null,
    number = null,
    card = null,
    terminalTimeMs = null,
    mark = null,
    device = null,
  }) => ({
    deposit: { terminal, number, card, amount, currency, terminalTimeMs, mark, device },
  });
}

export function enquiryBody({ pin = '' }: Inquiry): BodyOf<{ enquiry: v1.Enquiry.$Properties }> {
  return (tap) => ({ enquiry: { ...tap, pin } });
}

export function refundBody(refund: Refund): BodyOf<{ refund: v1.Refund.$Properties }> {
  const money = moneyOf(refund);
  const original = wireId(refund.original);
  return (tap) => ({ refund: { ...tap, ...money, original } });
}

export function voidBody(voiding: Voiding): BodyOf<{ void: v1.Void.$Properties }> {
  const original = voiding.original === undefined ? null : wireId(voiding.original);
  return (tap) => ({ void: { ...tap, original } });
}

function moneyOf({ amount, currency = '' }: Deposit): {
  readonly amount: WireLong;
  readonly currency: string;
} {
  return { amount: fromInteger(amount, 'amount'), currency };
}

function wireId({ terminal, incarnation, number }: TransactionId): v1.TransactionId.$Properties {
  return {
    terminal,
    incarnation: fromUint32(incarnation, 'original.incarnation'),
    number: fromUnsigned(number, 'original.number'),
  };
}
