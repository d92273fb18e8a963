import { expect } from 'chai';
import { Command } from 'commander';
import type { CardPolicy } from '../../../../client/cardPolicy.js';
import {
  addPolicyOptions,
  changedPolicy,
  type PolicyOptions,
  saysPolicy,
} from '../../../../operator/cli/card/policyOptions.js';

function said(...args: readonly string[]): PolicyOptions {
  const command = addPolicyOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(args, { from: 'user' }).opts();
}

const POLICY: CardPolicy = {
  creditFlag: true,
  storedValueCap: 20_000,
  expiryDate: 20301231,
  shareRule: { kind: 'WATERFALL', accountWeight: 0, loanWeight: 0, capTransaction: 500, capDay: undefined },
  account: 'A',
  cvmLimit: 3_000,
  pinForDeferral: false,
  pinTries: 3,
  zones: ['A'],
  hours: [{ days: 1, fromMinute: 0, toMinute: 60 }],
};

describe('a policy on the command line', () => {
  it('what is not said stays as it is', () => {
    expect(changedPolicy(POLICY, said())).to.deep.equal(POLICY);
    expect(saysPolicy(said())).to.equal(false);
  });

  it('everything can be said', () => {
    const args =
      '--credit off --cap 1 --expires 2027-01-31 --share ratio:60/40 --share-cap 9 --share-day-cap 8';
    const others = '--account B --cvm-limit 5 --pin-for-deferral on --pin-tries 5 --zones B,C';
    const options = said(...args.split(' '), ...others.split(' '), '--hours', 'tue 00:00-01:00');
    expect(saysPolicy(options)).to.equal(true);
    expect(changedPolicy(POLICY, options)).to.deep.equal({
      ...{ creditFlag: false, storedValueCap: 1, expiryDate: 20270131, account: 'B', cvmLimit: 5 },
      ...{ pinForDeferral: true, pinTries: 5, zones: ['B', 'C'] },
      shareRule: { kind: 'RATIO', accountWeight: 60, loanWeight: 40, capTransaction: 9, capDay: 8 },
      hours: [{ days: 2, fromMinute: 0, toMinute: 60 }],
    });
  });

  it('bounds can be taken away', () => {
    const args = '--cap none --expires none --share-cap none --account none --cvm-limit none';
    const policy = changedPolicy(POLICY, said(...args.split(' '), '--zones', 'all', '--hours', 'always'));
    for (const name of ['storedValueCap', 'expiryDate', 'account', 'cvmLimit', 'zones', 'hours'] as const) {
      expect(policy[name], name).to.equal(undefined);
    }
    expect(policy.shareRule?.capTransaction).to.equal(undefined);
  });

  it('caps stay with another rule, but for one that leaves nothing to the account', () => {
    expect(changedPolicy(POLICY, said('--share', 'account')).shareRule).to.deep.include({
      ...{ kind: 'ALL_ACCOUNT', capTransaction: 500 },
    });
    expect(changedPolicy(POLICY, said('--share', 'loan')).shareRule).to.deep.include({
      ...{ kind: 'ALL_LOAN', capTransaction: undefined },
    });
  });

  for (const args of [
    ['--credit', 'yes'],
    ['--cap', '-1'],
    ['--cap', '1.5'],
    ['--expires', '2027-02-29'],
    ['--share', 'half'],
    ['--share', 'ratio:0/0'],
    ['--share', 'ratio:1000001/1'],
    ['--pin-tries', '0'],
    ['--zones', 'A,,B'],
    ['--hours', 'never'],
  ]) {
    it(`${args.join(' ')} is refused`, () => {
      expect(() => said(...args)).to.throw(/is invalid/);
    });
  }
});
