import { expect } from 'chai';
import fc from 'fast-check';
import { partitionOf } from '../../../actors/runtime/placement.js';
import { calmHistory, CARDS, PARTITIONS, troubledHistory } from './actions.js';
import { Books } from './books.js';
import type { Device } from './device.js';
import { act, createScene, drain, type Scene } from './scene.js';

function check({ world, devices }: Scene): void {
  const states = world.nodes.map((node) => node.states());
  const all = new Map(states.flatMap((each) => [...each]));
  for (const node of world.nodes) expect(node.differences(), 'journal and memory').to.deep.equal([]);
  const books = new Books(world);
  books.checkCards(all);
  books.checkTerminals(all);
  books.checkTotals(states);
  books.checkBatches(all);
  books.checkRuns();
  for (const device of devices) checkDevice(books, device);
  for (const [key, state] of all) {
    if (state.unit !== 'card') continue;
    expect(world.list.reasonsOf(key.slice('card/'.length)), `list: ${key}`).to.deep.equal(
      state.record?.reasons,
    );
  }
}

/** I5 and I9: what a device was told is what the card did, now and for ever. */
function checkDevice(books: Books, device: Device): void {
  const { terminal: name, incarnation } = device;
  for (const { number, final } of device.sales) {
    expect(final, `${name}/${number}: answered after the drain`).not.to.equal(undefined);
    const standing = books.standing({ terminal: name, incarnation, number });
    if (final === 'APPROVED') expect(standing, `${name}/${number}: told approved`).to.equal('APPROVED');
    else expect(standing, `${name}/${number}: told ${final ?? ''}`).not.to.equal('APPROVED');
  }
  for (const told of device.told) {
    const id = { terminal: name, incarnation: told.incarnation, number: told.number };
    const standing = books.standing(id);
    expect(told.outcome, 'another content under a known id').not.to.equal('MISUSED');
    if (told.outcome === 'APPROVED') expect(standing).to.be.oneOf(['APPROVED', 'REVERSED']);
    else if (told.outcome === 'REVERSED') expect(standing, JSON.stringify(id)).not.to.equal('APPROVED');
    else if (told.outcome !== 'IDEMPOTENCY_CONFLICT')
      expect(standing, JSON.stringify(told)).not.to.equal('APPROVED');
  }
}

describe('whatever is asked, lost, repeated, reordered and interrupted', () => {
  const runs = Number(process.env['HISTORIES'] ?? 150);

  it('the cards of this world are in different partitions', () => {
    expect(new Set(CARDS.map((id) => partitionOf(id, PARTITIONS))).size).to.equal(PARTITIONS);
  });

  it('the books balance: I1, I2, I3, I4, I5, I7, I8, I10', () => {
    fc.assert(
      fc.property(troubledHistory, (actions) => {
        const scene = createScene();
        for (const each of actions) act(scene, each);
        drain(scene);
        check(scene);
      }),
      { numRuns: runs },
    );
  });

  it('and so they do where nothing is lost, and a few cards are put through everything', () => {
    fc.assert(
      fc.property(calmHistory, (actions) => {
        const scene = createScene();
        for (const each of actions) {
          act(scene, each);
          scene.world.settle();
        }
        drain(scene);
        check(scene);
      }),
      { numRuns: runs },
    );
  });
});
