import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { hashPin, parsePinKey, pinKeyFingerprint, pinProblem } from '../../gateway/pin.js';
import { v1 } from '../../proto/generated/emoney.js';
import { PIN_KEY, startTestGateway, type TestGateway } from './harness.js';
import type { RawClient } from './rawClient.js';

const { Rejection, Outcome } = v1;

describe('gateway: the hash of a PIN', () => {
  const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

  it('tells keys apart by a fingerprint, which is no hash of a PIN', () => {
    const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(pinKeyFingerprint(key)).to.match(/^[0-9a-f]{16}$/);
    expect(pinKeyFingerprint(Buffer.from(key))).to.equal(pinKeyFingerprint(key));
    expect(pinKeyFingerprint(other)).not.to.equal(pinKeyFingerprint(key));
    expect(hex(hashPin(key, '', '1234'))).not.to.contain(pinKeyFingerprint(key));
  });

  it('is the first half of an HMAC-SHA256 over version, card and PIN', () => {
    const key = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
    // Fixed: with another value every PIN of every deployment would be wrong.
    expect(hex(hashPin(key, 'C1', '1234'))).to.equal('1258d70c95a0e0994838fc2a095da6bd');
    const text = Buffer.concat([
      Buffer.from('emoney.pin.v1'),
      Buffer.of(0),
      Buffer.from('カード'),
      Buffer.of(0),
    ]);
    const whole = createHmac('sha256', key).update(text).update('000000').digest('hex');
    expect(hex(hashPin(key, 'カード', '000000'))).to.equal(whole.slice(0, 32));
  });

  it('differs by card, by PIN and by key', () => {
    const content = fc.record({
      card: fc.stringMatching(/^[ -~]{1,8}$/),
      pin: fc.stringMatching(/^[0-9]{4,12}$/),
      key: fc.integer({ min: 0, max: 255 }),
    });
    const hashed = ({ card, pin, key }: { card: string; pin: string; key: number }): string =>
      hex(hashPin(Buffer.alloc(32, key), card, pin));
    fc.assert(
      fc.property(content, content, (one, other) => {
        const same = one.card === other.card && one.pin === other.pin && one.key === other.key;
        expect(hashed(one) === hashed(other)).to.equal(same);
        for (const change of ['card', 'pin', 'key'] as const) {
          const changed = { ...one, [change]: other[change] };
          expect(hashed(one) === hashed(changed)).to.equal(one[change] === other[change]);
        }
      }),
    );
  });

  it('of no PIN is empty', () => {
    expect(hashPin(PIN_KEY, 'C1', '')).to.have.length(0);
  });

  it('needs a key of 64 hexadecimal digits', () => {
    const text = PIN_KEY.toString('hex');
    expect(hex(parsePinKey(text)!)).to.equal(text);
    expect(hex(parsePinKey('AB'.repeat(32))!)).to.equal('ab'.repeat(32));
    for (const wrong of ['', 'ab', text.slice(1), `${text}0`, `${text}00`, `x${text.slice(1)}`, `${text} `]) {
      expect(parsePinKey(wrong), wrong).to.equal(undefined);
    }
  });

  it('is made of 4 to 12 digits and of nothing else; a problem never repeats what was said', () => {
    for (const right of ['', '0000', '123456789012']) expect(pinProblem('x.pin', right)).to.equal(undefined);
    for (const wrong of [
      '123',
      '1234567890123',
      '12a4',
      '-1234',
      '12 34',
      ' 1234',
      '1234\n',
      '１２３４',
      '١٢٣٤',
    ]) {
      expect(pinProblem('x.pin', wrong), wrong).to.equal('x.pin: must be 4 to 12 digits');
    }
  });
});

