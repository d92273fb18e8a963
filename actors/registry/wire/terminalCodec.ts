/** What events, refusals and snapshots share of a terminal's ids: TransactionOpened and ReversalOpened. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { Opened, OpenedReversal } from '../../terminal/terminal.js';
import {
  fromUint32,
  fromUnsigned,
  noUnknowns,
  required,
  toCount,
  toDate,
  toId,
  toPositive,
  toTime,
} from './guards.js';
import {
  decodeDevice,
  decodeId,
  decodeOptionalId,
  encodeDevice,
  encodeId,
  encodeOptionalId,
  encodeVersion,
  optionalVersion,
} from './moneyCodec.js';
import { kinds } from './vocabulary.js';

export function encodeOpened(opened: Opened): v1.TransactionOpened.$Properties {
  const { list } = opened;
  return {
    id: encodeId(opened.id),
    card: opened.card,
    kind: kinds.toWire(opened.kind),
    amount: fromUnsigned(opened.amount, 'opened.amount'),
    digest: fromUnsigned(opened.digest, 'opened.digest'),
    batch: fromUint32(opened.batch, 'opened.batch'),
    businessDate: fromUint32(opened.businessDate, 'opened.business_date'),
    terminalTimeMs: fromUnsigned(opened.terminalTime, 'opened.terminal_time_ms'),
    timeMs: fromUnsigned(opened.time, 'opened.time_ms'),
    mark: fromUnsigned(opened.mark, 'opened.mark'),
    list: list === undefined ? null : encodeVersion(list),
    towards: fromUint32(opened.towards, 'opened.towards'),
    device: encodeDevice(opened.device),
    partial: opened.partial,
    original: encodeOptionalId(opened.original),
  };
}

export function decodeOpened(wire: v1.TransactionOpened.$Properties | null | undefined): Opened {
  const opened = required(wire, 'opened');
  noUnknowns(opened, 'opened');
  return {
    id: decodeId(opened.id, 'opened.id'),
    card: toId(opened.card, 'opened.card'),
    kind: kinds.fromWire(opened.kind, 'opened.kind'),
    amount: toCount(opened.amount, 'opened.amount'),
    digest: toCount(opened.digest, 'opened.digest'),
    batch: toPositive(opened.batch, 'opened.batch'),
    businessDate: toDate(opened.businessDate, 'opened.business_date'),
    terminalTime: toTime(opened.terminalTimeMs, 'opened.terminal_time_ms'),
    time: toTime(opened.timeMs, 'opened.time_ms'),
    mark: toCount(opened.mark, 'opened.mark'),
    list: optionalVersion(opened.list),
    towards: toCount(opened.towards, 'opened.towards'),
    device: decodeDevice(opened.device),
    partial: opened.partial === true,
    original: decodeOptionalId(opened.original, 'opened.original'),
  };
}

export function encodeReversal(reversal: OpenedReversal): v1.ReversalOpened.$Properties {
  return {
    id: encodeId(reversal.id),
    card: reversal.card,
    timeMs: fromUnsigned(reversal.time, 'reversal.time_ms'),
    batch: fromUint32(reversal.batch, 'reversal.batch'),
    businessDate: fromUint32(reversal.businessDate, 'reversal.business_date'),
    terminalTimeMs: fromUnsigned(reversal.terminalTime, 'reversal.terminal_time_ms'),
    towards: fromUint32(reversal.towards, 'reversal.towards'),
    mark: fromUnsigned(reversal.mark, 'reversal.mark'),
  };
}

export function decodeReversal(wire: v1.ReversalOpened.$Properties | null | undefined): OpenedReversal {
  const reversal = required(wire, 'reversal');
  noUnknowns(reversal, 'reversal');
  return {
    id: decodeId(reversal.id, 'reversal.id'),
    card: toId(reversal.card, 'reversal.card'),
    time: toTime(reversal.timeMs, 'reversal.time_ms'),
    batch: toPositive(reversal.batch, 'reversal.batch'),
    businessDate: toDate(reversal.businessDate, 'reversal.business_date'),
    terminalTime: toTime(reversal.terminalTimeMs, 'reversal.terminal_time_ms'),
    towards: toCount(reversal.towards, 'reversal.towards'),
    mark: toCount(reversal.mark, 'reversal.mark'),
  };
}
