/** What waits for somebody, what settlements have ordered, and which terminals there are, as plain TypeScript. */
import { v1 } from '../proto/generated/emoney.js';
import { fromUint32, toNumber } from '../proto/guard.js';
import type { Body } from './connection.js';
import { reasonName, type ReasonName, roleName, type RoleName } from './names.js';
import { idOf, type TransactionId } from './reply.js';

/** What the bank collects from a card's designated account, or pays back to it. */
export interface CollectionOrder {
  /** Unique in the deployment. */
  readonly order: string;
  readonly settlement: number;
  readonly card: string;
  /** The designated account; empty: the card names none. */
  readonly account: string;
  /** The payment whose share it is. */
  readonly transaction: TransactionId;
  readonly amount: number;
  /** credit: it goes back to the account. */
  readonly kind: 'debit' | 'credit';
  /** yyyymmdd */
  readonly businessDate: number;
  readonly timeMs: number;
}

/** A store instruction that waits for its card. */
export interface PendingInstruction {
  readonly card: string;
  readonly reference: string;
  readonly amount: number;
  readonly note: string;
  /** When it was recorded. */
  readonly timeMs: number;
}

/** A card that owes four fifths of its limit or more, as it was when it reached them. */
export interface Alert {
  readonly card: string;
  readonly owed: number;
  readonly limit: number;
  readonly timeMs: number;
}

/** A card that is prohibited. */
export interface Prohibition {
  readonly card: string;
  readonly reasons: readonly ReasonName[];
  /** When its reasons changed last. */
  readonly timeMs: number;
  /** The operator's words; empty: decided by the limit. */
  readonly note: string;
}

/** A terminal, as it was registered. */
export interface RegisteredTerminal {
  readonly terminal: string;
  readonly role: RoleName;
  readonly mayDefer: boolean;
  /** GATE: the zone into which it opens. */
  readonly zone: string;
  /** PHONE: its card, and the number of its device. */
  readonly card: string;
  readonly device: number;
  readonly timeMs: number;
}

type Ask = (body: Body) => Promise<v1.ServerMessage>;

/** Collection orders of one settlement; undefined: debits of all that the bank has neither paid for good nor returned. */
export async function listCollections(ask: Ask, settlement?: number): Promise<readonly CollectionOrder[]> {
  const entries =
    settlement === undefined
      ? await listMatters(ask, v1.Matter.MATTER_COLLECTION)
      : await listMatters(ask, v1.Matter.MATTER_ORDERED, settlement);
  return entries.map(collectionOrderOf).sort(byOrder);
}

/** Oldest first. */
export async function listInstructions(ask: Ask): Promise<readonly PendingInstruction[]> {
  return (await listMatters(ask, v1.Matter.MATTER_INSTRUCTION)).map(instructionOf).sort(byTime);
}

/** Oldest first. */
export async function listAlerts(ask: Ask): Promise<readonly Alert[]> {
  return (await listMatters(ask, v1.Matter.MATTER_ALERT)).map(alertOf).sort(byTime);
}

/** Those whose reasons have stood longest first. */
export async function listProhibitions(ask: Ask): Promise<readonly Prohibition[]> {
  return (await listMatters(ask, v1.Matter.MATTER_PROHIBITION)).map(prohibitionOf).sort(byTime);
}

/** By name. */
export async function listTerminals(ask: Ask): Promise<readonly RegisteredTerminal[]> {
  return (await listMatters(ask, v1.Matter.MATTER_TERMINAL)).map(terminalOf).sort(byTerminal);
}

async function listMatters(
  ask: Ask,
  matter: v1.Matter,
  settlement = 0,
): Promise<v1.HistoryEntry.$Properties[]> {
  const entries: v1.HistoryEntry.$Properties[] = [];
  const of = { matter, settlement: fromUint32(settlement, 'settlement') };
  for (let after: Uint8Array = new Uint8Array(0); ;) {
    const { matters } = await ask({ listMatters: { ...of, after } });
    for (const entry of matters?.entries ?? []) entries.push(entry);
    after = matters?.next ?? new Uint8Array(0);
    if (after.length === 0) return entries;
  }
}

function collectionOrderOf({ event }: v1.HistoryEntry.$Properties): CollectionOrder {
  const ordered = event?.recordCollectionOrdered;
  return {
    order: ordered?.order ?? '',
    settlement: ordered?.settlement ?? 0,
    card: ordered?.card ?? '',
    account: ordered?.account ?? '',
    transaction: idOf(ordered?.transaction),
    amount: toNumber(ordered?.amount ?? 0, 'amount'),
    kind: ordered?.credit === true ? 'credit' : 'debit',
    businessDate: ordered?.businessDate ?? 0,
    timeMs: toNumber(ordered?.timeMs ?? 0, 'time_ms'),
  };
}

function instructionOf({ event }: v1.HistoryEntry.$Properties): PendingInstruction {
  const { card, instruction, note } = event?.recordInstructed ?? {};
  return {
    card: card ?? '',
    reference: instruction?.reference ?? '',
    amount: toNumber(instruction?.amount ?? 0, 'amount'),
    note: note ?? '',
    timeMs: toNumber(instruction?.timeMs ?? 0, 'time_ms'),
  };
}

function alertOf({ event, timeMs }: v1.HistoryEntry.$Properties): Alert {
  const { card, owed, limit } = event?.recordAlerted ?? {};
  return {
    card: card ?? '',
    owed: toNumber(owed ?? 0, 'owed'),
    limit: toNumber(limit ?? 0, 'limit'),
    timeMs: toNumber(timeMs ?? 0, 'time_ms'),
  };
}

function prohibitionOf({ event, timeMs }: v1.HistoryEntry.$Properties): Prohibition {
  const { card, reasons, note } = event?.recordProhibitionChanged ?? {};
  return {
    card: card ?? '',
    reasons: (reasons ?? []).map(reasonName),
    timeMs: toNumber(timeMs ?? 0, 'time_ms'),
    note: note ?? '',
  };
}

function terminalOf({ event, timeMs }: v1.HistoryEntry.$Properties): RegisteredTerminal {
  const registered = event?.terminalRegistered;
  return {
    terminal: registered?.terminal ?? '',
    role: roleName(registered?.role ?? 0),
    mayDefer: registered?.mayDefer ?? false,
    zone: registered?.zone ?? '',
    card: registered?.card ?? '',
    device: registered?.device ?? 0,
    timeMs: toNumber(timeMs ?? 0, 'time_ms'),
  };
}

/** By settlement, then as they were ordered in each partition: the numbers of their names. */
function byOrder(one: CollectionOrder, other: CollectionOrder): number {
  return one.order.localeCompare(other.order, 'en', { numeric: true });
}

function byTime(one: { readonly timeMs: number }, other: { readonly timeMs: number }): number {
  return one.timeMs - other.timeMs;
}

function byTerminal(one: { readonly terminal: string }, other: { readonly terminal: string }): number {
  return one.terminal.localeCompare(other.terminal, 'en', { numeric: true });
}
