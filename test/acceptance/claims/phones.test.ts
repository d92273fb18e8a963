/** A card's devices with connections of their own: BEHAVIOUR.md's examples of rules 13 and 15. */
import { expect } from 'chai';
import { connectPhone, PhoneRefusedError, type Phone, type PhoneNotice } from '../../../client/phone.js';
import { RejectedError } from '../../../client/errors.js';
import { until } from '../../support/until.js';
import { heldBy, useFixture } from './fixture.js';

interface Told {
  readonly phone: Phone;
  /** What it was told without asking, in order. */
  readonly notices: readonly PhoneNotice[];
  /** Close codes of its connection. */
  readonly lost: readonly number[];
}

describe('claims: phones', () => {
  const fixture = useFixture(['T1', 'D1', 'G1', 'G2']);
  let phones = 0;

  /** Registered by the operator, under an id of its own. */
  async function register(card: string, device: number): Promise<{ terminal: string; token: string }> {
    const { operator } = fixture.current;
    phones += 1;
    const terminal = `P${phones}`;
    const { outcome } = await operator.registerTerminal(terminal, { role: 'PHONE', card, device });
    expect(outcome).to.equal('APPROVED');
    return operator.phoneToken(terminal);
  }

  async function connect(said: { readonly terminal: string; readonly token: string }): Promise<Told> {
    const notices: PhoneNotice[] = [];
    const lost: number[] = [];
    const phone = await connectPhone({
      ...{ url: fixture.current.system.url, terminal: said.terminal, token: said.token },
      onNotice: (notice) => notices.push(notice),
      onLost: ({ closeCode }) => lost.push(closeCode),
    });
    return { phone, notices, lost };
  }

  async function rejection(attempt: Promise<unknown>): Promise<string> {
    const error: unknown = await attempt.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return error instanceof RejectedError ? error.code : String(error);
  }

  it('A8 a phone fetches what the center stored, without a terminal; moved to another, the old one is refused', async () => {
    const { current } = fixture;
    const { operator } = current;
    const till = current.terminal('T1');
    const card = await current.issue({ storedValue: 0 });
    const first = await register(card, 1);
    const p1 = await connect(first);
    await operator.storeValue(card, { reference: 'salary', amount: 2_000 });
    await until(() => p1.phone.pending === 2_000, { what: 'P1 is told that something waits for it' });
    expect(heldBy(await current.card(card))).to.deep.equal({});
    const fetched = await p1.phone.fetch();
    expect(heldBy(fetched)).to.deep.equal({ storedValue: 2_000 });
    expect(p1.phone.log.map(({ kind, amount, reference }) => [kind, amount, reference])).to.deep.equal([
      ['STORE', 2_000, 'salary'],
    ]);
    expect([p1.phone.pending, p1.phone.balances?.storedValue]).to.deep.equal([0, 2_000]);

    expect((await operator.replaceCard(card, 2)).outcome).to.equal('APPROVED');
    const second = await register(card, 2);
    const { phone: p2 } = await connect(second);
    await until(() => p1.lost.length > 0, { what: 'P1 is told, and its session ends' });
    expect(p1.notices.at(-1)).to.deep.equal({ kind: 'superseded' });
    expect(() => p1.phone.present()).to.throw(PhoneRefusedError, 'DEVICE_SUPERSEDED');
    // One that does not refuse by itself.
    const paid = await till.purchase({ card, device: 1, amount: 100 });
    expect(paid.outcome).to.equal('DEVICE_SUPERSEDED');
    expect(paid.position, 'the card itself refused').to.be.above(0);
    expect(p2.balances?.storedValue).to.equal(2_000);
    expect((await till.purchase({ ...p2.present(), amount: 100 })).outcome).to.equal('APPROVED');
    expect(heldBy(await p2.fetch())).to.deep.equal({ storedValue: 1_900 });

    // It was away when the card was moved: it asks, and learns it.
    const late = await connect(first);
    expect(late.phone.superseded).to.equal(true);
    await until(() => late.lost.length > 0, { what: 'its session ends' });
    expect(late.lost).to.deep.equal([1008]);
  });

  it('A16 a phone is told of a prohibition without asking, and refuses by itself; so does the card, before the terminal knows', async () => {
    const { current } = fixture;
    const { operator, system } = current;
    const card = await current.issue();
    const { phone, notices } = await connect(await register(card, 1));
    expect(phone.mayPay()).to.equal(true);
    const { id } = await current.freshTerminal();
    // It acknowledges only what it is told to.
    const till = await system.terminal(id, { acknowledge: false });
    await until(() => till.list.version, { what: 'T1 has got the list' });
    await till.acknowledgeList();
    const before = till.list.version;
    await operator.prohibit(card);
    await until(() => !phone.mayPay(), { what: 'the phone is told of the prohibition' });
    expect(notices.at(-1)).to.deep.equal({ kind: 'prohibition', reasons: ['OPERATOR'] });
    expect(() => phone.present()).to.throw(PhoneRefusedError, 'CARD_PROHIBITED');
    await until(() => till.list.isProhibited(card), {
      what: 'T1 has got the change, and not acknowledged it',
    });

    const refused = await till.purchase({ card, device: phone.device, amount: 100 });
    expect(refused.outcome).to.equal('CARD_PROHIBITED');
    expect(refused.position, 'the card itself refused').to.be.above(0);
    expect(till.list.version).to.not.deep.equal(before);
    await till.acknowledgeList();
    const turnedAway = await till.purchase({ card, device: phone.device, amount: 100 });
    expect([turnedAway.outcome, turnedAway.position]).to.deep.equal(['CARD_PROHIBITED', 0]);
    expect(heldBy(await phone.fetch())).to.deep.equal({ storedValue: 1_200 });

    await operator.lift(card);
    await until(() => phone.mayPay(), { what: 'the phone is told that its card is free' });
    const token = await operator.phoneToken(phone.terminal);
    await operator.prohibit(card);
    expect((await connect(token)).phone.reasons, 'told on connecting').to.deep.equal(['OPERATOR']);
  });

  it('R13 a lost phone is replaced: what its card owes, what is pending and where it is go with it to the new one', async () => {
    const { current } = fixture;
    const { operator } = current;
    const card = await current.issue({ storedValue: 0, loan: 800 });
    const { phone: lost } = await connect(await register(card, 1));
    expect((await current.terminal('G1').entry(lost.present())).outcome).to.equal('APPROVED');
    await operator.storeValue(card, { reference: 'gift', amount: 100 });
    await operator.prohibit(card, { reason: 'LOST' });
    await until(() => lost.reasons.includes('LOST'), { what: 'the phone is told that it is lost' });
    const inFlight = current.terminal('T1').purchase({ card, device: 1, amount: 500 });
    await operator.replaceCard(card, 2);
    expect((await inFlight).outcome).to.be.oneOf(['CARD_PROHIBITED', 'DEVICE_SUPERSEDED']);
    const { phone } = await connect(await register(card, 2));
    expect(phone.reasons).to.deep.equal([]);
    expect(phone.balances).to.deep.include({ loan: 700 });
    const left = await current.terminal('G2').exit(phone.present());
    expect(left.outcome).to.equal('APPROVED');
    expect(heldBy(left)).to.deep.equal({ loan: 1_020 });
  });

  it('rule 15: a phone needs its own token, asks about its own card only, as the device that it is', async () => {
    const { current } = fixture;
    const { operator } = current;
    const card = await current.issue();
    const other = await current.issue();
    const [own, others] = [await register(card, 1), await register(other, 1)];
    const { terminal } = own;
    for (const token of [
      '',
      'no token',
      others.token,
      `${own.token}A`,
      own.token.slice(0, -2),
      own.token.toLowerCase(),
    ]) {
      expect(await rejection(connect({ terminal, token })), token).to.equal('UNAUTHORIZED');
    }
    expect(await rejection(operator.phoneToken('T1'))).to.equal('MALFORMED');
    expect(await rejection(operator.phoneToken('P-unknown'))).to.equal('TERMINAL_UNKNOWN');
    const connection = await current.system.terminal(terminal, { ...own, acknowledge: false });
    for (const tap of [{ card: other }, { card, device: 2 }]) {
      expect((await connection.enquiry(tap)).outcome).to.equal('NOT_PERMITTED');
    }
    for (const tap of [connection.purchase({ card, amount: 1 }), connection.unload({ card })]) {
      expect((await tap).outcome).to.equal('NOT_PERMITTED');
    }
    expect(heldBy(await connection.enquiry({ card }))).to.deep.equal({ storedValue: 1_200 });
  });
});
