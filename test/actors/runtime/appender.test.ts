import { expect } from 'chai';
import { JOURNAL_SILENCE_MS } from '../../../actors/bounds.js';
import { Appender, type AppendedJournal } from '../../../actors/runtime/appender.js';
import { FramesGoneError } from '../../../actors/runtime/errors.js';
import type { AppendResult, Clock } from '../../../actors/runtime/ports.js';

const frame = new Uint8Array([1, 2, 3]);
const stranger = new Uint8Array([9]);
const immediately: Clock = {
  now: () => 0,
  after: (_ms, callback) => {
    setImmediate(callback);
    return () => undefined;
  },
  soon: (callback) => setImmediate(callback),
};

/** Answers appends from a script; what is at position 5 is given. */
function journal(
  script: AppendResult[],
  atFive: (Uint8Array | undefined)[],
  sent: Uint8Array[] = [],
): AppendedJournal {
  return {
    append: async (bytes, expected) => {
      expect(expected).to.equal(4);
      sent.push(bytes);
      const next = script.shift();
      if (next === undefined) throw new Error('no more answers in the script');
      return next;
    },
    get: async (sequence) => {
      const bytes = atFive.length > 1 ? atFive.shift() : atFive[0];
      return bytes === undefined ? undefined : { sequence, bytes, storedAt: 0 };
    },
  };
}

const refused: AppendResult = { kind: 'refused', last: 5 };
const unknown: AppendResult = { kind: 'unknown', reason: 'timeout' };
const storedAt = (sequence: number, duplicate = false): AppendResult => ({
  kind: 'stored',
  sequence,
  duplicate,
});

describe('appender', () => {
  it('believes an acknowledgement that names the expected position', async () => {
    expect(await new Appender(journal([storedAt(5)], []), immediately).append(frame, 4)).to.equal('stored');
  });

  it('sends the same bytes again while the outcome is unknown', async () => {
    const sent: Uint8Array[] = [];
    const script = [unknown, unknown, storedAt(5)];
    expect(await new Appender(journal(script, [], sent), immediately).append(frame, 4)).to.equal('stored');
    expect(sent).to.deep.equal([frame, frame, frame]);
  });

  it('finds its own frame after a lost acknowledgement, and does not call it acknowledged', async () => {
    expect(await new Appender(journal([unknown, refused], [frame]), immediately).append(frame, 4)).to.equal(
      'found',
    );
  });

  it('is fenced by any other frame at its position', async () => {
    expect(await new Appender(journal([refused], [stranger]), immediately).append(frame, 4)).to.equal(
      'fenced',
    );
  });

  it('concludes nothing from finding nothing: it asks again', async () => {
    const script = [refused, refused, refused];
    const found = [undefined, undefined, frame];
    expect(await new Appender(journal(script, found), immediately).append(frame, 4)).to.equal('found');
    expect(script).to.have.lengthOf(0);
  });

  it('does not believe a duplicate: it compares what is stored', async () => {
    const script = [storedAt(5, true)];
    expect(await new Appender(journal(script, [stranger]), immediately).append(frame, 4)).to.equal('fenced');
  });

  it('stops when the journal has become shorter than what was acknowledged', async () => {
    const appending = new Appender(journal([{ kind: 'refused', last: 3 }], []), immediately).append(frame, 4);
    const error: unknown = await appending.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(FramesGoneError);
  });

  it('says once that nothing is acknowledged, with the reason, and that it is over', async () => {
    let now = 0;
    const clock: Clock = { ...immediately, now: () => (now += JOURNAL_SILENCE_MS / 2) };
    const heard: string[] = [];
    const script = [unknown, unknown, unknown, unknown, storedAt(5), unknown, storedAt(5)];
    const appender = new Appender(journal(script, []), clock, (silence) => heard.push(silence));
    await appender.append(frame, 4);
    expect(heard[0]).to.match(
      /^the journal has not acknowledged frame 5 for 3 s \(timeout\)\. If a nats-server/,
    );
    expect(heard.slice(1)).to.deep.equal(['']);
    await appender.append(frame, 4);
    expect(heard).to.have.length(2);
  });
});
