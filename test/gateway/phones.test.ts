import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_WRONG_SECRETS } from '../../actors/bounds.js';
import { partitionOf } from '../../actors/runtime/placement.js';
import { subjectsOf } from '../../actors/runtime/subjects.js';
import { phoneKeyOf, phoneToken, provenBy } from '../../gateway/phoneToken.js';
import { v1 } from '../../proto/generated/emoney.js';
import { defaultResponder } from './fakePartitions.js';
import { PARTITIONS, PIN_KEY, startTestGateway, turn, type TestGateway } from './harness.js';
import type { RawClient } from './rawClient.js';

const { Outcome, Rejection, ProhibitionReason, TerminalRole } = v1;
const KEY = phoneKeyOf(PIN_KEY, 'test');
const P1 = { terminal: 'P1', card: 'C1', device: 1 };

describe('gateway: the token of a phone', () => {
  const identity = fc.record({
    terminal: fc.stringMatching(/^[!-~]{1,8}$/),
    card: fc.stringMatching(/^[!-~]{1,8}$/),
    device: fc.integer({ min: 1, max: 0xffff_ffff }),
  });

  it('is fixed by the PIN key, the deployment, and what it proves', () => {
    const key = createHmac('sha256', PIN_KEY).update('emoney.phone-key.v1\0test').digest();
    const proof = createHmac('sha256', key).update('emoney.phone.v1\0P1\0C1\x001').digest('base64url');
    // With another value every phone of every deployment would need a new one.
    expect(phoneToken(KEY, P1)).to.equal(`1.QzE.${proof}`);
  });

  it('proves the card and the device of its terminal, and of no other', () => {
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        const token = phoneToken(KEY, one);
        expect(provenBy(KEY, one.terminal, token)).to.deep.equal(one);
        if (other.terminal !== one.terminal) {
          expect(provenBy(KEY, other.terminal, token)).to.equal(undefined);
        }
        expect(provenBy(phoneKeyOf(PIN_KEY, 'another'), one.terminal, token)).to.equal(undefined);
        expect(provenBy(phoneKeyOf(Buffer.alloc(32), 'test'), one.terminal, token)).to.equal(undefined);
      }),
    );
  });

  it('proves nothing once any part of it was changed', () => {
    fc.assert(
      fc.property(identity, fc.nat(), fc.stringMatching(/^[0-9.\-_a-cX-Z]$/), (one, place, character) => {
        const token = phoneToken(KEY, one);
        const at = place % token.length;
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        fc.pre(changed !== token);
        expect(provenBy(KEY, one.terminal, changed)).to.equal(undefined);
        expect(provenBy(KEY, one.terminal, `${token}${character}`)).to.equal(undefined);
        expect(provenBy(KEY, one.terminal, token.slice(0, at))).to.equal(undefined);
      }),
    );
  });
});

