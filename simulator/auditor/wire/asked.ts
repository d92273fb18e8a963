/** What a terminal opened, and what a card's partition was asked: the same content on both sides. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { need, plain, readAmount, readDevice, readId, readVersion, type Id, type Version } from './basics.js';

/** What an id stands for: the same in OPENED and in the card's event. */
export interface Content {
  readonly card: string;
  readonly kind: number;
  readonly amount: number;
  readonly digest: number;
  readonly batch: number;
  readonly businessDate: number;
  readonly terminalTime: number;
  /** Business time of OPENED: what the card's partition judges its age by. */
  readonly openedTime: number;
  /** Number of the plastic or phone that was presented. */
  readonly device: number;
  readonly partial: boolean;
  /** Of a refund or void: what is given back. */
  readonly original: Id | undefined;
}

export interface Asked extends Content {
  readonly id: Id;
  readonly mark: number;
  readonly oldestIncarnation: number;
  readonly fromSource: boolean;
}

export interface Opened extends Content {
  readonly id: Id;
  readonly mark: number;
  readonly list: Version | undefined;
  readonly towards: number;
}

/** Field by field, as in readOpened: spreading one object into another costs more than all the rest of an event. */
export function readAsked(message: v1.Asked.$Properties | null | undefined): Asked {
  const asked = need(message, 'asked');
  return {
    card: asked.card ?? '',
    kind: asked.kind ?? 0,
    amount: readAmount(asked.amount, 'amount'),
    digest: plain(asked.digest, 'digest'),
    batch: asked.batch ?? 0,
    businessDate: asked.businessDate ?? 0,
    terminalTime: plain(asked.terminalTimeMs, 'terminal_time_ms'),
    openedTime: plain(asked.openedTimeMs, 'opened_time_ms'),
    device: readDevice(asked.device),
    partial: asked.partial ?? false,
    original: asked.original == null ? undefined : readId(asked.original),
    id: readId(asked.id),
    mark: plain(asked.mark, 'asked.mark'),
    oldestIncarnation: asked.oldestIncarnation ?? 0,
    fromSource: asked.fromSource ?? false,
  };
}

export function readOpened(message: v1.TransactionOpened.$Properties | null | undefined): Opened {
  const opened = need(message, 'opened');
  return {
    card: opened.card ?? '',
    kind: opened.kind ?? 0,
    amount: readAmount(opened.amount, 'amount'),
    digest: plain(opened.digest, 'digest'),
    batch: opened.batch ?? 0,
    businessDate: opened.businessDate ?? 0,
    terminalTime: plain(opened.terminalTimeMs, 'terminal_time_ms'),
    openedTime: plain(opened.timeMs, 'time_ms'),
    device: readDevice(opened.device),
    partial: opened.partial ?? false,
    original: opened.original == null ? undefined : readId(opened.original),
    id: readId(opened.id),
    mark: plain(opened.mark, 'mark'),
    list: readVersion(opened.list),
    towards: opened.towards ?? 0,
  };
}

/** Names the first field in which two asks differ, and both values. */
export function askedDiffers(one: Asked, other: Asked): string | undefined {
  const differs = contentDiffers(one, other);
  if (differs !== undefined) return differs;
  if (one.mark !== other.mark) return `mark ${one.mark} and ${other.mark}`;
  if (one.fromSource !== other.fromSource) return 'source';
  if (one.oldestIncarnation === other.oldestIncarnation) return undefined;
  return `oldest incarnation ${one.oldestIncarnation} and ${other.oldestIncarnation}`;
}

function contentDiffers(one: Content, other: Content): string | undefined {
  if (one.card !== other.card) return `card ${one.card} and ${other.card}`;
  if (one.kind !== other.kind) return `kind ${one.kind} and ${other.kind}`;
  if (one.amount !== other.amount) return `amount ${one.amount} and ${other.amount}`;
  if (one.digest !== other.digest) return `digest ${one.digest} and ${other.digest}`;
  if (one.batch !== other.batch) return `batch ${one.batch} and ${other.batch}`;
  if (one.businessDate !== other.businessDate) {
    return `business date ${one.businessDate} and ${other.businessDate}`;
  }
  if (one.terminalTime !== other.terminalTime) {
    return `terminal time ${one.terminalTime} and ${other.terminalTime}`;
  }
  if (one.openedTime !== other.openedTime) return `opened at ${one.openedTime} and ${other.openedTime}`;
  if (one.device !== other.device) return `device ${one.device} and ${other.device}`;
  if (one.partial !== other.partial) return `partial ${String(one.partial)} and ${String(other.partial)}`;
  if (sameOriginal(one.original, other.original)) return undefined;
  return `original ${originalText(one.original)} and ${originalText(other.original)}`;
}

export function sameOriginal(one: Id | undefined, other: Id | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.terminal === other.terminal && one.incarnation === other.incarnation && one.number === other.number
  );
}

function originalText(id: Id | undefined): string {
  return id === undefined ? 'none' : `${id.terminal}/${id.incarnation}/${id.number}`;
}
