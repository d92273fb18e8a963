import { expect } from 'chai';
import { QUESTION_AGAIN_MS } from '../../../../actors/bounds.js';
import { connectNats, type Nats } from '../../../../actors/adapters/nats/connection.js';
import { useNats } from '../../../support/servers.js';
import { until } from '../../../support/until.js';

describe('a question to NATS that changes nothing', () => {
  const server = useNats({ sync: 'interval' });
  let nats: Nats;

  beforeEach(async () => {
    nats = await connectNats(server.current.url, { name: 'questions' });
  });
  afterEach(() => nats.close());

  /** Answers the nth message to `subject`, and loses those before. */
  const answersThe = async (nth: number, subject: string): Promise<() => number> => {
    let heard = 0;
    nats.client.subscribe(subject, {
      callback: (error, message) => {
        heard += 1;
        if (error === null && heard === nth) message.respond(message.data);
      },
    });
    await nats.client.flush();
    return () => heard;
  };

  it('is asked again when it was lost', async () => {
    const heard = await answersThe(3, 'lossy');
    const answer = await nats.inbox.request('lossy', 'which?', 10 * QUESTION_AGAIN_MS);
    expect('message' in answer && answer.message.string()).to.equal('which?');
    expect(heard()).to.equal(3);
  });

  it('ends in its time when nobody answers, and is not asked any more', async () => {
    const heard = await answersThe(-1, 'silent');
    const patienceMs = 2.5 * QUESTION_AGAIN_MS;
    const answer = await nats.inbox.request('silent', '', patienceMs);
    expect(answer).to.deep.equal({ missing: `no answer within ${patienceMs} ms` });
    const then = heard();
    expect(then).to.be.at.least(2);
    await answersThe(1, 'later').then(() => nats.inbox.request('later', '', 2 * QUESTION_AGAIN_MS));
    expect(heard()).to.equal(then);
  });

  it('ends with its connection', async () => {
    const heard = await answersThe(-1, 'closing');
    const answer = nats.inbox.request('closing', '', 4 * QUESTION_AGAIN_MS);
    await until(() => heard() > 0, { what: 'the question arrived' });
    await nats.close();
    expect(await answer).to.have.property('missing');
  });
});
