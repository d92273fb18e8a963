import { expect } from 'chai';
import { connectOperator, RejectedError, type CardPolicy, type Operator } from '../../client/index.js';
import { v1 } from '../../proto/generated/emoney.js';
import { GuardError } from '../../proto/guard.js';
import { plainOf } from '../gateway/plain.js';
import { SECRET, startTestGateway, type TestGateway } from '../gateway/harness.js';

describe('client: operator', () => {
  let test: TestGateway;
  let operator: Operator;
  beforeEach(async () => {
    test = await startTestGateway();
    operator = await connectOperator({ url: test.gateway.url, secret: SECRET });
  });
  afterEach(async () => {
    await operator.close();
    await test.close();
  });

  const last = () => test.partitions.received.at(-1)!.command;

  it('is refused with a wrong secret', async () => {
    const error: unknown = await connectOperator({ url: test.gateway.url, secret: 'x' }).catch(
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(RejectedError).and.include({ code: 'UNAUTHORIZED' });
  });

  it('issues cards: flag on, active and without cap or expiry unless it says otherwise', async () => {
    expect(await operator.issueCard('C1', { limit: 10_000, storedValue: 1_200 })).to.deep.equal({
      ...{ outcome: 'APPROVED', version: 1, reasons: [], position: 0 },
      ...{ fits: undefined, pending: 0, projected: undefined, device: 0 },
    });
    const { terms } = last().issueCard!;
    expect(terms?.active).to.equal(true);
    expect(Number(terms?.storedValue)).to.equal(1_200);
    expect(terms?.policy?.creditFlag).to.equal(true);
    const without = { storedValueCap: null, expiryDate: null, shareRule: null, cvmLimit: null };
    expect(terms!.policy).to.include(without);
    await operator.issueCard('C2', { limit: 0, creditFlag: false, active: false, storedValueCap: 20_000 });
    const second = last().issueCard?.terms;
    expect(Number(second?.policy?.storedValueCap)).to.equal(20_000);
    // proto3 leaves false out.
    expect(second?.active).to.equal(false);
    expect(second?.policy?.creditFlag).to.equal(false);
  });

  it('gives a card its policy, at issue and later, and reads it as it was given', async () => {
    const policy: CardPolicy = {
      ...{ creditFlag: false, storedValueCap: 0, expiryDate: 20_291_231, cvmLimit: 3_000 },
      ...{ pinForDeferral: true, pinTries: 5, zones: ['A', 'B'], account: 'B-1' },
      hours: [{ days: 31, fromMinute: 300, toMinute: 1_440 }],
      shareRule: {
        ...{ kind: 'RATIO', accountWeight: 60, loanWeight: 40, capTransaction: 500, capDay: undefined },
      },
    };
    await operator.issueCard('C1', { limit: 0, ...policy });
    const issued = last().issueCard?.terms?.policy;
    await operator.changePolicy('C1', policy, 3);
    const changed = last().changePolicy;
    expect(changed?.policy).to.deep.equal(issued);
    expect(Number(changed?.expectedVersion)).to.equal(3);
    test.partitions.respond = () => ({
      cards: { cards: [{ id: 'C1', card: { policy: issued! }, record: { policy: issued! } }] },
    });
    const [described] = await operator.describeCards(['C1']);
    expect(described?.card?.policy).to.deep.equal(policy);
    expect(described?.record?.policy).to.deep.equal(policy);
  });

  it('refuses numbers that their fields cannot hold, before anything is sent', async () => {
    const before = test.partitions.received.length;
    const refused: (() => Promise<unknown>)[] = [
      () => operator.issueCard('C1', { limit: 1.5 }),
      () => operator.issueCard('C1', { limit: 1, expiryDate: 2 ** 32 + 1 }),
      () => operator.changePolicy('C1', { pinTries: -1 }),
      () => operator.changePolicy('C1', { hours: [{ days: 1, fromMinute: 0.5, toMinute: 1 }] }),
      () => operator.replaceCard('C1', 2 ** 32 + 2),
      () => operator.storeValue('C1', { reference: 'S', amount: NaN }),
      () => operator.adjustCard('C1', { reference: 'A', loan: 0.1, note: 'x' }),
      () => operator.registerTerminal('P1', { role: 'PHONE', card: 'C1', device: 1.5 }),
    ];
    for (const command of refused) {
      const error: unknown = await command().catch((thrown: unknown) => thrown);
      expect(error, command.toString()).to.be.instanceOf(GuardError);
    }
    expect(test.partitions.received).to.have.length(before);
  });

  it('gives PINs, devices, instructions, adjustments and returned collections to a card', async () => {
    const plain = () => plainOf('Command', last());
    await operator.choosePin('C1', '4711');
    expect(last().setPin?.pinHash).to.have.length(16);
    await operator.unblockPin('C1');
    expect(plain()).to.deep.equal({ unblockPin: { card: 'C1' } });
    await operator.replaceCard('C1', 2, 'stolen');
    expect(plain()).to.deep.equal({ replaceCard: { card: 'C1', device: 2, note: 'stolen' } });
    await operator.storeValue('C1', { reference: 'S1', amount: 2_000, note: 'bonus', date: 20_260_105 });
    const instruction = { card: 'C1', reference: 'S1', amount: 2_000, note: 'bonus', date: 20_260_105 };
    expect(plain()).to.deep.equal({ storeValue: instruction });
    await operator.cancelStore('C1', 'S1', 'late');
    expect(plain()).to.deep.equal({ cancelStore: { card: 'C1', reference: 'S1', note: 'late' } });
    await operator.adjustCard('C1', { reference: 'A1', loan: -5, note: 'waived' });
    const { adjustCard } = plain() as { adjustCard: { adjustment: object } };
    expect(adjustCard).to.deep.include({ card: 'C1', reference: 'A1', note: 'waived' });
    expect(adjustCard.adjustment).to.deep.include({ loan: -5 });
    await operator.returnCollection('C1', 'O1');
    expect(plain()).to.deep.equal({ returnCollection: { card: 'C1', order: 'O1' } });
  });

  it('is told what would fit, what is pending, what it would come to, and the device', async () => {
    const projected = { storedValue: 478, loan: 0, interest: 0, fareOwed: 0, limit: 10_000 };
    test.partitions.respond = () => ({
      acknowledged: {
        outcome: v1.Outcome.OUTCOME_CAP_EXCEEDED,
        ...{ version: 4, fits: 100, pending: 900, projected, device: 2 },
      },
    });
    expect(await operator.storeValue('C1', { reference: 'S2', amount: 200 })).to.deep.equal({
      ...{ outcome: 'CAP_EXCEEDED', version: 4, reasons: [], position: 0 },
      ...{ fits: 100, pending: 900, projected, device: 2 },
    });
  });

  it('reads a card and its record whole', async () => {
    const inside = { zone: 'A', gate: 'G1', timeMs: 5 };
    const pending = [{ reference: 'S1', amount: 900, timeMs: 6 }];
    const id = { terminal: 'T1', incarnation: 1, number: 2 };
    const share = {
      ...{ id, amount: 800, givenBack: 100, timeMs: 7, businessDate: 20_260_105 },
      ...{ order: 'O1', ordered: 700, returned: true, collected: false },
    };
    const accrual = {
      through: 20_260_104,
      principal: 3_000,
      carry: 12,
      changes: [{ businessDate: 20_260_105, amount: -5 }],
    };
    const log = [{ kind: v1.Kind.KIND_STORE, amount: 900, reference: 'S1' }];
    test.partitions.respond = () => ({
      cards: {
        cards: [
          {
            id: 'C1',
            card: {
              ...{ pinHash: Buffer.alloc(16), triesLeft: 2, device: 3, closed: true, inside, pending, log },
            },
            record: { device: 3, closed: true, pending, accrual, shares: [share] },
          },
        ],
      },
    });
    const [{ card, record } = {}] = await operator.describeCards(['C1']);
    expect(card).to.deep.include({ hasPin: true, triesLeft: 2, device: 3, closed: true, inside, pending });
    expect(card?.log[0]).to.deep.include({
      id: undefined,
      kind: 'STORE',
      reference: 'S1',
      original: undefined,
    });
    expect(JSON.stringify(card)).to.not.contain('pinHash');
    test.partitions.respond = () => ({ cards: { cards: [{ id: 'C1', card: {}, record: {} }] } });
    const [first] = await operator.describeCards(['C1']);
    expect([first?.card?.device, first?.record?.device], 'the first').to.deep.equal([1, 1]);
    expect(record).to.deep.include({ device: 3, closed: true, pending, accrual, shares: [share] });
  });

  it('registers terminals, changes limits, prohibits, lifts and activates', async () => {
    await operator.registerTerminal('D1', { role: 'DEPOSIT', mayDefer: false });
    expect(last().registerTerminal?.role).to.equal(v1.TerminalRole.TERMINAL_ROLE_DEPOSIT);
    const gate = { role: 'GATE', zone: 'A' } as const;
    await operator.registerTerminal('G1', gate);
    expect(last().registerTerminal).to.include({ role: v1.TerminalRole.TERMINAL_ROLE_GATE, zone: 'A' });
    await operator.registerTerminal('P1', { role: 'PHONE', card: 'C1', device: 2 });
    expect(last().registerTerminal).to.include({
      ...{ role: v1.TerminalRole.TERMINAL_ROLE_PHONE, card: 'C1', device: 2 },
    });
    await operator.changeLimit('C1', 500, 3);
    expect(Number(last().changeLimit?.limit)).to.equal(500);
    expect(Number(last().changeLimit?.expectedVersion)).to.equal(3);
    await operator.prohibit('C1', { note: 'stolen', reason: 'LOST' });
    expect(last().changeProhibition).to.include({ prohibited: true, note: 'stolen', reason: 3 });
    await operator.lift('C1');
    expect(last().changeProhibition).to.include({ reason: 2 });
    expect(last().changeProhibition?.prohibited).to.equal(false);
    expect((await operator.activate('C1')).outcome).to.equal('APPROVED');
  });

  it('asks for any number of cards in portions, answered in order', async () => {
    const ids = Array.from({ length: 450 }, (_, index) => `C${index}`);
    const described = await operator.describeCards(ids);
    expect(described.map(({ id }) => id)).to.deep.equal(ids);
    expect(described[0]?.card?.balances.storedValue).to.equal(0);
    expect(described[0]?.record).to.equal(undefined);
  });

  it('asks again for what an answer had no room for: the description is whole, in the order asked', async () => {
    const { respond } = test.partitions;
    let asked = 0;
    test.partitions.respond = (received) => {
      asked += 1;
      const wanted = received.command.describeCards?.cards ?? [];
      const { cards } = respond({
        ...received,
        command: v1.Command.create({ describeCards: { cards: wanted.slice(0, 2) } }),
      }) as v1.CommandReply.$Properties;
      return { cards: { ...cards, leftOut: wanted.slice(2) } };
    };
    const ids = Array.from({ length: 20 }, (_, index) => `C${index}`);
    const described = await operator.describeCards(ids);
    expect(described.map(({ id }) => id)).to.deep.equal(ids);
    expect(described.every(({ card }) => card !== undefined)).to.equal(true);
    expect(asked).to.be.above(4);
  });

  it('repeats what is rejected for now', async () => {
    const { respond } = test.partitions;
    let rejections = 0;
    test.partitions.respond = (received) => {
      rejections += 1;
      return rejections > 2 ? respond(received) : { reject: v1.Rejection.REJECTION_UNAVAILABLE };
    };
    expect((await operator.activate('C1')).outcome).to.equal('APPROVED');
  });

  it('describes terminals, totals and the system', async () => {
    const [terminal] = await operator.describeTerminals(['T1']);
    expect(terminal).to.deep.include({ id: 'T1', known: true, totals: [] });
    expect(await operator.describeTotals(['T1', 'T2'])).to.deep.equal([
      { terminal: 'T1', totals: [] },
      { terminal: 'T2', totals: [] },
    ]);
    const system = await operator.describeSystem();
    expect(system).to.deep.include({ deployment: 'test', partitionCount: 4, connectedTerminals: 0 });
    expect(system.rules.currency).to.equal('JPY');
  });

  it('reads journals and snapshots', async () => {
    await test.journals.create(0);
    await (await test.journals.open(0)).append(Buffer.from('frame'), 0);
    const { frames, lastSequence } = await operator.readJournal(0, 1);
    expect(frames.map((frame) => Buffer.from(frame).toString())).to.deep.equal(['frame']);
    expect(lastSequence).to.equal(1);
    expect(await operator.readSnapshots(0, ['card/C1'])).to.deep.equal([
      { unit: 'card/C1', state: undefined, sequence: 0, generation: 0 },
    ]);
  });
});
