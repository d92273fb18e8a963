import { expect } from 'chai';
import fc from 'fast-check';
import { INDEX_PAGES } from '../../../actors/bounds.js';
import { fnv1a32, partitionOf } from '../../../actors/runtime/placement.js';
import { UnitIndex } from '../../../actors/runtime/unitIndex.js';

describe('placement', () => {
  it('is FNV-1a over UTF-8: the published test vectors', () => {
    expect(fnv1a32('')).to.equal(0x811c9dc5);
    expect(fnv1a32('a')).to.equal(0xe40c292c);
    expect(fnv1a32('foobar')).to.equal(0xbf9cf968);
    // é is C3 A9 in UTF-8.
    expect(fnv1a32('é')).to.equal(
      Math.imul(Math.imul(0x811c9dc5 ^ 0xc3, 0x01000193) ^ 0xa9, 0x01000193) >>> 0,
    );
  });

  it('spreads ids over all partitions', () => {
    const counts = [0, 0, 0, 0];
    for (let id = 0; id < 4000; id += 1) counts[partitionOf(`card-${String(id)}`, 4)]! += 1;
    for (const count of counts) expect(count).to.be.within(900, 1100);
  });
});

describe('unit index', () => {
  it('restored from its pages it is the index that was written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.nat()), (content) => {
        const index = new UnitIndex();
        for (const [unit, sequence] of Object.entries(content)) index.set(unit, sequence);
        const pages = index.changedPages().map((page) => [page, index.takePage(page)] as const);
        const restored = new UnitIndex();
        for (const [page, bytes] of pages) restored.restorePage(page, bytes);
        for (const [unit, sequence] of Object.entries(content)) expect(restored.get(unit)).to.equal(sequence);
        expect(restored.size).to.equal(index.size);
        expect(restored.highest).to.equal(index.highest);
      }),
    );
  });

  it('names exactly the pages that changed since they were taken', () => {
    const index = new UnitIndex();
    index.set('a', 1);
    const page = fnv1a32('a') % INDEX_PAGES;
    expect(index.changedPages()).to.deep.equal([page]);
    index.takePage(page);
    expect(index.changedPages()).to.deep.equal([]);
    index.markChanged(page);
    expect(index.changedPages()).to.deep.equal([page]);
  });

  it('refuses at once what could not be read later', () => {
    const index = new UnitIndex();
    for (let at = 0; at < 10; at += 1) index.set(`card/${String(at)}`, at + 1);
    const page = index.changedPages()[0] ?? 0;
    const bytes = index.takePage(page);
    for (let length = 6; length < bytes.length; length += 1) {
      expect(() => new UnitIndex().restorePage(page, bytes.slice(0, length)), String(length)).to.throw();
    }
  });

  it('gives a page back as it was restored, also when nobody has read it', () => {
    const index = new UnitIndex();
    index.set('a', 7);
    const page = fnv1a32('a') % INDEX_PAGES;
    const bytes = index.takePage(page);
    const restored = new UnitIndex();
    restored.restorePage(page, bytes);
    restored.markAllChanged();
    expect(restored.changedPages()).to.deep.equal([page]);
    expect(restored.takePage(page)).to.deep.equal(bytes);
    restored.set('a', 8);
    expect(restored.get('a')).to.equal(8);
    expect(restored.takePage(page)).to.not.deep.equal(bytes);
  });

  it('refuses a page that is another one', () => {
    const index = new UnitIndex();
    expect(() => index.restorePage(3, index.takePage(4))).to.throw('page 3');
  });
});
