import { expect } from 'chai';
import { MemorySnapshotServer } from '../../actors/adapters/memory/snapshotServer.js';
import { MemorySnapshotStore } from '../../actors/adapters/memory/snapshotStore.js';
import { decodeValue } from '../../actors/adapters/redis/versionedValue.js';
import { readGenesis } from '../../actors/runtime/deployment.js';
import { stateDigest } from '../../actors/runtime/digest.js';
import type { Snapshot } from '../../actors/runtime/ports.js';
import { recover } from '../../actors/runtime/recovery.js';
import { Stopwatch } from '../../actors/runtime/stopwatch.js';
import { StoreFaults } from '../../actors/runtime/storeFaults.js';
import { beginEpoch } from '../../actors/runtime/takeover.js';
import { Unit } from '../../actors/runtime/units.js';
import type { State } from '../../actors/registry/unit.js';
import { Auditor } from '../../simulator/auditor/auditor.js';
import { temporaryFolder } from '../support/folder.js';
import { DEPLOYMENT, Deployment } from './deployment.js';
import { readRecording, type Recording, versionsIn, writeRecording } from './files.js';
import { record } from './record.js';
import { FOLDER } from './recordings.js';
import { cardsOf, finished, journalServer, openJournal, registryOf, replay } from './replayed.js';

const versions = await versionsIn(FOLDER);

/** What Redis held when it was recorded. */
function snapshotServer({ snapshots }: Recording): MemorySnapshotServer {
  const server = new MemorySnapshotServer();
  for (const { key, value } of snapshots.flat()) server.putNewer(key, decodeValue(value)!);
  return server;
}

/**
 * Every unit of a partition as a new owner gets it: recovered with the tail, or from the snapshot that counts.
 * `tailBytes`: of the tail in memory at once.
 */
async function recovered(
  recording: Recording,
  partition: number,
  tailBytes?: number,
): Promise<{ units: Unit<State>[]; fromCheckpoint: number; log: string[] }> {
  const servers = journalServer(recording.journals);
  const { clock } = servers;
  const journal = await openJournal(servers, partition);
  const domain = registryOf(await finished(clock, readGenesis(journal, DEPLOYMENT, partition)));
  const server = snapshotServer(recording);
  const store = new MemorySnapshotStore({ server, clock, deployment: DEPLOYMENT, partition });
  const epoch = await finished(clock, beginEpoch(journal, clock, 'reader', undefined));
  const log: string[] = [];
  const say = (line: string) => log.push(line);
  const parts = { domain, journal, store, clock, generation: epoch.generation, epoch: epoch.sequence };
  const { units, tails, fromCheckpoint } = await finished(
    clock,
    recover({
      ...{ ...parts, tailBytes, log: say },
      ...{ faults: new StoreFaults(clock, say), stopwatch: new Stopwatch(clock) },
    }),
  );
  const { units: all } = await replay(recording.journals, partition, DEPLOYMENT);
  const found: Unit<State>[] = [];
  for (const key of all.keys()) {
    const unit = units.get(key) ?? (await passive(key));
    found.push(unit);
  }
  return { units: found, fromCheckpoint, log };

  async function passive(key: string): Promise<Unit<State>> {
    const [snapshot] = await finished<readonly (Snapshot | undefined)[]>(clock, store.readUnits([key]));
    const { sequence, generation, state } = snapshot!;
    expect(generation, `generation of ${key}`).to.equal(epoch.generation);
    expect(tails.follows(key, sequence), `a snapshot of ${key} that counts`).to.equal(true);
    const evolved = tails.continue(key, { state: domain.decodeState(state), position: sequence });
    return new Unit(key, evolved, tails.position(key), sequence);
  }
}

