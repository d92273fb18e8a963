import { expect } from 'chai';
import { readRecording, versionsIn } from './files.js';
import { occurrenceIn, type Occurrence } from './occurrence.js';
import { FOLDER } from './recordings.js';

/** What no story can bring about, and why. */
const NEVER: Readonly<Record<string, string>> = {
  'RecordStored.accrual_date': 'only where the clocks of two workers differ around midnight',
  'RecordCollectionReturned.accrual_date': 'the same',
  'RecordAdjusted.accrual_date': 'the same',
};

const TO_DO =
  'let test/replay/story.ts bring it about, then record the formats of this version: npm run fixtures ' +
  '(a new folder beside the others, which stay as they are), and commit that folder';

describe('the newest recording', () => {
  let occurrence: Occurrence;
  let newest: string;

  before(async () => {
    newest = (await versionsIn(FOLDER)).at(-1) ?? 'none';
    occurrence = await occurrenceIn(await readRecording(`${FOLDER}/${newest}`));
  });

  const has = (missing: readonly string[], what: string): void => {
    const found = missing.filter((name) => NEVER[name] === undefined);
    expect(found, `${what} that test/replay/${newest} lacks: ${found.join(', ')}. ${TO_DO}`).to.deep.equal(
      [],
    );
  };

  it('has every kind of frame', () => {
    has(occurrence.missingFrames, 'frames');
  });

  it('has every event that this version writes', () => {
    has(occurrence.missingEvents, 'events');
  });

  it('has every field of every event', () => {
    has(occurrence.missingEventFields, 'fields of events');
  });

  it('has every field of every state', () => {
    has(occurrence.missingStateFields, 'fields of states');
  });

  it('lacks what is said to be out of reach, or it would not have to be said', () => {
    expect(Object.values(occurrence).flat()).to.include.members(Object.keys(NEVER));
  });

  it('has every field of checkpoints and index pages', () => {
    has(occurrence.missingSnapshotFields, 'fields of snapshots');
  });
});
