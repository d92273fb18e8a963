/** Dry runs: BEHAVIOUR.md's examples of rule 16. */
import { expect } from 'chai';
import type { Explanation } from '../../../client/explanation.js';
import { heldBy, partsOf, useFixture, WRONG_PIN } from './fixture.js';

const rulesOf = ({ steps }: Explanation): readonly string[] => steps.map(({ rule }) => rule);

describe('claims: dry runs', function () {
  this.timeout(60_000);
  const fixture = useFixture(['T1', 'D1', 'G1', 'G2']);

  it('R16 an explanation shows the outcome, the split and the rules in order, and uses up nothing', async () => {
    const { current } = fixture;
    const { operator } = current;
    const T1 = current.terminal('T1');
    const card = await current.issue();
    const before = await operator.describeCards([card]);
    const number = T1.remembered.nextNumber;

    const two = await T1.explain.purchase({ card, amount: 2_000, number });
    expect(two.outcome).to.equal('APPROVED');
    expect(partsOf(two.reply!)).to.deep.equal({ value: 1_200, loan: 800 });
    expect(heldBy(two.reply!)).to.deep.equal({ loan: 800 });
    expect(rulesOf(two)).to.deep.equal([
      ...['ID', 'AMOUNT', 'CURRENCY', 'OFFERED', 'LIST_HELD', 'LIST_FREE', 'CLOCK'],
      ...['CARD_KNOWN', 'CARD_OPEN', 'DEVICE', 'NOT_PROHIBITED', 'NOT_EXPIRED', 'ACTIVE', 'PIN'],
      ...['VALUE', 'CREDIT_FLAG', 'TERMINAL_DEFERRAL', 'SHARE', 'LOAN_LIMIT'],
    ]);
    expect(two.steps.every(({ passed }) => passed)).to.equal(true);
    expect([two.pinNeeded, two.recorded]).to.deep.equal([false, false]);

    const twelve = await T1.explain.purchase({ card, amount: 12_000, number });
    expect([twelve.outcome, twelve.pinNeeded]).to.deep.equal(['CREDIT_LIMIT', true]);
    expect(twelve.steps.at(-1)).to.deep.include({
      rule: 'LOAN_LIMIT',
      passed: false,
      facts: { loan: 0, drawn: 10_800, principal: 10_800, limit: 10_000, available: 10_000 },
    });
    // An operator is told the same, of any terminal.
    const again = await operator.explain.at('T1').purchase({ card, amount: 12_000 });
    expect([again.outcome, rulesOf(again)]).to.deep.equal([twelve.outcome, rulesOf(twelve)]);

    expect(await operator.describeCards([card])).to.deep.equal(before);
    const done = await T1.purchase({ card, amount: 2_000, number });
    expect([done.outcome, partsOf(done)]).to.deep.equal(['APPROVED', { value: 1_200, loan: 800 }]);
    const recorded = await T1.explain.purchase({ card, amount: 2_000, number });
    expect([recorded.outcome, recorded.recorded, rulesOf(recorded)]).to.deep.equal([
      'APPROVED',
      true,
      ['ID'],
    ]);
    expect(recorded.reply?.position).to.equal(done.position);
  });

  it('A17 five wrong PINs in explanations count no try', async () => {
    const { current } = fixture;
    const T1 = current.terminal('T1');
    const card = await current.issue();
    for (let tries = 0; tries < 5; tries += 1) {
      const explained = await T1.explain.purchase({ card, amount: 3_500, pin: WRONG_PIN });
      expect([explained.outcome, explained.pinNeeded]).to.deep.equal(['APPROVED', true]);
      expect([explained.reply?.pinVerified, explained.reply?.triesLeft]).to.deep.equal([false, undefined]);
    }
    // Not even whether it could be a PIN.
    expect((await T1.explain.purchase({ card, amount: 3_500, pin: 'x' })).outcome).to.equal('APPROVED');
    expect((await current.card(card)).triesLeft).to.equal(3);
  });

  it('R16 what is pending is shown as if it were applied, and stays pending', async () => {
    const { current } = fixture;
    const card = await current.issue({ storedValue: 0, loan: 1_500, interest: 22 });
    await current.operator.storeValue(card, { reference: `S-${card}`, amount: 2_000 });
    const explained = await current.terminal('T1').explain.purchase({ card, amount: 400 });
    expect(heldBy(explained.reply!)).to.deep.equal({ storedValue: 78 });
    expect(explained.steps.find(({ rule }) => rule === 'PENDING')?.facts).to.include({ applied: true });
    expect((await current.card(card)).pending).to.have.lengthOf(1);
    expect(heldBy(await current.card(card))).to.deep.equal({ loan: 1_500, interest: 22 });
  });

  it('R16 every command of a terminal, a gate and an operator is explained as it is answered then', async () => {
    const { current } = fixture;
    const { operator } = current;
    const [T1, D1, G1, G2] = ['T1', 'D1', 'G1', 'G2'].map((id) => current.terminal(id));
    const card = await current.issue({ storedValue: 200 });
    const same = async (explaining: Promise<Explanation>, doing: () => Promise<object>): Promise<string> => {
      const explained = await explaining;
      const done = (await doing()) as { outcome: string };
      const [told, answered] = [explained.reply ?? explained.acknowledged, done].map(comparable);
      expect(told).to.deep.equal(answered);
      return done.outcome;
    };
    const timeMs = Date.now();
    const tap = { card, timeMs };
    const outcomes = [
      await same(G1!.explain.entry(tap), () => G1!.entry(tap)),
      await same(G1!.explain.entry(tap), () => G1!.entry(tap)),
      await same(G2!.explain.exit(tap), () => G2!.exit(tap)),
      await same(D1!.explain.deposit({ ...tap, amount: 5_000 }), () =>
        D1!.deposit({ ...tap, amount: 5_000 }),
      ),
      await same(T1!.explain.enquiry(tap), () => T1!.enquiry(tap)),
    ];
    expect(outcomes).to.deep.equal(['APPROVED', 'ALREADY_INSIDE', 'APPROVED', 'APPROVED', 'APPROVED']);
    const { id: original, outcome } = await T1!.purchase({ ...tap, amount: 1_000 });
    expect(outcome).to.equal('APPROVED');
    const refund = { ...tap, amount: 600, original };
    const after = [
      await same(T1!.explain.refund(refund), () => T1!.refund(refund)),
      await same(T1!.explain.refund(refund), () => T1!.refund(refund)),
      await same(T1!.explain.void(tap), () => T1!.void(tap)),
      await same(D1!.explain.unload(tap), () => D1!.unload(tap)),
      await same(operator.explain.changeLimit(card, 500), () => operator.changeLimit(card, 500)),
    ];
    expect(after).to.deep.equal([
      ...['APPROVED', 'REFUND_EXCEEDS_ORIGINAL', 'VOID_NOT_POSSIBLE', 'APPROVED', 'CARD_CLOSED'],
    ]);

    const other = await current.issue({ storedValue: 0, loan: 800 });
    const cut = await operator.explain.changeLimit(other, 500);
    expect(cut.acknowledged?.reasons).to.deep.equal(['LIMIT']);
    expect(rulesOf(cut)).to.deep.equal(['CARD_KNOWN', 'CARD_OPEN', 'NEW', 'REASONS']);
    expect((await current.card(other)).reasons).to.deep.equal([]);
    const replaced = { ...tap, card: other, device: 2, amount: 5 };
    expect((await T1!.explain.purchase(replaced)).outcome).to.equal('DEVICE_SUPERSEDED');
    expect((await operator.explain.replaceCard(other, 2)).acknowledged?.device).to.equal(2);
    const below = { reference: 'W1', loan: -801, note: 'too much' };
    expect((await operator.explain.adjustCard(other, below)).outcome).to.equal('BELOW_ZERO');
    const tooMuch = await operator.explain.storeValue(other, { reference: 'S1', amount: 30_000 });
    expect([tooMuch.outcome, tooMuch.acknowledged?.fits]).to.deep.equal(['CAP_EXCEEDED', 20_800]);
    expect((await operator.explain.chargeInterest(99_991_231)).outcome).to.equal('DATE_NOT_OVER');
  });
});

/** Without where it is recorded, under which number, and when. */
function comparable(answer: object | undefined): object {
  const {
    position: _position,
    id: _id,
    receiveTimeMs: _time,
    log: _log,
    ...rest
  } = {
    position: 0,
    id: 0,
    receiveTimeMs: 0,
    log: [],
    ...answer,
  };
  return rest;
}
