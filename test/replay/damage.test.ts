import { expect } from 'chai';
import fc from 'fast-check';
import type { MemoryStream } from '../../actors/adapters/memory/journalServer.js';
import type { Registry } from '../../actors/registry/registry.js';
import { JournalDamagedError } from '../../actors/runtime/errors.js';
import { decodeFrame, encodeFrame, type Frame, hashOf } from '../../actors/runtime/frame.js';
import { v1 } from '../../proto/generated/emoney.js';
import { Deployment, type Worker } from './deployment.js';
import { readRecording, type Recording, versionsIn } from './files.js';
import { FOLDER } from './recordings.js';
import { journalServer, replay } from './replayed.js';

const RESTORE = /Restore the stream .* nothing skips a frame.*OPERATIONS\.md, "A partition that stopped"/;
const UPGRADE = /Upgrade this worker: .*restore the stream.*OPERATIONS\.md, "A partition that stopped"/;
/** An event body that no version has yet. */
const UNKNOWN_EVENT = v1.Event.encode({}).uint32(7_994).bytes(Uint8Array.of(8, 1)).finish();
const DAMAGED = 1;
const SOMEWHERE = 40;

interface Damage {
  readonly what: string;
  readonly partition?: number;
  /** Returns the frame that the message must name. */
  readonly make: (stream: MemoryStream) => number;
  readonly says: RegExp;
  readonly wayOut: RegExp;
  /** Noticed before an epoch frame is written. */
  readonly untouched?: boolean;
}

function changed(stream: MemoryStream, sequence: number, change: (frame: v1.Frame) => void): void {
  const frame = v1.Frame.decode(stream.frame(sequence)!.bytes);
  change(frame);
  stream.replace(sequence, v1.Frame.encode(frame).finish());
}

/** A frame after the last, as its owner would have written it. Returns its sequence. */
function append(stream: MemoryStream, change: Partial<Frame>, format = 1): number {
  const { sequence, bytes, storedAt } = stream.frame(stream.last)!;
  const { epoch, time } = decodeFrame(bytes);
  const body = { kind: 'turns' as const, turns: [] };
  const next = { sequence: sequence + 1, previousHash: hashOf(bytes), epoch, time, body, ...change };
  const encoded = v1.Frame.decode(encodeFrame(next));
  encoded.format = format;
  stream.append(v1.Frame.encode(encoded).finish(), sequence, storedAt);
  return sequence + 1;
}

const turnOf = (event: Uint8Array): Partial<Frame> => ({
  body: { kind: 'turns', turns: [{ units: ['card/C1'], events: [event] }] },
});

