import { expect } from 'chai';
import fc from 'fast-check';
import { Comparison, type Circumstances, type ComparedLine } from '../../../gateway/columns/comparison.js';
import type { KeyedLine } from '../../../gateway/columns/line.js';
import { sumsOf } from '../../../gateway/columns/sums.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { declined, partsOf, purchase, reported, reversal } from './lines.js';

const { Kind, Outcome } = v1;

interface Columns {
  readonly device?: readonly KeyedLine[];
  readonly terminal?: readonly KeyedLine[];
  readonly center?: readonly KeyedLine[];
  readonly open?: readonly KeyedLine[];
}

const CLOSED: Circumstances = { closed: true, sums: undefined, isAway: () => false };

function compare(
  { device = [], terminal = [], center = [], open = [] }: Columns,
  circumstances: Partial<Circumstances> = {},
): Comparison {
  const comparison = new Comparison();
  for (const { incarnation, number, reversal: isReversal, line } of open) {
    comparison.open({ incarnation, number, reversal: isReversal, card: line.card });
  }
  for (const each of device) comparison.device(each);
  for (const each of terminal) comparison.terminal(each);
  for (const each of center) comparison.center(each, { ...CLOSED, ...circumstances });
  return comparison;
}

function shown({ number, reversal: isReversal, inFlight, lacking }: ComparedLine): string {
  const what = inFlight ? 'in flight' : lacking.length === 0 ? 'otherwise' : `lacks ${lacking.join('+')}`;
  return `${number}${isReversal ? 'r' : ''} ${what}`;
}

function differences(columns: Columns, circumstances: Partial<Circumstances> = {}): string[] {
  return compare(columns, circumstances)
    .differences({ ...CLOSED, ...circumstances })
    .map(shown);
}

/** All three columns have them. */
function everywhere(...lines: readonly KeyedLine[]): Columns {
  const device = lines.map((each) => ({ ...each, line: { ...each.line, parts: undefined, card: '' } }));
  return { device, terminal: lines, center: lines };
}

