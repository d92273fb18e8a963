import { expect } from 'chai';
import { connectOperator, RejectedError, type Operator } from '../../client/index.js';
import { v1 } from '../../proto/generated/emoney.js';
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
      outcome: 'APPROVED',
      version: 1,
      reasons: [],
      position: 0,
    });
    const { terms } = last().issueCard!;
    expect(terms).to.include({ creditFlag: true, active: true });
    expect(Number(terms?.storedValue)).to.equal(1_200);
    expect(Object.hasOwn(terms!, 'storedValueCap')).to.equal(false);
    expect(Object.hasOwn(terms!, 'expiryDate')).to.equal(false);
    await operator.issueCard('C2', { limit: 0, creditFlag: false, active: false, storedValueCap: 20_000 });
    expect(Number(last().issueCard?.terms?.storedValueCap)).to.equal(20_000);
    // proto3 leaves false out.
    expect(last().issueCard?.terms?.creditFlag).to.equal(false);
  });

  it('registers terminals, changes limits, prohibits, lifts and activates', async () => {
    await operator.registerTerminal('D1', { role: 'DEPOSIT', mayDefer: false });
    expect(last().registerTerminal?.role).to.equal(v1.TerminalRole.TERMINAL_ROLE_DEPOSIT);
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
