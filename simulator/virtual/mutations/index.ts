/** Every rule that is broken on purpose. Production reaches none of this: it is given to a world, by its tests. */
import type { Sabotage } from '../../../actors/runtime/sabotage.js';
import { rejectionAsOutcome, speculativeMark } from './buses.js';
import {
  bookedAfterClosing,
  duplicateLast,
  oneMark,
  splitTurn,
  tellLost,
  undoneForgotten,
  withoutTombstone,
  workForgotten,
} from './domains.js';
import {
  blindRetry,
  changedFrame,
  clockBack,
  predictedExpectation,
  twoInFlight,
  withoutFencing,
} from './journals.js';
import type { Mutation } from './mutation.js';
import { beyondJournal, notReadBack, silentReconnect } from './stores.js';

export type { Mutation } from './mutation.js';

export const MUTATIONS: readonly Mutation[] = [
  sabotaged('reply before the acknowledgement', { replyAtOnce: true }),
  sabotaged('read without a frame', { readAtOnce: true }),
  { name: 'no fencing', parts: withoutFencing },
  { name: 'two frames in flight', parts: twoInFlight },
  { name: 'expectation predicted', parts: predictedExpectation },
  { name: "blind retry with the error's number", parts: blindRetry },
  { name: 'frame changed before it is resent', parts: changedFrame },
  { name: 'turn split over two frames', parts: splitTurn },
  sabotaged('ask before OPENED', { askAtOnce: true }),
  { name: 'one mark instead of two', parts: oneMark },
  { name: 'mark from speculative state', parts: speculativeMark },
  { name: 'duplicate check last', parts: duplicateLast },
  { name: 'rejection taken for an outcome', parts: rejectionAsOutcome },
  { name: 'tombstone dropped', parts: withoutTombstone },
  { name: 'undone amount forgotten', parts: undoneForgotten },
  sabotaged('snapshot before the acknowledgement', { snapshotEarly: true }),
  {
    name: 'late snapshot write',
    servers: ({ snapshots }) => {
      snapshots.forgetToCompare();
    },
  },
  { name: 'checkpoint after a silent reconnect', parts: silentReconnect },
  sabotaged('passive actor loaded without the index', { anySnapshot: true }),
  { name: 'checkpoint beyond the journal accepted', parts: beyondJournal },
  { name: 'tell lost at recovery', parts: tellLost },
  { name: 'unfinished work forgotten', parts: workForgotten },
  {
    name: 'prohibition published without compare',
    servers: ({ prohibitions }) => {
      prohibitions.forgetToCompare();
    },
  },
  { name: 'batch booked after closing', parts: bookedAfterClosing },
  { name: 'clock back at takeover', parts: clockBack },
  { name: 'archive not read back', archive: notReadBack },
];

function sabotaged(name: string, sabotage: Sabotage): Mutation {
  return { name, parts: (parts) => ({ ...parts, sabotage }) };
}
