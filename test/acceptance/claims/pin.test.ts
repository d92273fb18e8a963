/** Personal identification: BEHAVIOUR.md's examples of rule 8. */
import { expect } from 'chai';
import { RejectedError } from '../../../client/errors.js';
import { decodeFrame } from '../../../actors/runtime/frame.js';
import type { Operator } from '../../../client/operator.js';
import type { TransactionId } from '../../../client/reply.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { decodeMessage } from '../../../proto/message.js';
import { thrownBy } from '../../support/thrownBy.js';
import { followTraces, type Traces } from '../traces.js';
import { heldBy, outcomes, partsOf, PIN, useFixture, WRONG_PIN } from './fixture.js';

describe('claims: personal identification', function () {
  this.timeout(60_000);
  let traces: Traces | undefined;
  after(() => traces?.stop());
  const fixture = useFixture(['T1', 'D1']);

  it('A7 three wrong PINs block what needs one and every deferral; a right one in time gives all tries back', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const [T1, D1] = [current.terminal('T1'), current.terminal('D1')];
    const pay = async (amount: number, pin?: string) => T1.purchase({ card, amount, pin });

    const tries = [await pay(3_500, WRONG_PIN), await pay(3_500, WRONG_PIN), await pay(3_500, PIN)];
    expect(outcomes(tries)).to.deep.equal(['PIN_WRONG', 'PIN_WRONG', 'APPROVED']);
    expect(tries.map(({ triesLeft }) => triesLeft)).to.deep.equal([2, 1, 3]);
    expect(partsOf(tries[2]!)).to.deep.equal({ value: 1_200, loan: 2_300 });

    const wrong = [await pay(3_500, WRONG_PIN), await pay(3_500, WRONG_PIN), await pay(3_500, WRONG_PIN)];
    expect(outcomes(wrong)).to.deep.equal(['PIN_WRONG', 'PIN_WRONG', 'PIN_BLOCKED']);
    expect(wrong.map(({ triesLeft }) => triesLeft)).to.deep.equal([2, 1, 0]);

    expect(heldBy(await D1.deposit({ card, amount: 3_000 }))).to.deep.equal({ storedValue: 700 });
    const small = await pay(500);
    expect(small.outcome).to.equal('APPROVED');
    expect(heldBy(small)).to.deep.equal({ storedValue: 200 });
    expect((await pay(700)).outcome).to.equal('PIN_BLOCKED');
    expect(heldBy(await current.card(card))).to.deep.equal({ storedValue: 200 });

    await current.system.restartWorker();
    expect((await pay(700, PIN)).outcome).to.equal('PIN_BLOCKED');
    expect((await current.operator.unblockPin(card)).outcome).to.equal('APPROVED');
    expect((await pay(3_500)).outcome).to.equal('PIN_REQUIRED');
    const free = await pay(3_500, PIN);
    expect([free.outcome, free.triesLeft]).to.deep.equal(['APPROVED', 3]);
  });

  it('A17 a PIN is verified by the card, and found nowhere', async () => {
    const { current } = fixture;
    const { system, operator } = current;
    const T1 = current.terminal('T1');
    traces = await followTraces(system);
    const [secret, planted] = ['739154', '471893'];
    expect(await traces.of(secret)).to.deep.equal([]);

    const open = await current.issue({}, `planted-${planted}`);
    await T1.purchase({ card: open, amount: 100 });
    await operator.prohibit(open, { note: 'planted' });
    await system.logByWorker(`planted ${planted}`);

    const card = await current.issue();
    await operator.choosePin(card, secret);
    const paid = await T1.purchase({ card, amount: 3_500, pin: secret });
    expect([paid.outcome, paid.pinVerified, paid.triesLeft]).to.deep.equal(['APPROVED', true, 3]);
    expect(heldBy(paid)).to.deep.equal({ loan: 2_300 });
    expect(await recordedAnswer(operator, paid.id)).to.include({ pinVerified: true, triesLeft: 3 });
    const unverified = await T1.purchase({ card, amount: 100 });
    expect(await recordedAnswer(operator, unverified.id)).to.include({ pinVerified: false });
    expect((await current.card(card)).triesLeft).to.equal(3);

    for (const refused of [
      await thrownBy(() => T1.purchase({ card, amount: 3_500, pin: `${secret}x` })),
      await thrownBy(() => operator.choosePin(card, `x${secret}`)),
    ]) {
      expect(refused).to.be.instanceOf(RejectedError);
      expect(refused.message).to.not.contain(secret);
    }

    // Everything is in the snapshots then.
    await system.restartWorker('SIGTERM');
    const everywhere = ['bus', 'file', 'log', 'redis key', 'redis value', 'stream'];
    expect(await traces.of(planted)).to.deep.equal(everywhere);
    expect(await traces.of(secret)).to.deep.equal([]);
  });
});

/** What the card recorded about an id, in the journal. */
async function recordedAnswer(operator: Operator, id: TransactionId): Promise<v1.Answer.$Properties> {
  const { partitions } = await operator.describeSystem();
  for (const { partition } of partitions) {
    const { frames } = await operator.readJournal(partition, 1, 1_000);
    for (const bytes of frames) {
      const { body } = decodeFrame(bytes);
      const turns = body.kind === 'turns' ? body.turns : [];
      for (const event of turns.flatMap(({ events }) => events)) {
        const { cardMoved } = decodeMessage(v1.Event, event);
        const asked = cardMoved?.asked?.id;
        if (asked?.terminal === id.terminal && Number(asked.number) === id.number) return cardMoved!.answer!;
      }
    }
  }
  throw new Error(`${id.terminal}#${String(id.number)} is in no journal`);
}
