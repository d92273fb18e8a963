import { headers, type Msg } from '@nats-io/transport-node';
import { expect } from 'chai';
import { parseAppendAnswer } from '../../../../actors/adapters/nats/appendAnswer.js';

describe('the answer to an append', () => {
  const parse = (content: string, code = 0) => {
    const message = {
      data: new TextEncoder().encode(content),
      json: () => JSON.parse(content) as unknown,
      headers: code === 0 ? undefined : headers(code, 'No Responders'),
    };
    return parseAppendAnswer(message as unknown as Msg, 'J');
  };

  it('is stored when this stream acknowledges a sequence', () => {
    expect(parse('{"stream":"J","seq":7}')).to.deep.equal({ kind: 'stored', sequence: 7, duplicate: false });
  });

  it('says when the server took it for a duplicate', () => {
    expect(parse('{"stream":"J","seq":7,"duplicate":true}')).to.include({ kind: 'stored', duplicate: true });
  });

  it('is refused only when the server says which sequence is the last', () => {
    const error = { code: 400, err_code: 10071, description: 'wrong last sequence: 41' };
    expect(parse(JSON.stringify({ error, stream: 'J', seq: 0 }))).to.deep.equal({
      kind: 'refused',
      last: 41,
    });
    const constant = { ...error, err_code: 10164, description: 'wrong last sequence' };
    expect(parse(JSON.stringify({ error: constant }))).to.have.property('kind', 'unknown');
  });

  const unknown: Record<string, string> = {
    'another stream answers': '{"stream":"K","seq":7}',
    'there is no sequence': '{"stream":"J"}',
    'the sequence is 0': '{"stream":"J","seq":0}',
    'it is no JSON': 'stored!',
    'it is no object': '7',
    'the server reports another error':
      '{"error":{"code":503,"err_code":10023,"description":"no resources"}}',
  };
  for (const [when, content] of Object.entries(unknown)) {
    it(`is unknown when ${when}`, () => {
      expect(parse(content)).to.have.property('kind', 'unknown');
    });
  }

  it('is nobody’s when nobody listens: the server begins, or the stream is gone', () => {
    expect(parse('', 503)).to.deep.equal({ kind: 'nobody', reason: '503 no responders' });
  });

  it('says that the stream is closed', () => {
    const error = { code: 400, err_code: 10109, description: 'invalid operation on sealed stream' };
    expect(parse(JSON.stringify({ error, stream: 'J', seq: 0 }))).to.have.property('kind', 'closed');
  });
});