describe('gateway: the way of a PIN', () => {
  // Nothing else holds these digits.
  const PIN = '470815';
  let test: TestGateway;
  let client: RawClient;
  beforeEach(async () => {
    test = await startTestGateway();
    client = await test.operator();
    await client.hello('T1');
  });
  afterEach(async () => {
    await test.close();
  });

  const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
  const last = (): v1.Command => test.partitions.received.at(-1)!.command;

  it('ends at the gateway: the terminal’s actor gets the hash, for a purchase and for an enquiry', async () => {
    const hash = Buffer.from(hashPin(PIN_KEY, 'C1', PIN));
    client.send({ request: 2, purchase: { number: 1, card: 'C1', amount: 5, pin: PIN } });
    expect((await client.answerTo(2)).reply?.outcome).to.equal(Outcome.OUTCOME_APPROVED);
    expect(Buffer.from(last().transact!.pinHash!)).to.deep.equal(hash);
    client.send({ request: 3, enquiry: { number: 2, card: 'C1', pin: PIN } });
    await client.answerTo(3);
    expect(Buffer.from(last().transact!.pinHash!)).to.deep.equal(hash);
    client.send({ request: 4, purchase: { number: 3, card: 'C1', amount: 5 } });
    await client.answerTo(4);
    expect(last().transact!.pinHash ?? []).to.have.length(0);
  });

  it('is chosen under the same hash, and taken away by an empty one', async () => {
    client.send({ request: 2, choosePin: { card: 'C1', pin: PIN } });
    expect((await client.answerTo(2)).acknowledged?.outcome).to.equal(Outcome.OUTCOME_APPROVED);
    expect(last().setPin?.card).to.equal('C1');
    expect(Buffer.from(last().setPin!.pinHash!)).to.deep.equal(Buffer.from(hashPin(PIN_KEY, 'C1', PIN)));
    client.send({ request: 3, choosePin: { card: 'C1' } });
    await client.answerTo(3);
    expect(last().setPin!.pinHash ?? []).to.have.length(0);
  });

  it('a card is not issued with a hash that the gateway did not make', async () => {
    const before = test.partitions.received.length;
    client.send({ request: 2, issueCard: { card: 'C1', terms: { limit: 1, pinHash: Buffer.alloc(16, 1) } } });
    const { rejection } = await client.answerTo(2);
    expect(rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
    expect(rejection?.detail).to.contain('CHOOSE_PIN');
    expect(test.partitions.received).to.have.length(before);
  });

  it('is refused as MALFORMED, and not repeated, when it is no PIN', async () => {
    const before = test.partitions.received.length;
    for (const pin of ['470', '4708154708154', '47O815', '470815 ']) {
      for (const body of [
        { purchase: { number: 1, card: 'C1', amount: 5, pin } },
        { enquiry: { number: 1, card: 'C1', pin } },
        { choosePin: { card: 'C1', pin } },
      ]) {
        client.send({ request: 2, ...body });
        const { rejection } = await client.answerTo(2);
        expect(rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
        expect(rejection?.detail).to.match(/\.pin: must be 4 to 12 digits$/);
      }
    }
    expect(test.partitions.received).to.have.length(before);
  });

  it('is found nowhere behind the gateway, nor in its log, its metrics and its answers', async () => {
    const answers: string[] = [];
    const json = await test.connect('emoney.v1.json');
    json.webSocket.send('{"request":1,"hello":{"terminal":"T2"}}');
    const ask = async (request: number, body: string): Promise<void> => {
      json.webSocket.send(`{"request":${request},${body}}`);
      for (;;) {
        const answer = await json.nextJson();
        answers.push(JSON.stringify(answer));
        if (Number(answer['request']) === request) return;
      }
    };
    const purchase = `"number":1,"card":"C1","amount":5`;
    await ask(2, `"purchase":{${purchase},"pin":"${PIN}"}`);
    await ask(3, `"purchase":{${purchase},"pin":${PIN}}`);
    await ask(4, `"purchase":{${purchase},"pin":["${PIN}"]}`);
    await ask(5, `"purchase":{${purchase},"pin":"${PIN}x"}`);
    await ask(6, `"purchase":{${purchase},"device":${PIN}000000}`);
    await ask(7, `"choosePin":{"card":"C1","pin":"${PIN}"}`);
    client.send({ request: 8, choosePin: { card: 'C1', pin: PIN } });
    await client.answerTo(8);
    test.partitions.respond = () => ({ reject: Rejection.REJECTION_INTERNAL });
    await ask(9, `"enquiry":{"number":2,"card":"C1","pin":"${PIN}"}`);
    const metrics = await (await fetch(`${test.http}/metrics`)).text();
    const places = (): string =>
      [...test.partitions.bytes.map(latin), ...answers, ...test.log, metrics].join('\n');
    expect(places()).to.not.contain(PIN);
    // It would be found.
    test.partitions.respond = () => undefined;
    client.send({ request: 10, purchase: { number: 3, card: `C${PIN}`, amount: 5 } });
    await test.partitions.until(() => last().transact?.card === `C${PIN}`);
    expect(places()).to.contain(PIN);
  });
});
