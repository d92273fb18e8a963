/** How the events of the money are found: what a history must know of them, and nothing more. */
import { v1 } from '../../proto/generated/emoney.js';
import type { Filing } from '../history/ports.js';
import {
  countOfAdjusted,
  countOfDeclined,
  countOfInterest,
  countOfMoved,
  countOfOpened,
  countOfOrdered,
  countOfRefused,
  countOfReturned,
  countOfReversed,
  type CountsOf,
  countOfStored,
} from './historyCounts.js';
import {
  standingOfBalances,
  standingOfLimit,
  standingOfMoved,
  standingOfOpening,
  standingOfReversed,
  type StandingsOf,
} from './historyStandings.js';
import {
  alert,
  collectionEnded,
  collectionOrdered,
  instruction,
  instructionCancelled,
  type MattersOf,
  noMatters,
  prohibition,
  terminalRegistered,
} from './matters.js';
import type { Encodable } from '../../proto/tags.js';
import { BodyFinder, FieldFinder, fieldNumberOf } from './wire/fields.js';

/** Lines of a terminal's own column (rule 10). */
const TRANSACTION = 0;
const REVERSAL = 1;

/** Places of the fields that matter, whatever they are called in a message. */
const [ID, CARD, BATCH, NAME] = [0, 1, 2, 3];
const [TERMINAL, INCARNATION, NUMBER] = [0, 1, 2];

const transactionId = new FieldFinder(v1.TransactionId, [
  ['terminal', '?'],
  ['incarnation', 1],
  ['number', 1],
]);

function fieldsOf(type: Encodable, idField: string | undefined, names: readonly string[]): FieldFinder {
  const wanted = (name: string, sample: unknown) =>
    names.includes(name) ? ([name, sample] as const) : undefined;
  const ofId = idField === undefined ? undefined : ([idField, {}] as const);
  return new FieldFinder(type, [ofId, wanted('card', '?'), wanted('batch', 1), wanted('terminal', '?')]);
}

interface Body {
  readonly role: Filing['role'];
  readonly lines: readonly number[];
  /** The message within the body that says what it is about; undefined: the body itself. */
  readonly about: FieldFinder | undefined;
  readonly fields: FieldFinder;
  readonly matters: MattersOf;
  readonly standing?: StandingsOf | undefined;
  readonly count?: CountsOf | undefined;
}

/** What an event says of balances and of sums. */
type Money = Pick<Body, 'standing' | 'count'>;

type BodyName = NonNullable<v1.Event['body']>;

const asked = fieldsOf(v1.Asked, 'id', ['card', 'batch']);
const opened = fieldsOf(v1.TransactionOpened, 'id', ['card', 'batch']);
const nothing = fieldsOf(v1.Event, undefined, []);

const ofAsked = (type: Encodable, money: Money): Body => {
  const about = new FieldFinder(type, [['asked', {}]]);
  return { role: 'entry', lines: [], about, fields: asked, matters: noMatters, ...money };
};
const ofCard = (type: Encodable, money: Money, matters = noMatters, idField?: string): Body => {
  const fields = fieldsOf(type, idField, ['card']);
  return { role: 'entry', lines: [], about: undefined, fields, matters, ...money };
};
const matterOnly = (matters: MattersOf): Body => {
  return { role: 'matter', lines: [], about: undefined, fields: nothing, matters };
};
/** Nobody searches for it, or lists it. */
const moneyOnly = (money: Money): Body => {
  return { role: 'none', lines: [], about: undefined, fields: nothing, matters: noMatters, ...money };
};
/** What the event moves, and its balances after it. */
const money = (type: Encodable, count: CountsOf): Money => {
  return { standing: standingOfBalances(type), count };
};
/** What the device reported of a batch, and what became of it. */
const ofBatch = (type: Encodable): Body => {
  const fields = fieldsOf(type, undefined, ['terminal', 'batch']);
  return { role: 'line', lines: [], about: undefined, fields, matters: noMatters };
};
const ofLine = (
  role: 'opening' | 'closing',
  lines: readonly number[],
  type: Encodable,
  names: readonly string[] = [],
): Body => {
  return { role, lines, about: undefined, fields: fieldsOf(type, 'id', names), matters: noMatters };
};

