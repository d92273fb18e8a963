import { expect } from 'chai';
import { judge, natsPolicy, parseVersion, redisPolicy, warningFor } from '../../servers/versions.js';

describe('the versions of the servers', () => {
  it('are read from what nats-server and redis-server print', () => {
    expect(parseVersion('nats-server: v2.15.1\n')).to.equal('2.15.1');
    expect(parseVersion('nats-server: v2.15.0-RC.2')).to.equal('2.15.0-RC.2');
    expect(parseVersion('Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64')).to.equal(
      '7.0.15',
    );
  });

  it('are unknown where none is printed', () => {
    for (const output of ['', 'usage: nats-server', 'v2', 'v2.15'])
      expect(parseVersion(output)).to.equal(undefined);
  });

  it('are wanted, accepted or refused by the policy, limits included', () => {
    const standings = ['2.15.0', '2.16.3', '3.0.0', '2.14.9', '2.11.0', '2.10.29', '2.9.10'];
    const expected = ['wanted', 'wanted', 'wanted', 'accepted', 'accepted', 'refused', 'refused'];
    expect(standings.map((version) => judge(natsPolicy, version))).to.deep.equal(expected);
    expect(['7.0.15', '6.2.0', '6.0.16'].map((version) => judge(redisPolicy, version))).to.deep.equal([
      'wanted',
      'accepted',
      'refused',
    ]);
  });

  it('do not count a release candidate as the release', () => {
    expect(judge(natsPolicy, '2.15.0-RC.2')).to.equal('accepted');
    expect(judge(natsPolicy, '2.11.0-RC.2')).to.equal('refused');
  });

  it('are warned about in one line that says what is lost', () => {
    const warning = warningFor(natsPolicy, '2.11.4');
    expect(warning).to.match(/^warning: nats-server 2\.11\.4 .*slower, not less safe$/);
    expect(warning).not.to.include('\n');
  });
});
