/** Loss and replacement: BEHAVIOUR.md's example of rule 13. */
import { expect } from 'chai';
import { setImmediate as tick } from 'node:timers/promises';
import type { Reply } from '../../../client/reply.js';
import { heldBy, useFixture } from './fixture.js';

/** Ticks of the event loop by which the loss is reported after the purchase was sent: before and after it is decided. */
const DELAYS = [0, 16, 64, 128, 256, 384, 512, 768, 1_024, 2_048];

describe('claims: replacement', () => {
  const fixture = useFixture(['T1', 'G1', 'G2']);

  /** L 800, pending 100, inside. */
  async function carried(): Promise<string> {
    const { current } = fixture;
    const card = await current.issue({ loan: 800 });
    expect((await current.terminal('G1').entry({ card })).outcome).to.equal('APPROVED');
    const stored = await current.operator.storeValue(card, { reference: 'R13', amount: 100 });
    expect(stored.pending).to.equal(100);
    return card;
  }

  /** In one breath, so that nothing comes between. */
  async function loseAndReplace(card: string): Promise<void> {
    const { operator } = fixture.current;
    const [lost, replaced] = await Promise.all([
      operator.prohibit(card, { reason: 'LOST' }),
      operator.replaceCard(card, 2),
    ]);
    expect([lost.outcome, lost.reasons]).to.deep.equal(['APPROVED', ['LOST']]);
    expect([replaced.outcome, replaced.reasons, replaced.device]).to.deep.equal(['APPROVED', [], 2]);
  }

  /** What must be true however the purchase of 500 with the old device ended. */
  async function judge(card: string, bought: Reply): Promise<void> {
    const { current } = fixture;
    expect(bought.outcome).to.be.oneOf(['APPROVED', 'DEVICE_SUPERSEDED']);
    const before = bought.outcome === 'APPROVED';
    const { balances, pending, inside, log } = await current.card(card);
    // An approved purchase was an access: the instruction was applied to the loan before it.
    expect(heldBy({ balances })).to.deep.equal(
      before ? { storedValue: 700, loan: 700 } : { storedValue: 1_200, loan: 800 },
    );
    expect(pending.map(({ amount }) => amount)).to.deep.equal(before ? [] : [100]);
    expect(inside).to.include({ zone: 'A', gate: 'G1' });
    expect(log.map(({ kind }) => kind)).to.deep.equal(before ? ['PURCHASE', 'STORE'] : []);

    const old = await current.terminal('G2').exit({ card });
    expect(old.outcome).to.equal('DEVICE_SUPERSEDED');
    expect((await current.card(card)).pending).to.deep.equal(pending);
    const left = await current.terminal('G2').exit({ card, device: 2 });
    expect(left.outcome).to.equal('APPROVED');
    expect(heldBy(left)).to.deep.equal({ storedValue: (before ? 700 : 1_200) - 320, loan: 700 });
    expect(heldBy(await current.card(card))).to.deep.equal(heldBy(left));
    const again = await current.terminal('T1').purchase({ card, amount: 1 });
    expect(again.outcome).to.equal('DEVICE_SUPERSEDED');
  }

  it('R13 a card that is lost and replaced keeps everything; the old device pays before it or not at all', async () => {
    const T1 = fixture.current.terminal('T1');
    const early = await carried();
    const approved = await T1.purchase({ card: early, amount: 500 });
    expect(approved.outcome).to.equal('APPROVED');
    await loseAndReplace(early);
    await judge(early, approved);

    const late = await carried();
    await loseAndReplace(late);
    const refused = await T1.purchase({ card: late, amount: 500 });
    expect(refused.outcome).to.equal('DEVICE_SUPERSEDED');
    await judge(late, refused);
  });

  it('R13 (while a purchase is in flight, at ten moments) the same', async () => {
    for (const ticks of DELAYS) {
      const card = await carried();
      const buying = fixture.current.terminal('T1').purchase({ card, amount: 500 });
      for (let passed = 0; passed < ticks; passed += 1) await tick();
      await loseAndReplace(card);
      await judge(card, await buying);
    }
  });
});
