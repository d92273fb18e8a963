import { expect } from 'chai';
import { JOURNAL_SILENCE_MS } from '../../../actors/bounds.js';
import { Appender, type AppendedJournal } from '../../../actors/runtime/appender.js';
import { FramesGoneError, UnacknowledgedGoneError } from '../../../actors/runtime/errors.js';
import { hashOf } from '../../../actors/runtime/frame.js';
import type { AppendResult, Clock } from '../../../actors/runtime/ports.js';

const frame = new Uint8Array([1, 2, 3]);
const stranger = new Uint8Array([9]);
const before = new Uint8Array([4]);
const beforeHash = hashOf(before);
const immediately: Clock = {
  now: () => 0,
  elapsed: () => 0,
  after: (_ms, callback) => {
    setImmediate(callback);
    return () => undefined;
  },
  soon: (callback) => setImmediate(callback),
};

/** Answers appends from a script; what is at position 5, and before it, is given. */
function journal(
  script: AppendResult[],
  atFive: (Uint8Array | undefined)[],
  sent: Uint8Array[] = [],
  atFour: () => Uint8Array | undefined = () => before,
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
      const bytes = sequence === 4 ? atFour() : atFive.length > 1 ? atFive.shift() : atFive[0];
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
    expect(await new Appender(journal([storedAt(5)], []), immediately).append(frame, 4, beforeHash)).to.equal(
      'stored',
    );
  });

  it('sends the same bytes again while the outcome is unknown', async () => {
    const sent: Uint8Array[] = [];
    const script = [unknown, unknown, storedAt(5)];
    expect(await new Appender(journal(script, [], sent), immediately).append(frame, 4, beforeHash)).to.equal(
      'stored',
    );
    expect(sent).to.deep.equal([frame, frame, frame]);
  });

  it('finds its own frame after a lost acknowledgement, and does not call it acknowledged', async () => {
    expect(
      await new Appender(journal([unknown, refused], [frame]), immediately).append(frame, 4, beforeHash),
    ).to.equal('found');
  });

  it('is fenced by any other frame at its position', async () => {
    expect(
      await new Appender(journal([refused], [stranger]), immediately).append(frame, 4, beforeHash),
    ).to.equal('fenced');
  });

  it('concludes nothing from finding nothing: it asks again', async () => {
    const script = [refused, refused, refused];
    const found = [undefined, undefined, frame];
    expect(await new Appender(journal(script, found), immediately).append(frame, 4, beforeHash)).to.equal(
      'found',
    );
    expect(script).to.have.lengthOf(0);
  });

  it('does not believe a duplicate: it compares what is stored', async () => {
    const script = [storedAt(5, true)];
    expect(
      await new Appender(journal(script, [stranger]), immediately).append(frame, 4, beforeHash),
    ).to.equal('fenced');
  });

  it('stops when the journal has become shorter than what was acknowledged', async () => {
    const appender = new Appender(
      journal([{ kind: 'refused', last: 3 }], []),
      immediately,
      () => undefined,
      4,
    );
    const error: unknown = await appender.append(frame, 4, beforeHash).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(FramesGoneError);
    expect(String(error)).to.include('frame 4 was acknowledged');
  });

  it('does not call frames lost that were only found', async () => {
    const appender = new Appender(
      journal([{ kind: 'refused', last: 3 }], []),
      immediately,
      () => undefined,
      3,
    );
    const error: unknown = await appender.append(frame, 4, beforeHash).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UnacknowledgedGoneError);
  });

  /** What is at position 4, look by look, which was only found; and what was sent until the append ended. */
  const behind = async (
    ...looks: readonly (Uint8Array | undefined)[]
  ): Promise<{ readonly end: unknown; readonly sent: number }> => {
    const sent: Uint8Array[] = [];
    const left = [...looks];
    const script = [unknown, storedAt(5)];
    const appender = new Appender(
      journal(script, [], sent, () => left.shift()),
      immediately,
      () => undefined,
      3,
    );
    const end: unknown = await appender.append(frame, 4, beforeHash).catch((reason: unknown) => reason);
    return { end, sent: sent.length };
  };

  it('sends nothing behind a frame that took the place of one that was only found, at first or again', async () => {
    expect(await behind(stranger)).to.deep.equal({ end: 'fenced', sent: 0 });
    expect(await behind(before, stranger)).to.deep.equal({ end: 'fenced', sent: 1 });
    expect(await behind(before, before)).to.deep.equal({ end: 'stored', sent: 2 });
  });

  it('looks again where there is nothing: a server that lags shows the frame before a moment later', async () => {
    expect(await behind(undefined, undefined, before, before)).to.deep.equal({ end: 'stored', sent: 2 });
  });

  it('sends nothing where the frame before, which was only found, is not there: another may take its place', async () => {
    for (const looks of [[], [before]]) {
      const { end, sent } = await behind(...looks);
      expect(end).to.be.instanceOf(UnacknowledgedGoneError);
      expect(sent).to.equal(looks.length);
    }
  });

  it('sends nothing once it was told to stop while it looked', async () => {
    const sent: Uint8Array[] = [];
    const looking = journal([storedAt(5)], [], sent, () => {
      appender.stop();
      return before;
    });
    const appender = new Appender(looking, immediately);
    expect(await appender.append(frame, 4, beforeHash)).to.equal('abandoned');
    expect(sent).to.deep.equal([]);
  });

  it('waits while nobody says what is before its frame, and asks nobody about what was acknowledged', async () => {
    let asked = 0;
    const away = (): Uint8Array => {
      asked += 1;
      if (asked < 3) throw new Error('nobody answers');
      return before;
    };
    const script = (): AppendedJournal => journal([unknown, storedAt(5)], [], [], away);
    const quiet = (): void => undefined;
    const found = new Appender(script(), immediately, quiet, 3);
    expect(await found.append(frame, 4, beforeHash)).to.equal('stored');
    expect(asked).to.equal(4);
    const known = new Appender(script(), immediately, quiet, 4);
    expect(await known.append(frame, 4, beforeHash)).to.equal('stored');
    expect(asked).to.equal(4);
  });

  it('says once that nothing is acknowledged, with the reason, and that it is over', async () => {
    let now = 0;
    const clock: Clock = { ...immediately, elapsed: () => (now += JOURNAL_SILENCE_MS / 2) };
    const heard: string[] = [];
    const script = [unknown, unknown, unknown, unknown, storedAt(5), unknown, storedAt(5)];
    const appender = new Appender(journal(script, []), clock, (silence) => heard.push(silence));
    await appender.append(frame, 4, beforeHash);
    expect(heard[0]).to.match(
      /^the journal has not acknowledged frame 5 for 3 s \(timeout\)\. If a nats-server/,
    );
    expect(heard.slice(1)).to.deep.equal(['']);
    await appender.append(frame, 4, beforeHash);
    expect(heard).to.have.length(2);
  });
});
