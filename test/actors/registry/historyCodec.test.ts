import { expect } from 'chai';
import { HISTORY_PAGE, MAX_FOUND } from '../../../actors/bounds.js';
import { NO_PARTS } from '../../../actors/money/parts.js';
import { MalformedError } from '../../../actors/runtime/errors.js';
import {
  decodeFindOriginal,
  decodeFoundOriginal,
  decodeHistoryQuestion,
  encodeFindOriginal,
  encodeFoundOriginal,
  originalOf,
} from '../../../actors/registry/wire/historyCodec.js';
import { v1 } from '../../../proto/generated/emoney.js';

const id = { terminal: 'T1', incarnation: 1, number: 4 };
const ofNoMatter: object = { matter: 99 };

function question(request: v1.HistoryRequest.$Properties) {
  return decodeHistoryQuestion(v1.HistoryRequest.encode(request).finish());
}

describe('questions to the history on the wire', () => {
  it('carry an original there and back', () => {
    const find = { ask: Uint8Array.of(1, 2, 3), original: id, card: 'C1' };
    const found = decodeFindOriginal(encodeFindOriginal(find));
    expect({ ...found, ask: [...found.ask] }).to.deep.equal({ ...find, ask: [1, 2, 3] });
    const original = {
      kind: 'PURCHASE' as const,
      amount: 2_000,
      parts: { ...NO_PARTS, value: 1_200, loan: 800 },
      receiveTime: 1_767_582_000_000,
      businessDate: 20260105,
      batch: 3,
    };
    expect(decodeFoundOriginal(encodeFoundOriginal(original))).to.deep.equal(original);
    expect(decodeFoundOriginal(encodeFoundOriginal(undefined))).to.equal(undefined);
  });

  it('find an original only in an approved transaction of that card', () => {
    const asked = {
      ...{ id, card: 'C1', kind: v1.Kind.KIND_PURCHASE, amount: 2_000, batch: 3, businessDate: 20260105 },
      ...{ digest: 1, terminalTimeMs: 1_767_582_000_000, openedTimeMs: 1_767_582_000_000, device: 1 },
      ...{ mark: 1, oldestIncarnation: 1 },
    };
    const moved = { asked, parts: { value: 500, fare: 20 }, receiveTimeMs: 1_767_582_000_000 };
    const bytes = v1.Event.encode({ recordMoved: moved }).finish();
    // A partial approval: what its parts add up to.
    expect(originalOf(bytes, 'C1')?.amount).to.equal(520);
    expect(originalOf(bytes, 'C2')).to.equal(undefined);
    const declined = v1.Event.encode({ recordDeclined: { asked } }).finish();
    expect(originalOf(declined, 'C1')).to.equal(undefined);
  });

  it('are read field by field', () => {
    const search = { id: 'T1#1#4', card: 'C1', terminal: 'T2', fromMs: 5, toMs: 9, limit: 7 };
    expect(question({ search })).to.deep.equal({
      type: 'search',
      query: {
        id: { terminal: 'T1', whole: true, incarnation: 1, number: 4 },
        ...{ card: 'C1', terminal: 'T2', from: 5, to: 9, limit: 7 },
      },
    });
    const empty = { id: undefined, card: undefined, terminal: undefined, from: undefined, to: undefined };
    expect(question({ search: {} })).to.deep.equal({ type: 'search', query: { ...empty, limit: MAX_FOUND } });
    expect(question({ search: { limit: 5_000 } })).to.deep.include({ query: { ...empty, limit: MAX_FOUND } });
    const listed = question({ listBatch: { terminal: 'T1', batch: 2, own: true } });
    expect(listed).to.deep.include({ type: 'listBatch' });
    expect(listed.query).to.deep.include({ terminal: 'T1', batch: 2, own: true, limit: HISTORY_PAGE });
    const opened = question({ listOpened: { terminal: 'T1', batch: 2, limit: 7 } });
    expect(opened.query).to.deep.include({ terminal: 'T1', batch: 2, limit: 7 });
    const matters = question({ listMatters: { matter: v1.Matter.MATTER_ORDERED, settlement: 9 } });
    expect(matters.query).to.deep.include({ list: v1.Matter.MATTER_ORDERED, part: 9, limit: HISTORY_PAGE });
  });

  it('are refused when a field is wrong', () => {
    const wrong: readonly v1.HistoryRequest.$Properties[] = [
      {},
      { search: { id: 'T1#99999999999' } },
      { search: { card: ' C1' } },
      { search: { terminal: 'x'.repeat(65) } },
      { search: { fromMs: -1 } },
      { listBatch: { terminal: 'T1' } },
      { listBatch: { batch: 1 } },
      { listOpened: { batch: 1 } },
      { listMatters: {} },
      { listMatters: ofNoMatter },
    ];
    for (const request of wrong) {
      expect(() => question(request), JSON.stringify(request)).to.throw(MalformedError);
    }
    expect(() => decodeHistoryQuestion(Uint8Array.of(0xff))).to.throw(MalformedError);
    expect(() => decodeFindOriginal(Uint8Array.of(0xff))).to.throw(MalformedError);
    expect(() =>
      decodeFindOriginal(encodeFindOriginal({ ask: new Uint8Array(0), original: id, card: '' })),
    ).to.throw(MalformedError);
  });
});
