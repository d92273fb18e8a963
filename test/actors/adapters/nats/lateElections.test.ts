import { expect } from 'chai';
import { NatsAddressError } from '../../../../actors/adapters/errors.js';
import { ManualClock } from '../../../../actors/adapters/memory/clock.js';
import type { Elections } from '../../../../actors/adapters/nats/elections.js';
import { LateElections } from '../../../../actors/adapters/nats/lateElections.js';
import { ELECTIONS_RETRY_MS } from '../../../../actors/bounds.js';
import { thrownBy } from '../../../support/thrownBy.js';

/** A system account that answers each attempt with the next of these; afterwards it can be had. */
class Account {
  readonly clock = new ManualClock();
  readonly said: string[] = [];
  readonly failures: Error[];
  attempts = 0;
  suspicions = 0;
  closings = 0;

  constructor(...failures: Error[]) {
    this.failures = failures;
  }

  open(): Promise<Elections> {
    const attempt = async (): Promise<Elections> => {
      this.attempts += 1;
      const failure = this.failures.shift();
      if (failure !== undefined) throw failure;
      return {
        suspect: () => void (this.suspicions += 1),
        close: async () => void (this.closings += 1),
      };
    };
    return LateElections.open({ open: attempt, clock: this.clock, log: (line) => this.said.push(line) });
  }
}

const AWAY = new Error('connection refused');

describe('elections of a system account that is away', () => {
  it('are tried again until they can be had', async () => {
    const account = new Account(AWAY, AWAY);
    const elections = await account.open();
    expect(account.said.join()).to.match(/cannot be used \(Error: connection refused\): tried again/);
    elections.suspect();
    expect(account.suspicions, 'nobody to tell').to.equal(0);
    await account.clock.advance(ELECTIONS_RETRY_MS);
    expect(account.attempts).to.equal(2);
    await account.clock.advance(ELECTIONS_RETRY_MS);
    expect(account.said.at(-1)).to.equal('NATS_SYSTEM_URL can be used now');
    elections.suspect();
    expect(account.suspicions).to.equal(1);
    await account.clock.advance(10 * ELECTIONS_RETRY_MS);
    expect(account.attempts, 'no more').to.equal(3);
    await elections.close();
    expect(account.closings).to.equal(1);
  });

  it('are not tried any more after the end', async () => {
    const account = new Account(AWAY, AWAY);
    const elections = await account.open();
    await elections.close();
    await account.clock.advance(10 * ELECTIONS_RETRY_MS);
    expect(account.attempts).to.equal(1);
  });

  it('are refused at once where the address is of no use, and given up where that is found later', async () => {
    const useless = new NatsAddressError('the user may not ask');
    expect(await thrownBy(() => new Account(useless).open())).to.equal(useless);
    const account = new Account(AWAY, useless);
    const elections = await account.open();
    await account.clock.advance(10 * ELECTIONS_RETRY_MS);
    expect(account.attempts).to.equal(2);
    expect(account.said.at(-1)).to.match(/^the user may not ask/);
    elections.suspect();
    await elections.close();
  });
});