describe('recorded journals and snapshots', () => {
  it('there are some', () => {
    expect(versions).to.not.deep.equal([]);
  });

  for (const version of versions) {
    describe(version, () => {
      let recording: Recording;

      before(async () => {
        recording = await readRecording(`${FOLDER}/${version}`);
      });

      it('the journals replay to the digests that were recorded', async () => {
        for (const [partition, { frames, digest }] of recording.expected.partitions.entries()) {
          expect(recording.journals[partition]).to.have.lengthOf(frames);
          const found = await replay(recording.journals, partition, recording.expected.deployment);
          expect(found.digest, advice(version, partition)).to.equal(digest);
        }
      });

      it('and to the balances', async () => {
        const cards: Record<string, unknown> = {};
        for (const partition of recording.journals.keys()) {
          const { units } = await replay(recording.journals, partition, recording.expected.deployment);
          Object.assign(cards, cardsOf(units));
        }
        expect(cards).to.deep.equal(recording.expected.cards);
      });

      it('checkpoint, snapshots and tail lead to the same digests', async () => {
        for (const [partition, { digest, checkpoint }] of recording.expected.partitions.entries()) {
          const { units, fromCheckpoint, log } = await recovered(recording, partition);
          expect(log, 'nothing of it was left aside').to.deep.equal([]);
          expect(fromCheckpoint).to.equal(checkpoint);
          const { registry } = await replay(recording.journals, partition, recording.expected.deployment);
          expect(stateDigest(registry, units), `partition ${partition}`).to.equal(digest);
        }
      });

      it('and so does a tail that is read in pieces', async () => {
        for (const [partition, { digest, checkpoint }] of recording.expected.partitions.entries()) {
          const { units, fromCheckpoint, log } = await recovered(recording, partition, 1);
          expect(log.join('\n')).to.include('more than may wait in memory').and.not.include('rebuil');
          expect(fromCheckpoint).to.equal(checkpoint);
          const { registry } = await replay(recording.journals, partition, recording.expected.deployment);
          expect(stateDigest(registry, units), `partition ${partition}`).to.equal(digest);
        }
      });

      it('every snapshot can be read', async () => {
        const { registry } = await replay(recording.journals, 0, recording.expected.deployment);
        const units = recording.snapshots.flat().filter(({ key }) => key.includes(':u:'));
        expect(units).to.not.deep.equal([]);
        for (const { key, value } of units) {
          expect(() => registry.decodeState(decodeValue(value)!.bytes), key).to.not.throw();
        }
      });

      it('the auditor finds nothing wrong', () => {
        const auditor = new Auditor();
        for (const [partition, frames] of recording.journals.entries()) {
          for (const { sequence, bytes } of frames) auditor.frame(partition, sequence, bytes);
        }
        const { violations } = auditor.finish({ drained: true });
        expect(violations, JSON.stringify(violations)).to.deep.equal([]);
      });

      it('a worker of today serves it', async () => {
        const { server: journals, clock } = journalServer(recording.journals);
        const { journals: streams, expected } = recording;
        const snapshots = snapshotServer(recording);
        const deployment = new Deployment(streams.length, { clock, journals, snapshots });
        const worker = await deployment.serve('worker-today');
        for (const [card, { card: balances, center }] of Object.entries(expected.cards)) {
          const { cards } = await deployment.ask(card, { describeCards: { cards: [card] } });
          const [described] = cards?.cards ?? [];
          for (const [name, value] of Object.entries(balances)) {
            const key = name as keyof typeof balances;
            expect(Number(described?.card?.balances?.[key] ?? 0), `${card} ${name}`).to.equal(value);
            expect(Number(described?.record?.balances?.[key] ?? 0), `${card} ${name}`).to.equal(center[key]);
          }
        }
        expect(worker.log.join('\n')).to.not.include('rebuilding');
      });
    });
  }
});

function advice(version: string, partition: number): string {
  return (
    `test/replay/${version}, partition ${partition}: old journals lead to other states than before. If states have ` +
    'only got a field that old events fill: npm run fixtures -- --digests. Anything else is a fault, or needs an ' +
    'upcaster (docs/ARCHITECTURE.md, "Formats are for ever")'
  );
}

describe('recording', () => {
  it('writes the same bytes every time, and never over what is there', async () => {
    const [once, again] = [await record('a test'), await record('a test')];
    expect(again.expected).to.deep.equal(once.expected);
    expect(again.journals).to.deep.equal(once.journals);
    expect(again.snapshots).to.deep.equal(once.snapshots);
    const folder = await temporaryFolder();
    const target = `${folder.path}/v1`;
    await writeRecording(target, once);
    expect(await readRecording(target)).to.deep.equal({
      ...once,
      journals: once.journals.map((frames) =>
        frames.map(({ bytes, ...frame }) => ({ ...frame, bytes: Buffer.from(bytes) })),
      ),
    });
    let refusal: unknown;
    await writeRecording(target, again).catch((error: unknown) => (refusal = error));
    expect(String(refusal)).to.include('EEXIST');
    await folder.remove();
  });
});
