/**
 * Descriptions of many units (commands.proto). One reply is bounded, whatever the units hold: ids for which there is no
 * room are named, and so is the row from which a terminal's totals go on. Rows are only ever added at the end.
 */
import { v1 } from '../../../proto/generated/emoney.js';
import { encodeMessage } from '../../../proto/message.js';
import { MAX_DESCRIPTION_BYTES } from '../../bounds.js';
import type { BatchTotals } from '../../money/totals.js';
import { openIds } from '../../terminal/terminal.js';
import type { CardUnit, TerminalUnit, VisitorUnit } from '../unit.js';
import { fromUint32, fromUnsigned } from './guards.js';
import type { OfficeState } from '../../center/office.js';
import type { Parameters as DeploymentParameters } from '../../money/parameters.js';
import { encodeCard } from './cardStateCodec.js';
import { encodeSettlements } from './batchCodec.js';
import { encodeRun } from './officeCodec.js';
import { encodeParameters } from './parametersCodec.js';
import { encodeRecord } from './recordStateCodec.js';
import { encodeTotals } from './totalsCodec.js';
import { roles } from './vocabulary.js';

/** A unit of which a description was asked for. */
export interface Described<Unit> {
  readonly id: string;
  readonly unit: Unit | undefined;
  /** Sequence of its last event, 0: none. */
  readonly position: number;
}

export function encodeCards(partition: number, described: readonly Described<CardUnit>[]): Uint8Array {
  const [cards, leftOut] = fitting(described, v1.CardDescription, cardDescription);
  return encodeMessage(v1.CommandReply, { cards: { cards, partition, leftOut } });
}

/** `firstRow`: of the first one's totals. */
export function encodeTerminals(
  partition: number,
  described: readonly Described<TerminalUnit>[],
  firstRow: number,
): Uint8Array {
  const [terminals, leftOut] = fitting(described, v1.TerminalDescription, (each, index) =>
    terminalDescription(each, index === 0 ? firstRow : 0),
  );
  return encodeMessage(v1.CommandReply, { terminals: { terminals, partition, leftOut } });
}

/** `firstRow`: of the first one's totals. */
export function encodeTotalsOf(
  partition: number,
  described: readonly Described<VisitorUnit>[],
  firstRow: number,
): Uint8Array {
  const [terminals, leftOut] = fitting(described, v1.TotalsDescription, (each, index) =>
    totalsDescription(each, index === 0 ? firstRow : 0),
  );
  return encodeMessage(v1.CommandReply, { totals: { terminals, partition, leftOut } });
}

/** The office's state as operators see it. */
export interface DescribedCenter extends Omit<OfficeState, 'parameters'> {
  readonly businessDate: number;
  /** As created, then as decided. */
  readonly schedule: readonly DeploymentParameters[];
}

export function encodeCenter(center: DescribedCenter): Uint8Array {
  const { businessDate, schedule, adopting, chargedThrough, run, settlements } = center;
  const described: v1.CenterDescription.$Properties = {
    businessDate: fromUint32(businessDate, 'business_date'),
    parameters: schedule.map(encodeParameters),
    adopting: [...adopting],
    chargedThrough: fromUint32(chargedThrough, 'charged_through'),
    run: run === undefined ? null : encodeRun(run),
    settlements: fromUint32(settlements, 'settlements'),
  };
  return encodeMessage(v1.CommandReply, { center: described });
}

function cardDescription({ id, unit, position }: Described<CardUnit>): v1.CardDescription.$Properties {
  return {
    id,
    card: unit?.card === undefined ? null : encodeCard(unit.card),
    record: unit?.record === undefined ? null : encodeRecord(unit.record),
    position: fromUnsigned(position, 'position'),
  };
}

function terminalDescription(
  { id, unit, position }: Described<TerminalUnit>,
  firstRow: number,
): v1.TerminalDescription.$Properties {
  const at = { id, position: fromUnsigned(position, 'position') };
  if (unit === undefined) return at;
  const { state } = unit;
  return {
    ...at,
    known: true,
    role: roles.toWire(state.role),
    mayDefer: state.mayDefer,
    zone: state.zone,
    card: state.card,
    device: fromUint32(state.device, 'device'),
    settlements: encodeSettlements(state),
    openIds: openIds(state),
    batch: state.batch,
    ...rowsFrom(state.totals, firstRow),
  };
}

function totalsDescription(
  { id, unit, position }: Described<VisitorUnit>,
  firstRow: number,
): v1.TotalsDescription.$Properties {
  const rows = rowsFrom(unit?.totals ?? [], firstRow);
  return { terminal: id, position: fromUnsigned(position, 'position'), ...rows };
}

/** As many rows as fit into one reply. */
function rowsFrom(totals: readonly BatchTotals[], firstRow: number) {
  const rows: v1.BatchTotals.$Properties[] = [];
  let room = MAX_DESCRIPTION_BYTES;
  for (const row of totals.slice(firstRow)) {
    const wire = encodeTotals(row);
    room -= encodeMessage(v1.BatchTotals, wire).length + ITEM_OVERHEAD;
    if (room < 0) return { totals: rows, nextRow: fromUint32(firstRow + rows.length, 'next_row') };
    rows.push(wire);
  }
  return { totals: rows };
}

/** Tag and length of one element. */
const ITEM_OVERHEAD = 4;

type Encoder<Wire> = Parameters<typeof encodeMessage<Wire>>[0];

/** As many as fit, always the first; and the ids of the others. */
function fitting<Unit, Wire>(
  described: readonly Described<Unit>[],
  type: Encoder<Wire>,
  wireOf: (each: Described<Unit>, index: number) => Wire,
): [Wire[], string[]] {
  const fit: Wire[] = [];
  let room = MAX_DESCRIPTION_BYTES;
  for (const [index, each] of described.entries()) {
    const wire = wireOf(each, index);
    room -= encodeMessage(type, wire).length + ITEM_OVERHEAD;
    if (room < 0 && index > 0) break;
    fit.push(wire);
  }
  return [fit, described.slice(fit.length).map(({ id }) => id)];
}
