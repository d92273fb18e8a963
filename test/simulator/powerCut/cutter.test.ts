import { expect } from 'chai';
import type { Reply } from '../../../client/index.js';
import { Cutter } from '../../../simulator/powerCut/cutter.js';

const NO_PARTS = {
  ...{ value: 0, account: 0, loan: 0, interest: 0, fare: 0 },
  ...{ restoredLoan: 0, excess: 0, accountAsLoan: 0 },
};

function reply(number: number): Reply {
  const id = { terminal: 'T1', incarnation: 1, number };
  return { id, kind: 'PURCHASE', outcome: 'APPROVED', amount: 5, position: 9, parts: NO_PARTS } as Reply;
}

describe('the cutter', () => {
  it('counts as told what had come before a cut began, and nothing later', async () => {
    const done: string[] = [];
    const cut = (what: string) => async (number: number) => {
      done.push(`${what} ${number}`);
      // While the disk is put aside others are answered.
      cutter.answered('T1', 'C1', reply(10 * number), false);
    };
    const cutter = new Cutter({
      plan: [
        { kind: 'copy', atMs: 0 },
        { kind: 'shutdown', atMs: 1 },
      ],
      target: { copy: cut('copy'), shutDown: cut('shutdown') },
      onCut: () => undefined,
    });
    cutter.answered('T1', 'C1', reply(1), false);
    cutter.answered('T1', 'C1', reply(2), true);
    await cutter.run([], 0, undefined);
    expect(done).to.deep.equal(['copy 1', 'shutdown 2']);
    const told = cutter.made.map((made) =>
      [...cutter.toldBefore(made)].map(({ id, reversal }) => `${id.number}${reversal === true ? 'r' : ''}`),
    );
    expect(told).to.deep.equal([
      ['1', '2r'],
      ['1', '2r', '10'],
    ]);
    expect(cutter.made.map(({ awayMs }) => awayMs === undefined)).to.deep.equal([true, false]);
  });

  it('makes no cut any more when the load is ended', async () => {
    const never = async () => {
      throw new Error('no cut was wanted');
    };
    const cutter = new Cutter({
      plan: [{ kind: 'copy', atMs: 60_000 }],
      target: { copy: never, shutDown: never },
      onCut: () => undefined,
    });
    const end = new AbortController();
    const running = cutter.run([], 0, end.signal);
    end.abort();
    await running;
    expect(cutter.made).to.deep.equal([]);
  });
});