const damages: readonly Damage[] = [
  {
    what: 'a flipped byte that leaves no frame',
    make: (stream) => {
      const bytes = Buffer.from(stream.frame(SOMEWHERE)!.bytes);
      // The first field's tag.
      bytes[0] = 0xff;
      stream.replace(SOMEWHERE, bytes);
      return SOMEWHERE;
    },
    says: /bytes are no frame/,
    wayOut: RESTORE,
  },
  {
    what: 'a flipped byte that leaves a frame',
    make: (stream) => {
      changed(stream, SOMEWHERE, (frame) => (frame.timeMs = Number(frame.timeMs) + 1));
      return SOMEWHERE + 1;
    },
    says: /does not carry the hash of the frame before it/,
    wayOut: RESTORE,
  },
  {
    what: 'a wrong hash of the frame before',
    make: (stream) => append(stream, { previousHash: new Uint8Array(32) }),
    says: /does not carry the hash/,
    wayOut: RESTORE,
  },
  {
    what: 'a hole',
    make: (stream) => {
      stream.makeHole(SOMEWHERE);
      return SOMEWHERE;
    },
    says: /the journal has no frame/,
    wayOut: RESTORE,
  },
  {
    what: 'a genesis frame that cannot be read',
    partition: 0,
    make: (stream) => {
      stream.replace(1, Uint8Array.of(0xff, 0xff));
      return 1;
    },
    says: /bytes are no frame/,
    wayOut: RESTORE,
    untouched: true,
  },
  {
    what: 'a frame of format 2',
    make: (stream) => {
      changed(stream, SOMEWHERE, (frame) => (frame.format = 2));
      return SOMEWHERE;
    },
    says: /frame format 2 is unknown to this version \(reads up to 1\)/,
    wayOut: UPGRADE,
  },
  {
    what: 'a last frame of format 2',
    make: (stream) => append(stream, {}, 2),
    says: /frame format 2 is unknown/,
    wayOut: UPGRADE,
    untouched: true,
  },
  {
    what: 'an owner before that wrote format 2',
    make: (stream) => {
      const sequence = stream.last + 1;
      const operatorOrder = '';
      const body = { kind: 'epoch' as const, worker: 'newer', writesFormat: 2, generation: 2, operatorOrder };
      return append(stream, { epoch: sequence, body });
    },
    says: /the owner before wrote format 2/,
    wayOut: UPGRADE,
    untouched: true,
  },
  {
    what: 'an event that this version does not know',
    make: (stream) => append(stream, turnOf(UNKNOWN_EVENT)),
    says: /holds what this version cannot read \(event: body: is missing or unknown\)/,
    wayOut: UPGRADE,
  },
];

/** What a newer version would be: it knows the event, which concerns nobody. */
function newer(domain: Registry): Registry {
  const nothing = domain.decodeEvent(v1.Event.encode({ cardActivated: { card: 'nobody' } }).finish());
  return {
    ...domain,
    decodeEvent: (bytes) =>
      Buffer.compare(bytes, UNKNOWN_EVENT) === 0 ? nothing : domain.decodeEvent(bytes),
    evolve: (unit, state, event) => (event === nothing ? state : domain.evolve(unit, state, event)),
  };
}

