/** The center's record of a card in snapshots and descriptions. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { RecordState } from '../../center/record.js';
import type { SettledReference } from '../../center/references.js';
import type { AccountShare, Debit } from '../../center/shares.js';
import type { Accrual } from '../../money/interest.js';
import {
  fromInteger,
  fromUint32,
  fromUnsigned,
  listOf,
  noUnknowns,
  required,
  toCount,
  toDate,
  toId,
  toNumber,
  toPositive,
  toText,
  toTime,
} from './guards.js';
import {
  decodeAdjustment,
  decodeBalances,
  decodeDevice,
  decodeId,
  decodeInstruction,
  encodeAdjustment,
  encodeBalances,
  encodeDevice,
  encodeId,
  encodeInstruction,
  encodeVersion,
  optionalVersion,
} from './moneyCodec.js';
import { decodePolicy, decodeTerms, encodePolicy, encodeTerms } from './policyCodec.js';
import { reasons } from './vocabulary.js';

export function encodeRecord(state: RecordState): v1.RecordState.$Properties {
  const { publishedVersion } = state;
  return {
    card: state.card,
    terms: encodeTerms(state.terms),
    balances: encodeBalances(state.balances),
    active: state.active,
    reasons: state.reasons.map(reasons.toWire),
    changedPosition: fromUnsigned(state.changedPosition, 'changed_position'),
    publishedPosition: fromUnsigned(state.publishedPosition, 'published_position'),
    publishedVersion: publishedVersion === undefined ? null : encodeVersion(publishedVersion),
    version: fromUnsigned(state.version, 'version'),
    approvedCount: fromUnsigned(state.approvedCount, 'approved_count'),
    declinedCount: fromUnsigned(state.declinedCount, 'declined_count'),
    policy: encodePolicy(state.policy),
    device: encodeDevice(state.device),
    closed: state.closed,
    pending: state.pending.map(encodeInstruction),
    settled: state.settled.map(encodeSettled),
    accrual: encodeAccrual(state.accrual),
    shares: state.shares.map(encodeShare),
    listed: state.listed,
    alerted: state.alerted,
  };
}

export function decodeRecord(wire: v1.RecordState.$Properties): RecordState {
  noUnknowns(wire, 'record');
  return {
    card: toId(wire.card, 'record.card'),
    terms: decodeTerms(wire.terms),
    balances: decodeBalances(required(wire.balances, 'balances')),
    active: wire.active === true,
    reasons: listOf(wire.reasons, (each) => reasons.fromWire(each, 'reasons')),
    changedPosition: toCount(wire.changedPosition, 'changed_position'),
    publishedPosition: toCount(wire.publishedPosition, 'published_position'),
    publishedVersion: optionalVersion(wire.publishedVersion),
    version: toPositive(wire.version, 'version'),
    approvedCount: toCount(wire.approvedCount, 'approved_count'),
    declinedCount: toCount(wire.declinedCount, 'declined_count'),
    policy: decodePolicy(wire.policy),
    device: decodeDevice(wire.device),
    closed: wire.closed === true,
    pending: listOf(wire.pending, decodeInstruction),
    settled: listOf(wire.settled, decodeSettled),
    accrual: decodeAccrual(required(wire.accrual, 'accrual')),
    shares: listOf(wire.shares, decodeShare),
    listed: wire.listed === true,
    alerted: wire.alerted === true,
  };
}

function encodeSettled({
  reference,
  content,
  time,
  cancelled,
}: SettledReference): v1.SettledReference.$Properties {
  const common = { reference, timeMs: fromUnsigned(time, 'settled.time_ms'), cancelled };
  if (typeof content !== 'number') return { ...common, adjustment: encodeAdjustment(content) };
  return { ...common, amount: fromUnsigned(content, 'settled.amount') };
}

function decodeSettled(wire: v1.SettledReference.$Properties): SettledReference {
  noUnknowns(wire, 'settled');
  const { reference, adjustment, amount, timeMs, cancelled } = wire;
  return {
    reference: toId(reference, 'settled.reference'),
    content: adjustment ? decodeAdjustment(adjustment) : toCount(amount, 'settled.amount'),
    time: toTime(timeMs, 'settled.time_ms'),
    cancelled: cancelled === true,
  };
}

function encodeAccrual({ through, principal, carry, changes }: Accrual): v1.Accrual.$Properties {
  return {
    through: fromUint32(through, 'accrual.through'),
    principal: fromInteger(principal, 'accrual.principal'),
    carry: fromUnsigned(carry, 'accrual.carry'),
    changes: changes.map(({ businessDate, amount }) => ({
      businessDate: fromUint32(businessDate, 'accrual.business_date'),
      amount: fromInteger(amount, 'accrual.amount'),
    })),
  };
}

function decodeAccrual(wire: v1.Accrual.$Properties): Accrual {
  noUnknowns(wire, 'accrual');
  return {
    through: toDate(wire.through, 'accrual.through'),
    principal: toNumber(wire.principal ?? 0, 'accrual.principal'),
    carry: toCount(wire.carry, 'accrual.carry'),
    changes: listOf(wire.changes, (change) => {
      noUnknowns(change, 'accrual.changes');
      return {
        businessDate: toDate(change.businessDate, 'accrual.business_date'),
        amount: toNumber(change.amount ?? 0, 'accrual.amount'),
      };
    }),
  };
}

function encodeShare(share: AccountShare): v1.AccountShare.$Properties {
  const latest = share.debits.at(-1);
  return {
    id: encodeId(share.id),
    amount: fromUnsigned(share.amount, 'shares.amount'),
    givenBack: fromUnsigned(share.givenBack, 'shares.given_back'),
    timeMs: fromUnsigned(share.time, 'shares.time_ms'),
    businessDate: fromUint32(share.businessDate, 'shares.business_date'),
    ordered: fromInteger(share.ordered, 'shares.ordered'),
    ...(latest === undefined ? {} : encodeDebit(latest)),
    earlier: share.debits.slice(0, -1).map(encodeDebit),
    account: share.account,
  };
}

function encodeDebit({ order, amount, returned, collected }: Debit): v1.Debit.$Properties {
  return { order, debit: fromUnsigned(amount, 'shares.debit'), returned, collected };
}

function decodeShare(wire: v1.AccountShare.$Properties): AccountShare {
  noUnknowns(wire, 'shares');
  return {
    id: decodeId(wire.id, 'shares.id'),
    amount: toCount(wire.amount, 'shares.amount'),
    givenBack: toCount(wire.givenBack, 'shares.given_back'),
    time: toTime(wire.timeMs, 'shares.time_ms'),
    businessDate: toDate(wire.businessDate, 'shares.business_date'),
    ordered: toNumber(wire.ordered ?? 0, 'shares.ordered'),
    account: toText(wire.account, 'shares.account'),
    debits: [...listOf(wire.earlier, decodeEarlier), ...(wire.order ? [decodeDebit(wire)] : [])],
  };
}

function decodeEarlier(wire: v1.Debit.$Properties): Debit {
  noUnknowns(wire, 'shares.earlier');
  return decodeDebit(wire);
}

function decodeDebit(wire: v1.Debit.$Properties): Debit {
  return {
    order: toText(wire.order, 'shares.order'),
    amount: toCount(wire.debit, 'shares.debit'),
    returned: wire.returned === true,
    collected: wire.collected === true,
  };
}
