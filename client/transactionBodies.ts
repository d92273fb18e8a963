/** Transactions as messages. Each throws GuardError for a number that its field cannot hold, before a number is used. */
import type { v1 } from '../proto/generated/emoney.js';
import { fromInteger, fromUnsigned, type WireLong } from '../proto/guard.js';
import type { TransactionId } from './reply.js';
import type { Deposit, Inquiry, Payment, Refund, Voiding } from './transactions.js';
import { fromUint32 } from './uint32.js';

/** A tap as it is sent: the whole of an entry, an exit, an unload. */
export type SaidTap = v1.Entry.$Properties;

type BodyOf<Body> = (tap: SaidTap) => Body;

export function purchaseBody(payment: Payment): BodyOf<{ purchase: v1.Purchase.$Properties }> {
  const { partial = false, pin = '' } = payment;
  const money = moneyOf(payment);
  return (tap) => ({ purchase: { ...tap, ...money, partial, pin } });
}

export function depositBody(deposit: Deposit): BodyOf<{ deposit: v1.Deposit.$Properties }> {
  const money = moneyOf(deposit);
  return (tap) => ({ deposit: { ...tap, ...money } });
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
