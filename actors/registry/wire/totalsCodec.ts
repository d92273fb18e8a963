/** Sums on the wire: BatchTotals. Lines in which nothing was counted are left out. */
import type { v1 } from '../../../proto/generated/emoney.js';
import {
  type BatchTotals,
  type CompiledParts,
  type CountedAmount,
  NO_COMPILED_PARTS,
  NOTHING_COUNTED,
} from '../../money/totals.js';
import {
  fromSum,
  fromUint32,
  fromUnsigned,
  noUnknowns,
  toCount,
  toDate,
  toPositive,
  toSum,
} from './guards.js';

export function encodeTotals(totals: BatchTotals): v1.BatchTotals.$Properties {
  return {
    batch: fromUint32(totals.batch, 'totals.batch'),
    businessDate: fromUint32(totals.businessDate, 'totals.business_date'),
    purchases: encodeCounted(totals.purchases),
    deposits: encodeCounted(totals.deposits),
    refunds: encodeCounted(totals.refunds),
    voids: encodeCounted(totals.voids),
    fares: encodeCounted(totals.fares),
    unloads: encodeCounted(totals.unloads),
    purchaseReversals: encodeCounted(totals.purchaseReversals),
    depositReversals: encodeCounted(totals.depositReversals),
    refundReversals: encodeCounted(totals.refundReversals),
    voidReversals: encodeCounted(totals.voidReversals),
    fareReversals: encodeCounted(totals.fareReversals),
    unloadReversals: encodeCounted(totals.unloadReversals),
    declines: encodeCounted(totals.declines),
    ownRefusals: encodeCounted(totals.ownRefusals),
    enquiries: fromUnsigned(totals.enquiries, 'totals.enquiries'),
    entries: fromUnsigned(totals.entries, 'totals.entries'),
  };
}

export function decodeTotals(wire: v1.BatchTotals.$Properties): BatchTotals {
  noUnknowns(wire, 'totals');
  return {
    batch: toPositive(wire.batch, 'totals.batch'),
    businessDate: toDate(wire.businessDate, 'totals.business_date'),
    purchases: decodeCounted(wire.purchases),
    deposits: decodeCounted(wire.deposits),
    refunds: decodeCounted(wire.refunds),
    voids: decodeCounted(wire.voids),
    fares: decodeCounted(wire.fares),
    unloads: decodeCounted(wire.unloads),
    purchaseReversals: decodeCounted(wire.purchaseReversals),
    depositReversals: decodeCounted(wire.depositReversals),
    refundReversals: decodeCounted(wire.refundReversals),
    voidReversals: decodeCounted(wire.voidReversals),
    fareReversals: decodeCounted(wire.fareReversals),
    unloadReversals: decodeCounted(wire.unloadReversals),
    declines: decodeCounted(wire.declines),
    ownRefusals: decodeCounted(wire.ownRefusals),
    enquiries: toCount(wire.enquiries, 'totals.enquiries'),
    entries: toCount(wire.entries, 'totals.entries'),
  };
}

function encodeCounted({ count, amount, parts }: CountedAmount): v1.CountedAmount.$Properties | null {
  if (count === 0) return null;
  return {
    count: fromUnsigned(count, 'totals.count'),
    amount: fromSum(amount, 'totals.amount'),
    parts: encodeCompiled(parts),
  };
}

function decodeCounted(wire: v1.CountedAmount.$Properties | null | undefined): CountedAmount {
  if (wire === null || wire === undefined) return NOTHING_COUNTED;
  noUnknowns(wire, 'totals');
  return {
    count: toCount(wire.count, 'totals.count'),
    amount: toSum(wire.amount, 'totals.amount'),
    parts: decodeCompiled(wire.parts),
  };
}

function encodeCompiled(parts: CompiledParts): v1.Parts.$Properties | null {
  if (Object.values(parts).every((part) => part === 0n)) return null;
  return {
    value: fromSum(parts.value, 'parts.value'),
    account: fromSum(parts.account, 'parts.account'),
    loan: fromSum(parts.loan, 'parts.loan'),
    interest: fromSum(parts.interest, 'parts.interest'),
    fare: fromSum(parts.fare, 'parts.fare'),
    restoredLoan: fromSum(parts.restoredLoan, 'parts.restored_loan'),
    excess: fromSum(parts.excess, 'parts.excess'),
    accountAsLoan: fromSum(parts.accountAsLoan, 'parts.account_as_loan'),
  };
}

function decodeCompiled(wire: v1.Parts.$Properties | null | undefined): CompiledParts {
  if (wire === null || wire === undefined) return NO_COMPILED_PARTS;
  noUnknowns(wire, 'parts');
  return {
    value: toSum(wire.value, 'parts.value'),
    account: toSum(wire.account, 'parts.account'),
    loan: toSum(wire.loan, 'parts.loan'),
    interest: toSum(wire.interest, 'parts.interest'),
    fare: toSum(wire.fare, 'parts.fare'),
    restoredLoan: toSum(wire.restoredLoan, 'parts.restored_loan'),
    excess: toSum(wire.excess, 'parts.excess'),
    accountAsLoan: toSum(wire.accountAsLoan, 'parts.account_as_loan'),
  };
}
