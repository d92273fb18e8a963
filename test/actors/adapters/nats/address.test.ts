import { expect } from 'chai';
import { NatsAddressError } from '../../../../actors/adapters/errors.js';
import { parseNatsAddress } from '../../../../actors/adapters/nats/address.js';

describe('the address of NATS', () => {
  it('is hosts and ports, with or without a scheme', () => {
    const three = { servers: ['a:4222', 'b:4222', '[::1]:4222'] };
    expect(parseNatsAddress('nats://a:4222,nats://b:4222, [::1]:4222')).to.deep.equal(three);
  });

  it('has one user for all, percent-encoded', () => {
    const parsed = parseNatsAddress('nats://bank:p%40ss:1@a:4222,nats://b:4222,nats://bank:p%40ss:1@c:4222');
    const servers = ['a:4222', 'b:4222', 'c:4222'];
    expect(parsed).to.deep.equal({ servers, user: 'bank', pass: 'p@ss:1' });
  });

  it('is encrypted where it says so', () => {
    expect(parseNatsAddress('tls://a,b')).to.deep.equal({ servers: ['a', 'b'], tls: {} });
  });

  const wrong = {
    '': 'not nats://',
    'http://a:4222': 'not nats://',
    'nats://a:4222,': 'not nats://',
    'nats://a,tls://b': 'mixed',
    'nats://x:1@a,nats://y:1@b': 'different users',
    'nats://token@a': 'user:password',
    'nats://u:50%@a': 'as %25',
  };
  for (const [text, reason] of Object.entries(wrong))
    it(`is refused as ${text === '' ? 'nothing' : text}, without showing a password`, () => {
      expect(() => parseNatsAddress(text))
        .to.throw(NatsAddressError, reason)
        .with.property('message')
        .that.does.not.include('50%');
    });
});
