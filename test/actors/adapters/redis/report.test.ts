import { expect } from 'chai';
import { RedisReport } from '../../../../actors/adapters/redis/report.js';
import { REDIS_AWAY_SAID_MS } from '../../../../actors/bounds.js';

describe('what a log says of a Redis that is away', () => {
  let elapsed: number;
  let lines: string[];
  let report: RedisReport;
  beforeEach(() => {
    elapsed = 0;
    lines = [];
    report = new RedisReport({
      url: 'redis://me:secret@redis-a:6390/3',
      meanwhile: 'payments go on',
      clock: { elapsed: () => elapsed },
      log: (line) => lines.push(line),
    });
  });
  const AWAY =
    'Redis at redis-a:6390 does not answer (connect ECONNREFUSED): payments go on; start it, or correct REDIS_URL';
  const attempts = (count: number): void => {
    for (let i = 0; i < count; i += 1) report.seen('away', 'connect ECONNREFUSED');
  };

  it('says the address without the password, and what to do, once for all attempts', () => {
    attempts(100);
    expect(lines).to.deep.equal([AWAY]);
  });

  it('says it again after REDIS_AWAY_SAID_MS, and no sooner', () => {
    attempts(1);
    elapsed = REDIS_AWAY_SAID_MS - 1;
    attempts(1);
    elapsed += 1;
    attempts(2);
    expect(lines).to.deep.equal([AWAY, AWAY]);
  });

  it('says that it answers again, and nothing of one that has answered all along', () => {
    report.seen('ready', '');
    expect(lines).to.deep.equal([]);
    attempts(2);
    report.seen('ready', '');
    report.seen('ready', '');
    attempts(1);
    expect(lines).to.deep.equal([AWAY, 'Redis at redis-a:6390 answers again', AWAY]);
  });
});
