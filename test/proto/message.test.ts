import { expect } from 'chai';
import { v1 } from '../../proto/generated/emoney.js';
import { decodeMessage, encodeMessage } from '../../proto/message.js';

const hello = { terminal: 't', source: '', token: '' };

/** As protobufjs does it by itself. */
const plain = (message: v1.ClientMessage.$Properties): Uint8Array =>
  v1.ClientMessage.encode(message).finish();

describe('proto: messages', () => {
  it('a message has the bytes that protobufjs gives it, whatever was encoded before', () => {
    const messages: readonly v1.ClientMessage.$Properties[] = [
      { request: 1, hello },
      { request: 2, describeCenter: {} },
      { outcome: { terminal: '', number: 7 } },
      { request: 3 },
      {},
    ];
    for (const message of [...messages, ...[...messages].reverse()]) {
      expect(Buffer.from(encodeMessage(v1.ClientMessage, message))).to.deep.equal(
        Buffer.from(plain(message)),
      );
    }
  });

  it('what was decoded is encoded again, unknown fields included', () => {
    const unknown = new Uint8Array([0xf8, 0x7f, 5]);
    const bytes = new Uint8Array([...plain({ request: 1, hello }), ...unknown]);
    const message = decodeMessage(v1.ClientMessage, bytes);
    expect(message.body).to.equal('hello');
    expect(Buffer.from(encodeMessage(v1.ClientMessage, message))).to.deep.equal(Buffer.from(bytes));
    expect(encodeMessage(v1.ClientMessage, {})).to.have.length(0);
  });

  it('nothing of a message that cannot be encoded is left in the next one', () => {
    const outcome = {
      get number(): number {
        throw new Error('broken');
      },
      terminal: '',
    };
    expect(() => encodeMessage(v1.ClientMessage, { request: 1, outcome })).to.throw('broken');
    expect(Buffer.from(encodeMessage(v1.ClientMessage, { hello }))).to.deep.equal(
      Buffer.from(plain({ hello })),
    );
  });
});