/** Everything that anybody searches for, or that balances and sums of before are told from. */
const BODIES: Readonly<Partial<Record<BodyName, Body>>> = {
  recordOpened: moneyOnly({ standing: standingOfOpening, count: countOfOpened }),
  recordLimitChanged: moneyOnly({ standing: standingOfLimit }),
  recordMoved: ofAsked(v1.RecordMoved, { standing: standingOfMoved, count: countOfMoved }),
  recordDeclined: ofAsked(v1.RecordDeclined, { count: countOfDeclined }),
  recordReversed: ofAsked(v1.RecordReversed, { standing: standingOfReversed, count: countOfReversed }),
  recordInstructed: matterOnly(instruction(v1.RecordInstructed, true)),
  recordInstructionCancelled: matterOnly(instructionCancelled),
  recordStored: ofCard(
    v1.RecordStored,
    money(v1.RecordStored, countOfStored),
    instruction(v1.RecordStored, false),
  ),
  recordAdjusted: ofCard(v1.RecordAdjusted, money(v1.RecordAdjusted, countOfAdjusted)),
  recordInterestPosted: ofCard(v1.RecordInterestPosted, money(v1.RecordInterestPosted, countOfInterest)),
  recordCollectionOrdered: ofCard(
    v1.RecordCollectionOrdered,
    { count: countOfOrdered },
    collectionOrdered,
    'transaction',
  ),
  recordCollectionConfirmed: matterOnly(collectionEnded(v1.RecordCollectionConfirmed)),
  recordCollectionReturned: ofCard(
    v1.RecordCollectionReturned,
    money(v1.RecordCollectionReturned, countOfReturned),
    collectionEnded(v1.RecordCollectionReturned),
    'transaction',
  ),
  recordAlerted: matterOnly(alert),
  recordProhibitionChanged: matterOnly(prohibition),
  terminalRegistered: matterOnly(terminalRegistered),
  transactionRefused: {
    role: 'refusal',
    lines: [],
    about: new FieldFinder(v1.TransactionRefused, [['opened', {}]]),
    fields: opened,
    matters: noMatters,
    count: countOfRefused,
  },
  transactionOpened: ofLine('opening', [TRANSACTION], v1.TransactionOpened, ['card', 'batch']),
  reversalOpened: ofLine('opening', [REVERSAL], v1.ReversalOpened, ['card', 'batch']),
  transactionClosed: ofLine('closing', [TRANSACTION], v1.TransactionClosed),
  // A terminal that had given up learns the transaction's outcome with that of the reversal.
  reversalClosed: ofLine('closing', [REVERSAL, TRANSACTION], v1.ReversalClosed),
  batchReported: ofBatch(v1.BatchReported),
  batchClosing: ofBatch(v1.BatchClosing),
  batchSettled: ofBatch(v1.BatchSettled),
};

/** By field number of the event. */
const byNumber: (Body | undefined)[] = [];
for (const [name, known] of Object.entries(BODIES)) byNumber[fieldNumberOf(v1.Event, name, {})] = known;

const body = new BodyFinder();

/** Of an Event message. Throws GuardError for bytes that are none. */
export function fileEvent(event: Uint8Array): Filing | undefined {
  body.find(event);
  const known = byNumber[body.number];
  if (known === undefined) return undefined;
  const { role, lines, about, fields, matters, standing, count } = known;
  if (about === undefined) fields.find(event, body.begin, body.end);
  else {
    about.find(event, body.begin, body.end);
    fields.find(event, about.begin(0), about.end(0));
  }
  transactionId.find(event, fields.begin(ID), fields.end(ID));
  return {
    role,
    lines,
    card: isEntry(role) ? fields.latin1(event, CARD) : '',
    terminal: role === 'line' ? fields.latin1(event, NAME) : transactionId.latin1(event, TERMINAL),
    incarnation: transactionId.integer(INCARNATION),
    number: transactionId.integer(NUMBER),
    batch: fields.integer(BATCH),
    matters: matters(event, body.begin, body.end),
    standing: standing?.(event, body.begin, body.end),
    count: count?.(event, body.begin, body.end),
  };
}

function isEntry(role: Filing['role']): boolean {
  return role === 'entry' || role === 'refusal';
}
