import { expect } from 'chai';
import { partitionOf } from '../../actors/runtime/placement.js';
import { subjectsOf } from '../../actors/runtime/subjects.js';
import { ConnectionLostError } from '../../client/errors.js';
import { connectPhone, PhoneRefusedError, type Phone, type PhoneNotice } from '../../client/phone.js';
import { phoneKeyOf, phoneToken } from '../../gateway/phoneToken.js';
import { v1 } from '../../proto/generated/emoney.js';
import { defaultResponder } from '../gateway/fakePartitions.js';
import { PARTITIONS, PIN_KEY, startTestGateway, type TestGateway } from '../gateway/harness.js';
import { until } from '../support/until.js';

const { Kind, Outcome } = v1;
const P2 = { terminal: 'P2', card: 'C1', device: 2 };
const TOKEN = phoneToken(phoneKeyOf(PIN_KEY, 'test'), P2);

describe('client: phone', () => {
  let test: TestGateway;
  let notices: PhoneNotice[];
  let lost: ConnectionLostError[];
  /** What the card answers to the next enquiry. */
  let answer: v1.Answer.$Properties;
  let enquiries: v1.Transact[];
  beforeEach(async () => {
    test = await startTestGateway();
    [notices, lost, enquiries] = [[], [], []];
    const balances = { storedValue: 1_200, limit: 10_000 };
    answer = { outcome: Outcome.OUTCOME_APPROVED, balances, position: 20 };
    test.partitions.respond = (received) => {
      const { openSession, transact } = received.command;
      if (openSession != null) {
        const { terminal, card, device, incarnation, nextNumber } = openSession;
        const openNumbers = incarnation == null ? [] : [3];
        const session = { session: 5, incarnation: 7, nextNumber: nextNumber ?? 1, openNumbers };
        return { welcomed: { terminal: terminal ?? '', card: card ?? '', device: device ?? 0, ...session } };
      }
      if (transact == null) return defaultResponder(received);
      enquiries.push(transact as v1.Transact);
      const log = [{ kind: Kind.KIND_STORE, amount: 2_000, reference: 'salary' }];
      return { answered: { id: transact.id ?? null, card: 'C1', kind: Kind.KIND_ENQUIRY, answer, log } };
    };
  });
  afterEach(async () => {
    await test.close();
  });

  async function connect(remember?: Phone['remembered']): Promise<Phone> {
    return connectPhone({
      ...{ url: test.gateway.url, terminal: 'P2', token: TOKEN, remember },
      onNotice: (notice) => notices.push(notice),
      onLost: (error) => lost.push(error),
    });
  }

  function announce(change: v1.CardChanged.$Properties): void {
    const notice = v1.CardChanged.encode({ card: 'C1', ...change }).finish();
    const subject = subjectsOf('test').notices(partitionOf('C1', PARTITIONS));
    test.partitions.publish(subject, v1.Notices.encode({ notices: [notice] }).finish());
  }

  async function told(count: number): Promise<PhoneNotice | undefined> {
    await until(() => notices.length >= count, { what: `notice ${count}` });
    return notices[count - 1];
  }

  it('knows its card, and how it stands, once it is connected', async () => {
    test.prohibitions.put({ card: 'C1', reasons: ['LIMIT', 'LOST'], position: 4 });
    answer = { ...answer, pending: 70 };
    const phone = await connect();
    expect([phone.terminal, phone.card, phone.device]).to.deep.equal(['P2', 'C1', 2]);
    expect(phone.balances).to.include({ storedValue: 1_200, limit: 10_000 });
    expect(phone.pending).to.equal(70);
    expect(phone.log[0]).to.include({ kind: 'STORE', amount: 2_000, reference: 'salary' });
    expect(phone.reasons).to.deep.equal(['LIMIT', 'LOST']);
    expect(enquiries.map(({ card, device }) => [card, device])).to.deep.equal([['C1', 2]]);
  });

  it('refuses by itself while its card is prohibited, and presents card and device otherwise', async () => {
    const phone = await connect();
    expect(phone.present()).to.deep.equal({ card: 'C1', device: 2 });
    test.prohibitions.put({ card: 'C1', reasons: ['OPERATOR'], position: 1 });
    expect(await told(2)).to.deep.equal({ kind: 'prohibition', reasons: ['OPERATOR'] });
    expect(phone.mayPay()).to.equal(false);
    expect(() => phone.present())
      .to.throw(PhoneRefusedError)
      .with.property('code', 'CARD_PROHIBITED');
    test.prohibitions.put({ card: 'C1', reasons: [], position: 2 });
    expect(await told(3)).to.deep.equal({ kind: 'prohibition', reasons: [] });
    expect(phone.mayPay()).to.equal(true);
  });

  it('learns what operators change; what is older than what it knows is not told', async () => {
    const phone = await connect();
    announce({ device: 2, position: 19, pending: 1, balances: { storedValue: 1 } });
    announce({ device: 2, position: 21, pending: 2_000, balances: { storedValue: 900 } });
    const notice = await told(2);
    expect(notice).to.deep.include({ kind: 'changed', pending: 2_000 });
    expect([phone.pending, phone.balances?.storedValue]).to.deep.equal([2_000, 900]);
    answer = { ...answer, position: 22, pending: 0, balances: { storedValue: 2_900 } };
    expect((await phone.fetch()).balances.storedValue).to.equal(2_900);
    expect([phone.pending, phone.balances?.storedValue]).to.deep.equal([0, 2_900]);
    expect(notices).to.have.lengthOf(2);
  });

  it('whose card was moved to a newer device is told once, and presents nothing any more', async () => {
    const phone = await connect();
    announce({ device: 3, position: 30 });
    await until(() => lost.length > 0, { what: 'its session ends' });
    expect(lost[0]?.closeCode).to.equal(1008);
    expect(notices.slice(1)).to.deep.equal([{ kind: 'superseded' }]);
    expect(phone.superseded).to.equal(true);
    expect(() => phone.present())
      .to.throw(PhoneRefusedError)
      .with.property('code', 'DEVICE_SUPERSEDED');
    expect(await phone.fetch().catch((error: unknown) => error)).to.be.instanceOf(ConnectionLostError);
  });

  it('that was away meanwhile learns it on connecting', async () => {
    answer = { outcome: Outcome.OUTCOME_DEVICE_SUPERSEDED };
    const phone = await connect();
    expect(phone.superseded).to.equal(true);
    expect(notices.at(-1)).to.deep.equal({ kind: 'superseded' });
  });

  it('asks again what was never answered, and forgets it then', async () => {
    const first = await connect();
    const { respond } = test.partitions;
    test.partitions.respond = () => undefined;
    const asked = first.fetch().catch((error: unknown) => error);
    await until(() => first.remembered.open?.length === 1, { what: 'an enquiry is open' });
    const remembered = first.remembered;
    first.terminate();
    expect(await asked).to.be.instanceOf(ConnectionLostError);
    test.partitions.respond = respond;
    enquiries = [];
    const again = await connect(remembered);
    const [number] = remembered.open ?? [];
    const repeated = enquiries.find(({ id }) => Number(id?.number) === number?.number);
    expect(Number(repeated?.terminalTimeMs)).to.equal(number?.timeMs);
    expect(again.remembered.open).to.deep.equal([]);
    expect(Number(enquiries.at(-1)?.id?.number)).to.be.above(number!.number);
  });

  it('is refused with a wrong token, and the connection is closed', async () => {
    const attempt = connectPhone({ url: test.gateway.url, terminal: 'P1', token: TOKEN });
    expect(await attempt.catch((error: unknown) => error)).to.have.property('code', 'UNAUTHORIZED');
  });
});