describe('the columns of a batch, compared', () => {
  it('agree when all have the same, however often the device has said it', () => {
    const columns = everywhere(purchase(1), purchase(2), reversal(2));
    const comparison = compare({ ...columns, device: [...columns.device!, ...columns.device!] });
    expect(comparison.differences(CLOSED)).to.deep.equal([]);
    expect([comparison.compared, comparison.reported, comparison.size]).to.deep.equal([3, 3, 0]);
  });

  it('a refund that the device lacks is missing there', () => {
    const refund = purchase(2, { kind: Kind.KIND_REFUND });
    const columns = everywhere(purchase(1), refund);
    expect(differences({ ...columns, device: [reported(1)] })).to.deep.equal(['2 lacks device']);
  });

  it('miss what one of them alone has', () => {
    const both = [purchase(1), purchase(2)];
    expect(differences({ terminal: both, center: [purchase(1)] })).to.deep.equal(['2 lacks center']);
    expect(differences({ terminal: [purchase(1)], center: both })).to.deep.equal(['2 lacks terminal']);
    const all = everywhere(purchase(1));
    expect(differences({ ...all, device: [...all.device!, reported(9)] })).to.deep.equal([
      '9 lacks terminal+center',
    ]);
  });

  for (const [what, other] of [
    ['amount', { amount: 501 }],
    ['kind', { kind: Kind.KIND_DEPOSIT }],
    ['outcome', { outcome: Outcome.OUTCOME_CREDIT_LIMIT }],
    ['card', { card: 'C2' }],
    ['split', { parts: partsOf({ loan: 500 }) }],
  ] as const) {
    it(`have a transaction of another ${what} otherwise`, () => {
      const columns = { terminal: [purchase(1)], center: [purchase(1, other)] };
      expect(differences(columns)).to.deep.equal(['1 otherwise']);
    });
  }

  it('have otherwise what the device holds for another amount, or for approved', () => {
    const columns = everywhere(purchase(1));
    const device = [reported(1, { amount: 499 })];
    expect(differences({ ...columns, device })).to.deep.equal(['1 otherwise']);
    expect(differences({ ...everywhere(declined(1)), device: [reported(1)] })).to.deep.equal(['1 otherwise']);
  });

  it('agree where one of them does not say the kind of a reversal', () => {
    const terminal = [reversal(1, { kind: Kind.KIND_UNSPECIFIED })];
    expect(differences({ terminal, center: [reversal(1)] })).to.deep.equal([]);
  });

  it('miss nothing at the device that it need not report: refusals, enquiries, entries, tombstones', () => {
    const nothing = { amount: 0, parts: partsOf({}) };
    const columns = everywhere(
      ...[declined(1), purchase(2, { kind: Kind.KIND_ENQUIRY, ...nothing })],
      ...[purchase(3, { kind: Kind.KIND_ENTRY, ...nothing }), purchase(5)],
      ...[reversal(3, { kind: Kind.KIND_ENTRY, ...nothing }), reversal(4, { ...nothing, undone: false })],
    );
    expect(differences({ ...columns, device: [reported(5)] })).to.deep.equal([]);
  });

  it('a fare of nothing is a fare', () => {
    const free = purchase(1, { kind: Kind.KIND_FARE, amount: 0, parts: partsOf({}) });
    const columns = everywhere(free, purchase(2));
    expect(differences({ ...columns, device: [reported(2)] })).to.deep.equal(['1 lacks device']);
  });

  it('and so is the reversal of one, of which only the center says the kind', () => {
    const nothing = { amount: 0, parts: partsOf({}) };
    const undone = reversal(1, { kind: Kind.KIND_FARE, ...nothing });
    const unsaid = reversal(1, { kind: Kind.KIND_UNSPECIFIED, ...nothing });
    const device = [reported(2)];
    const both = { device, terminal: [unsaid, purchase(2)], center: [undone, purchase(2)] };
    expect(differences(both)).to.deep.equal(['1r lacks device']);
    const entry = reversal(1, { kind: Kind.KIND_ENTRY, ...nothing });
    expect(differences({ ...both, center: [entry, purchase(2)] })).to.deep.equal([]);
  });

  it('have otherwise what only one of them takes for undone', () => {
    const nothing = { amount: 0, parts: partsOf({}) };
    const columns = {
      terminal: [reversal(1, nothing)],
      center: [reversal(1, { ...nothing, undone: false })],
    };
    expect(differences(columns)).to.deep.equal(['1r otherwise']);
  });

  it('a terminal’s own refusal never reached the center', () => {
    const own = declined(1, { outcome: Outcome.OUTCOME_NOT_PERMITTED, own: true });
    expect(differences({ terminal: [own] })).to.deep.equal([]);
  });

  it('a device that reported nothing is not compared', () => {
    expect(differences({ terminal: [purchase(1)], center: [purchase(1)] })).to.deep.equal([]);
  });

  it('a device that reported its sums alone lacks what it has none of', () => {
    const refund = purchase(2, { kind: Kind.KIND_REFUND });
    const silent = reversal(3, { kind: Kind.KIND_UNSPECIFIED });
    const columns = {
      terminal: [purchase(1), refund, silent],
      center: [purchase(1), refund, reversal(3)],
    };
    const sums = sumsOf({ purchases: { count: 9, amount: 1 } });
    expect(differences(columns, { sums })).to.deep.equal(['2 lacks device', '3r lacks device']);
    const reversed = sumsOf({
      purchases: { count: 1 },
      refunds: { count: 1 },
      purchaseReversals: { count: 1 },
    });
    expect(differences(columns, { sums: reversed })).to.deep.equal([]);
  });

  it('what is open is in flight, whatever they have', () => {
    const columns = { open: [purchase(1), reversal(2), purchase(3)], center: [purchase(1)] };
    expect(differences(columns)).to.deep.equal(['1 in flight', '2r in flight', '3 in flight']);
    const terminal = [purchase(3)];
    expect(differences({ ...columns, terminal })).to.include('3 in flight');
  });

  it('of an open batch, what only the center has was opened meanwhile', () => {
    const columns = { terminal: [purchase(1)], center: [purchase(1), purchase(2)] };
    expect(differences(columns, { closed: false })).to.deep.equal(['2 in flight']);
    expect(differences(columns, { closed: true })).to.deep.equal(['2 lacks terminal']);
  });

  it('the center misses nothing where it was not asked', () => {
    const terminal = [purchase(1), purchase(2, { card: 'C2' })];
    const isAway = (card: string) => card === 'C1' || card === '';
    expect(differences({ terminal }, { isAway })).to.deep.equal(['2 lacks center']);
    expect(differences({ device: [reported(9)] }, { isAway })).to.deep.equal(['9 lacks terminal']);
  });

  it('come by incarnation and number, a transaction before its reversal, and from any place on', () => {
    const missing = [10, 2, 1].flatMap((number) => [reversal(number), purchase(number)]);
    const other = { ...purchase(1), incarnation: 2 };
    const comparison = compare({ terminal: [other, ...missing] });
    const all = comparison.differences(CLOSED);
    expect(
      all.map(({ incarnation, number, reversal: undone }) => [incarnation, number, undone]),
    ).to.deep.equal([
      ...[1, 2, 10].flatMap((number) => [
        [1, number, false],
        [1, number, true],
      ]),
      [2, 1, false],
    ]);
    expect(comparison.differences(CLOSED, all[3])).to.deep.equal(all.slice(4));
  });

  it('differ exactly where a naive comparison says so', () => {
    const lines = fc.uniqueArray(
      fc.record({ number: fc.integer({ min: 1, max: 6 }), amount: fc.integer({ min: 1, max: 2 }) }),
      { selector: ({ number }) => number },
    );
    fc.assert(
      fc.property(lines, lines, lines, (device, terminal, center) => {
        const columns = {
          device: device.map(({ number, amount }) => reported(number, { amount })),
          terminal: terminal.map(({ number, amount }) => purchase(number, { amount })),
          center: center.map(({ number, amount }) => purchase(number, { amount })),
        };
        const silent = device.length === 0;
        const expected = [1, 2, 3, 4, 5, 6].filter((number) => {
          const of = (column: typeof device) => column.find((each) => each.number === number)?.amount;
          const amounts = silent ? [terminal, center].map(of) : [device, terminal, center].map(of);
          return new Set(amounts).size > 1;
        });
        const found = compare(columns).differences(CLOSED);
        expect(found.map(({ number }) => number)).to.deep.equal(expected);
      }),
    );
  });
});
