import { expect } from 'chai';
import type { Journal, JournalStore } from '../../../actors/runtime/ports.js';
import { v1 } from '../../../proto/generated/emoney.js';
import type { AcknowledgedReply } from '../../../simulator/auditor/acknowledged.js';
import { findTold } from '../../../simulator/powerCut/found.js';
import { MiniSystem, type Paid } from '../auditor/miniSystem.js';

const PAYMENTS = 5;

/** What is left of journals: only so many frames of each. */
function left(system: MiniSystem, frames = Infinity): JournalStore {
  const partitions = system.journal.encode().map((all) => all.slice(0, frames));
  const open = async (partition: number) => {
    const stored = partitions[partition] ?? [];
    const read: Journal['read'] = async (from, to, onFrame) => {
      for (let sequence = from; sequence <= to; sequence += 1)
        onFrame({ sequence, bytes: stored[sequence - 1]!, storedAt: 0 });
      return to + 1;
    };
    const newestSegment = async () => ({ segment: partition, first: 1, bytes: 0, since: 0 });
    return { lastSequence: async () => stored.length, read, newestSegment } as unknown as Journal;
  };
  return { list: async () => partitions.map((_, partition) => partition), open } as unknown as JournalStore;
}

function toldOf({ id, card, kind, amount, answer }: Paid): AcknowledgedReply {
  const named = { terminal: id.terminal, incarnation: id.incarnation, number: id.number };
  return { id: named, card, kind, outcome: answer.outcome!, amount, position: answer.position as number };
}

describe('what a disk that was cut holds of what was told', () => {
  const system = new MiniSystem();
  let told: AcknowledgedReply[] = [];
  before(() => {
    system.register('T1');
    system.issue('C1');
    told = Array.from({ length: PAYMENTS }, () => toldOf(system.purchase('T1', 'C1', 100)));
  });

  it('is everything when nothing is missing; what nobody was told of may be there too', async () => {
    const found = await findTold(left(system), told.slice(0, 3));
    // Four partitions; each has as many segments before its newest as its number says.
    const segments = 1 + 2 + 3 + 4;
    expect(found).to.deep.equal({
      acknowledged: 3,
      recovered: 5,
      segments,
      lost: 0,
      doubled: 0,
      examples: [],
    });
  });

  it('counts each transaction of which something is missing once, and names the first', async () => {
    const twice = [...told, ...told];
    const some = await findTold(left(system, 5), twice);
    expect(some).to.include({ acknowledged: PAYMENTS, doubled: 0 });
    expect(some.lost).to.be.above(0).and.below(PAYMENTS);
    const none = await findTold(left(system, 0), twice);
    expect(none).to.include({ acknowledged: PAYMENTS, recovered: 0, lost: PAYMENTS });
    expect(none.examples[0]).to.match(
      /I9: acknowledged APPROVED: the journal has no such id \(id T1\/1\/1\)/,
    );
  });

  it('counts what took effect twice', async () => {
    const doubled = new MiniSystem();
    doubled.register('T1');
    doubled.issue('C1');
    const opened = doubled.open('T1', 'C1', v1.Kind.KIND_PURCHASE, 100);
    doubled.close(doubled.decide(opened));
    doubled.decide(opened);
    expect((await findTold(left(doubled), [])).doubled).to.be.above(0);
  });

  it('says which journal could not be read to its end', async () => {
    const store = left(system);
    const broken = { ...store, open: () => Promise.reject(new Error('no frame 7')) };
    const found = await findTold(broken, told);
    expect(found).to.include({ lost: PAYMENTS });
    expect(found.examples[0]).to.equal('partition 0: no frame 7');
  });
});
