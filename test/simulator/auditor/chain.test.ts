import { expect } from 'chai';
import { Auditor } from '../../../simulator/auditor/auditor.js';
import { audited, expectViolation } from './audited.js';
import { MiniSystem } from './miniSystem.js';

/** One partition with a few frames. */
function journal() {
  const system = new MiniSystem(1);
  system.register('T1');
  system.issue('C1');
  system.purchase('T1', 'C1', 5);
  return system.journal;
}

describe('auditor: chain', () => {
  it('passes epochs, empty frames and hand-overs', () => {
    const frames = journal();
    frames.add(0, 'turns');
    frames.add(0, 'released');
    frames.add(0, 'epoch');
    frames.add(0, 'turns');
    expect(audited(frames).violations).to.deep.equal([]);
  });

  it('finds a frame that was changed after it was written', () => {
    const encoded = journal().encode()[0]!;
    const auditor = new Auditor();
    encoded.forEach((bytes, index) => {
      const changed = Uint8Array.from(bytes);
      // The time of frame 5: still a valid frame, but not the one whose hash frame 6 carries.
      if (index === 4) changed[changed.indexOf(0x28) + 1]! ^= 1;
      auditor.frame(0, index + 1, changed);
    });
    const violation = expectViolation(
      auditor.finish(),
      'CHAIN',
      /hash of the frame before: expected [0-9a-f]{64}/,
    );
    expect(violation).to.include({ partition: 0, position: 6 });
  });

  it('finds a hole, and a frame that comes twice', () => {
    const encoded = journal().encode()[0]!;
    const holed = new Auditor();
    encoded.forEach((bytes, index) => {
      if (index !== 3) holed.frame(0, index + 1, bytes);
    });
    expectViolation(holed.finish(), 'CHAIN', /next sequence: expected 4, found 5/);
    const twice = new Auditor();
    encoded.forEach((bytes, index) => {
      twice.frame(0, index + 1, bytes);
      if (index === 3) twice.frame(0, index + 1, bytes);
    });
    const report = twice.finish();
    expect(report.violations.map(({ message }) => message)).to.deep.equal([
      'next sequence: expected 5, found 4',
    ]);
  });

  it('finds a frame that says another sequence, epoch or time than is right', () => {
    const sequence = journal();
    sequence.partitions[0]![4]!.override = { sequence: 9 };
    expectViolation(audited(sequence), 'CHAIN', /sequence in the frame: expected 5, found 9/);
    const epoch = journal();
    epoch.add(0, 'epoch');
    epoch.add(0, 'turns').override = { epoch: 2 };
    expectViolation(audited(epoch), 'CHAIN', /epoch: expected \d+, found 2/);
    const time = journal();
    time.partitions[0]![4]!.time -= 1_000;
    expectViolation(audited(time), 'CHAIN', /time goes back from \d+ to \d+/);
  });

  it('finds a frame of an owner that had released, a second genesis, a generation that goes back', () => {
    const released = journal();
    released.add(0, 'released');
    released.add(0, 'turns');
    expectViolation(audited(released), 'CHAIN', /had released the partition/);
    const genesis = journal();
    genesis.add(0, 'genesis');
    expectViolation(audited(genesis), 'CHAIN', /a genesis frame: expected false, found true/);
    const generation = journal();
    generation.add(0, 'epoch').override = { epochBegin: { worker: 'w', generation: 0 } };
    expectViolation(audited(generation), 'CHAIN', /generation goes back from 1 to 0/);
  });

  it('finds partitions of different deployments, and partitions that are missing', () => {
    const { journal: frames } = new MiniSystem(2);
    const encoded = frames.encode();
    const missing = new Auditor();
    encoded[0]!.forEach((bytes, index) => {
      missing.frame(0, index + 1, bytes);
    });
    expectViolation(missing.finish(), 'CHAIN', /partition 1 of 2 has no journal/);
    const same = new Auditor();
    same.frame(0, 1, encoded[0]![0]!);
    same.frame(1, 1, encoded[0]![0]!);
    expectViolation(same.finish(), 'CHAIN', /partition in the genesis frame: expected 1, found 0/);
  });

  it('does not pass when there is nothing to read', () => {
    expectViolation(new Auditor().finish(), 'CHAIN', /no genesis frame was read/);
  });

  it('reports bytes that are no frame, and goes on', () => {
    const encoded = journal().encode()[0]!;
    const auditor = new Auditor();
    encoded.forEach((bytes, index) => {
      auditor.frame(0, index + 1, index === 4 ? Uint8Array.of(10, 200) : bytes);
    });
    const report = auditor.finish();
    expectViolation(report, 'FORMAT', /bytes are no frame/);
    expect(report.frames).to.equal(encoded.length);
  });
});