describe('gateway: phones', () => {
  let test: TestGateway;
  let position = 0;
  beforeEach(async () => {
    test = await startTestGateway();
    // The terminal's actor: what it is registered for.
    test.partitions.respond = (received) => {
      const { openSession, describeTerminals } = received.command;
      if (openSession != null) {
        const { terminal = '', card = '', device = 0 } = openSession;
        if (terminal?.startsWith('P') === true && card === '') {
          return { reject: Rejection.REJECTION_UNAUTHORIZED, detail: 'this is not the token of this phone' };
        }
        return { welcomed: { terminal, incarnation: 7, nextNumber: 1, session: 5, card, device } };
      }
      if (describeTerminals != null) {
        const [id = ''] = describeTerminals.terminals ?? [];
        const role = id.startsWith('P') ? TerminalRole.TERMINAL_ROLE_PHONE : TerminalRole.TERMINAL_ROLE_GATE;
        const registered = id.startsWith('P') ? { card: 'C1', device: 2 } : {};
        return { terminals: { terminals: [{ id, known: id !== 'P-unknown', role, ...registered }] } };
      }
      return defaultResponder(received);
    };
  });
  afterEach(async () => {
    await test.close();
  });

  const token = (phone = P1): string => phoneToken(KEY, phone);

  /** Connected, and told how its card stands. */
  async function connect(phone = P1): Promise<RawClient> {
    const client = await test.connect();
    const { welcome } = await client.hello(phone.terminal, { token: token(phone) });
    expect(welcome).to.include({ card: phone.card, device: phone.device });
    expect((await client.next()).cardNotice?.card).to.equal(phone.card);
    return client;
  }

  function prohibit(card: string, free = false): void {
    position += 1;
    test.prohibitions.put({ card, reasons: free ? [] : ['OPERATOR'], position });
  }

  async function settled(): Promise<void> {
    for (let turns = 0; turns < 6; turns += 1) await turn();
  }

  function announce(...changes: v1.CardChanged.$Properties[]): void {
    const notices = changes.map((change) => v1.CardChanged.encode(change).finish());
    const subject = subjectsOf('test').notices(partitionOf(changes[0]?.card ?? '', PARTITIONS));
    test.partitions.publish(subject, v1.Notices.encode({ notices }).finish());
  }

  it('what a token proves is passed on to the terminal’s actor, which has the last word', async () => {
    await connect();
    expect(test.partitions.received.at(-1)?.command.openSession).to.include({ card: 'C1', device: 1 });
    const client = await test.connect();
    const { rejection } = await client.hello('P2');
    expect(rejection?.code).to.equal(Rejection.REJECTION_UNAUTHORIZED);
    expect(test.partitions.received.at(-1)?.command.openSession?.card ?? '').to.equal('');
  });

  it('a wrong token is UNAUTHORIZED, reaches nobody, is not repeated; who guesses is disconnected', async () => {
    const client = await test.connect();
    const wrong = token({ ...P1, terminal: 'P2' });
    for (let tried = 0; tried < MAX_WRONG_SECRETS; tried += 1) {
      const { rejection } = await client.hello('P1', { token: wrong });
      expect(rejection?.code).to.equal(Rejection.REJECTION_UNAUTHORIZED);
      expect(rejection?.detail).to.not.contain(wrong);
    }
    expect((await client.closed).code).to.equal(1008);
    expect(test.partitions.received).to.have.length(0);
  });

  it('gets no list, is not waited for, and is not among those for which a connection acknowledges', async () => {
    prohibit('C9');
    await settled();
    const client = await connect();
    prohibit('C8');
    await settled();
    expect(client.unread).to.equal(0);
    const version = { incarnation: 1, sequence: 1 };
    client.send({ request: 2, listAcknowledgement: { version } });
    expect((await client.answerTo(2)).rejection?.code).to.equal(Rejection.REJECTION_NO_SESSION);
    await client.hello('T1');
    client.send({ request: 3, listAcknowledgement: { version } });
    expect((await client.answerTo(3)).listAcknowledged?.terminals).to.equal(1);
    const text = await (await fetch(`${test.http}/metrics`)).text();
    expect(text)
      .to.match(/emoney_gateway_phones 1\n/)
      .and.match(/emoney_gateway_terminals 1\n/);
  });

  it('is told of a prohibition of its own card, when it connects and when it changes, and of no other', async () => {
    const client = await connect();
    prohibit('C2');
    prohibit('C1');
    const told = await client.next();
    expect(told.cardNotice).to.include({ card: 'C1' });
    expect(told.cardNotice?.reasons).to.deep.equal([ProhibitionReason.PROHIBITION_REASON_OPERATOR]);
    expect(Number(told.cardNotice?.version?.sequence)).to.equal(2);
    expect(Number(told.request)).to.equal(0);
    const later = await test.connect();
    await later.hello('P7', { token: token({ ...P1, terminal: 'P7' }) });
    expect((await later.next()).cardNotice?.reasons).to.have.length(1);
    prohibit('C1', true);
    for (const each of [client, later]) expect((await each.next()).cardNotice?.reasons).to.have.length(0);
  });

  it('is told what operators change about its card', async () => {
    const client = await connect();
    const other = await connect({ terminal: 'P2', card: 'C2', device: 1 });
    const change = { card: 'C1', device: 1, balances: { storedValue: 5 }, pending: 2_000, position: 9 };
    announce(change, { card: 'C3', device: 1, position: 8 });
    const { cardChanged } = await client.next();
    expect(v1.CardChanged.encode(cardChanged!).finish()).to.deep.equal(
      v1.CardChanged.encode(change).finish(),
    );
    await settled();
    expect(other.unread).to.equal(0);
  });

  it('whose card has a newer device is told, without what the card holds, and its session ends', async () => {
    const old = await connect();
    const present = await connect({ terminal: 'P2', card: 'C1', device: 2 });
    const both = await connect({ ...P1, terminal: 'P3' });
    await both.hello('T1');
    announce({ card: 'C1', device: 2, balances: { storedValue: 5 }, pending: 1, position: 9 });
    const { cardChanged } = await old.next();
    expect(cardChanged).to.include({ card: 'C1', device: 2 });
    expect(cardChanged?.balances ?? undefined).to.equal(undefined);
    expect(Number(cardChanged?.pending)).to.equal(0);
    expect(await old.closed).to.deep.equal({ code: 1008, reason: 'the card has a newer device' });
    expect((await present.next()).cardChanged?.balances).to.not.equal(undefined);
    // A connection that speaks for others goes on.
    both.send({ request: 2, enquiry: { terminal: 'P3', number: 1, card: 'C1' } });
    expect((await both.answerTo(2)).rejection?.code).to.equal(Rejection.REJECTION_NO_SESSION);
  });

  it('that missed it learns it from its enquiry', async () => {
    const client = await connect();
    const { respond } = test.partitions;
    test.partitions.respond = (received) =>
      received.command.transact == null
        ? respond(received)
        : { answered: { answer: { outcome: Outcome.OUTCOME_DEVICE_SUPERSEDED } } };
    client.send({ request: 2, enquiry: { number: 1, card: 'C1' } });
    expect((await client.answerTo(2)).reply?.outcome).to.equal(Outcome.OUTCOME_DEVICE_SUPERSEDED);
    expect((await client.closed).code).to.equal(1008);
  });

  it('is told once, whichever connection said HELLO last; notices are heard only while there are phones', async () => {
    const subject = subjectsOf('test').notices(partitionOf('C1', PARTITIONS));
    const first = await connect();
    const second = await connect();
    prohibit('C1');
    await second.next();
    await settled();
    expect(first.unread).to.equal(0);
    test.partitions.garbage(subject);
    await settled();
    expect(test.log.join('\n')).to.contain('notices that cannot be read');
    const before = test.log.length;
    for (const client of [first, second]) client.webSocket.terminate();
    while (!(await (await fetch(`${test.http}/metrics`)).text()).includes('emoney_gateway_phones 0'))
      await turn();
    test.partitions.garbage(subject);
    await settled();
    expect(test.log).to.have.length(before);
  });

  it('gets its token from the operator, as it is registered', async () => {
    const operator = await test.operator();
    const ask = async (request: number, terminal: string): Promise<v1.ServerMessage> => {
      operator.send({ request, phoneToken: { terminal } });
      return operator.answerTo(request);
    };
    const { phoneToken: issued } = await ask(2, 'P1');
    const registered = { terminal: 'P1', card: 'C1', device: 2 };
    expect({ ...issued }).to.deep.include({ ...registered, token: token(registered) });
    expect((await ask(3, 'T1')).rejection).to.include({ code: Rejection.REJECTION_MALFORMED });
    expect((await ask(4, 'P-unknown')).rejection?.code).to.equal(Rejection.REJECTION_TERMINAL_UNKNOWN);
    expect((await ask(5, '')).rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
    const stranger = await test.connect();
    stranger.send({ request: 2, phoneToken: { terminal: 'P1' } });
    expect((await stranger.answerTo(2)).rejection?.code).to.equal(Rejection.REJECTION_UNAUTHORIZED);
  });

  it('speaks JSON as well', async () => {
    const client = await test.connect('emoney.v1.json');
    client.webSocket.send(`{"request":1,"hello":{"terminal":"P1","token":"${token()}"}}`);
    expect((await client.nextJson())['welcome']).to.include({ card: 'C1', device: 1 });
    expect((await client.nextJson())['cardNotice']).to.include({ card: 'C1' });
    announce({ card: 'C1', device: 1, balances: { storedValue: 5 }, pending: 2_000, position: 9 });
    expect((await client.nextJson())['cardChanged']).to.deep.equal({
      ...{ card: 'C1', device: 1, pending: '2000', position: '9' },
      balances: { storedValue: '5' },
    });
  });
});