describe('a journal that cannot be read', () => {
  let recording: Recording;

  before(async () => {
    // The first has one segment: what is damaged is in the stream to which owners append.
    const [first] = await versionsIn(FOLDER);
    recording = await readRecording(`${FOLDER}/${first!}`);
  });

  /** The recorded journals without what Redis held: every frame is read. */
  function recorded(): Deployment {
    const { server: journals, clock } = journalServer(recording.journals);
    return new Deployment(recording.journals.length, { clock, journals });
  }

  /** Cards of other partitions are served as recorded; the damaged one answers nothing. */
  async function expectOthersServed(deployment: Deployment, damaged: number): Promise<void> {
    for (const [card, { card: balances }] of Object.entries(recording.expected.cards)) {
      if (!card.startsWith('C')) continue;
      const sent = deployment.send(card, { describeCards: { cards: [card] } });
      if (deployment.partitionOf(card) === damaged) {
        await deployment.clock.advance(1_000);
        expect(deployment.isAnswered(sent), card).to.equal(false);
      } else {
        const { cards } = await deployment.reply(sent);
        expect(Number(cards?.cards?.[0]?.card?.balances?.storedValue ?? 0), card).to.equal(
          balances.storedValue,
        );
      }
    }
  }

  const stopped = (deployment: Deployment, worker: Worker, partition: number): Promise<void> =>
    deployment.until(
      () => worker.hosting.status()[partition]?.state === 'halted' && deployment.serving(worker) === 2,
      'one stops, the others are served',
      60_000,
    );

  for (const { what, partition = DAMAGED, make, says, wayOut, untouched = false } of damages) {
    it(`${what}: its partition stops and says what to do; the others go on; restored, it goes on`, async () => {
      const deployment = recorded();
      const stream = deployment.stream(partition);
      const frame = make(stream);
      const { last } = stream;
      const worker = await deployment.start('w1');
      await stopped(deployment, worker, partition);
      const line = worker.log.find((each) => each.startsWith(`partition ${partition}: stopped`));
      expect(line).to.match(says).and.match(wayOut);
      // The one of the owner before says which format, and the journal ends with it.
      if (line?.includes('the owner before') !== true) expect(line).to.match(new RegExp(`frame ${frame}\\b`));
      expect(worker.hosting.status()[partition]?.reason).to.match(says).and.match(wayOut);
      expect(stream.last === last, 'no epoch frame').to.equal(untouched);
      await expectOthersServed(deployment, partition);
      // It stays as it is: nobody tries again and again.
      const ended = stream.last;
      await deployment.clock.advance(30_000);
      expect(stream.last).to.equal(ended);

      worker.link.stop();
      stream.cutTail(stream.last);
      for (const { bytes, sequence, storedAt } of recording.journals[partition]!) {
        stream.append(bytes, sequence - 1, storedAt);
      }
      await deployment.serve('w2');
      await expectOthersServed(deployment, -1);
    });
  }

  it('no flipped bit is overlooked, whatever frame it hits; the last is proved by the next', async () => {
    const journal = recording.journals[DAMAGED]!;
    const flip = fc.tuple(
      fc.nat(journal.length - 2),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.nat(7),
    );
    await fc.assert(
      fc.asyncProperty(flip, async ([at, where, bit]) => {
        const journals = recording.journals.map((frames) => [...frames]);
        const bytes = Buffer.from(journal[at]!.bytes);
        const place = Math.floor(where * bytes.length);
        bytes[place] = bytes[place]! ^ (1 << bit);
        journals[DAMAGED]![at] = { ...journal[at]!, bytes };
        let failure: unknown;
        await replay(journals, DAMAGED, recording.expected.deployment).catch(
          (error: unknown) => (failure = error),
        );
        expect(failure, `frame ${at + 1}, byte ${place}, bit ${bit}`).to.be.instanceOf(Error);
      }),
      { numRuns: 60 },
    );
  });

  it('an upgraded worker takes what an older one has stopped', async () => {
    const deployment = recorded();
    append(deployment.stream(DAMAGED), turnOf(UNKNOWN_EVENT));
    const old = await deployment.start('old');
    await stopped(deployment, old, DAMAGED);
    const upgraded = await deployment.start('new', new Map(), newer);
    const serves = (): boolean => upgraded.hosting.status()[DAMAGED]?.state === 'serving';
    await deployment.until(serves, 'the new worker serves it', 60_000);
    await expectOthersServed(deployment, -1);
  });

  it('and hands an older one each partition once, not again and again, when that can serve none', async () => {
    const deployment = recorded();
    const partitions = [...recording.journals.keys()];
    for (const partition of partitions) append(deployment.stream(partition), turnOf(UNKNOWN_EVENT));
    // From a checkpoint after it nobody would have to read it.
    deployment.snapshots.setAvailable(false);
    const upgraded = await deployment.start('new', new Map(), newer);
    await deployment.until(() => deployment.serving(upgraded) === 3, 'the new worker serves all', 60_000);
    const old = await deployment.start('old');
    const halted = (): boolean => old.hosting.status().every(({ state }) => state === 'halted');
    await deployment.until(() => halted() && deployment.serving(upgraded) === 3, 'it was tried', 60_000);
    await deployment.clock.advance(60_000);
    expect(deployment.serving(upgraded)).to.equal(3);
    for (const partition of partitions) {
      const handedOver = deployment
        .stream(partition)
        .following(1, Infinity)
        .map(({ bytes }) => decodeFrame(bytes).body)
        .filter((body) => body.kind === 'released' && body.successor === 'old');
      expect(handedOver, `partition ${partition}`).to.have.lengthOf(1);
    }
    await expectOthersServed(deployment, -1);
  });

  it('an error of the journal is one that waits for an operator', () => {
    expect(new JournalDamagedError('x').wayOut).to.match(RESTORE);
  });
});
