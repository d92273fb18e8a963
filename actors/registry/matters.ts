/** What of the center's events is listed until somebody ends it (history.proto's Matter). */
import { v1 } from '../../proto/generated/emoney.js';
import type { Matter } from '../history/ports.js';
import type { Encodable } from '../../proto/tags.js';
import { FieldFinder } from './wire/fields.js';

const { Matter: List } = v1;

/** Of an event whose body stands at `begin … end`. */
export type MattersOf = (event: Uint8Array, begin: number, end: number) => readonly Matter[];

const NONE: readonly Matter[] = [];
/** No id holds one, so that a card and a reference are no other card and reference. */
const NUL = Uint8Array.of(0);

export const noMatters: MattersOf = () => NONE;

function matter(list: v1.Matter, name: Uint8Array, listed: boolean, part = 0): Matter {
  return { list, part, name, listed };
}

const ordered = new FieldFinder(v1.RecordCollectionOrdered, [
  ['order', '?'],
  ['settlement', 1],
  ['credit', true],
]);

/** A credit is paid back by us: nobody returns or confirms it. */
export const collectionOrdered: MattersOf = (event, begin, end) => {
  ordered.find(event, begin, end);
  const order = ordered.contents(event, 0);
  const inSettlement = matter(List.MATTER_ORDERED, order, true, ordered.integer(1));
  const isCredit = ordered.integer(2) !== 0;
  return isCredit ? [inSettlement] : [inSettlement, matter(List.MATTER_COLLECTION, order, true)];
};

export function collectionEnded(type: Encodable): MattersOf {
  const fields = new FieldFinder(type, [['order', '?']]);
  return (event, begin, end) => {
    fields.find(event, begin, end);
    return [matter(List.MATTER_COLLECTION, fields.contents(event, 0), false)];
  };
}

const reference = new FieldFinder(v1.Instruction, [['reference', '?']]);

/** A store instruction, which the message holds. */
export function instruction(type: Encodable, listed: boolean): MattersOf {
  const fields = new FieldFinder(type, [
    ['card', '?'],
    ['instruction', {}],
  ]);
  return (event, begin, end) => {
    fields.find(event, begin, end);
    reference.find(event, fields.begin(1), fields.end(1));
    return [named(fields.contents(event, 0), reference.contents(event, 0), listed)];
  };
}

const cancelled = new FieldFinder(v1.RecordInstructionCancelled, [
  ['card', '?'],
  ['reference', '?'],
]);

export const instructionCancelled: MattersOf = (event, begin, end) => {
  cancelled.find(event, begin, end);
  return [named(cancelled.contents(event, 0), cancelled.contents(event, 1), false)];
};

function named(card: Uint8Array, text: Uint8Array, listed: boolean): Matter {
  return matter(List.MATTER_INSTRUCTION, Buffer.concat([card, NUL, text]), listed);
}

const alerted = new FieldFinder(v1.RecordAlerted, [
  ['card', '?'],
  ['above', true],
]);

export const alert: MattersOf = (event, begin, end) => {
  alerted.find(event, begin, end);
  return [matter(List.MATTER_ALERT, alerted.contents(event, 0), alerted.integer(1) !== 0)];
};

const prohibited = new FieldFinder(v1.RecordProhibitionChanged, [
  ['card', '?'],
  ['reasons', [v1.ProhibitionReason.PROHIBITION_REASON_LIMIT]],
]);

const registered = new FieldFinder(v1.TerminalRegistered, [['terminal', '?']]);

export const terminalRegistered: MattersOf = (event, begin, end) => {
  registered.find(event, begin, end);
  return [matter(List.MATTER_TERMINAL, registered.contents(event, 0), true)];
};

/** The event holds the whole set of reasons. */
export const prohibition: MattersOf = (event, begin, end) => {
  prohibited.find(event, begin, end);
  const hasReasons = prohibited.end(1) > prohibited.begin(1);
  return [matter(List.MATTER_PROHIBITION, prohibited.contents(event, 0), hasReasons)];
};
