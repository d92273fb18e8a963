import { expect } from 'chai';
import { renderNatsConfig } from '../../servers/nats.js';
import { renderRedisConfig } from '../../servers/redis.js';

const nats = {
  ...{
    serverName: 'one',
    port: 4001,
    monitorPort: 4002,
    storeDir: '/data/a "b"\\c',
    sync: 'always' as const,
  },
  ...{ maxPayload: 1_048_576, maxMemoryBytes: 1000, maxFileBytes: 2000, extra: ['max_connections: 9'] },
};

describe('the configuration of nats-server', () => {
  it('makes an acknowledged message one that is on the disk', () => {
    expect(renderNatsConfig(nats)).to.match(/jetstream \{[^}]*sync_interval: always[^}]*\}/);
    expect(renderNatsConfig({ ...nats, sync: 'interval' })).not.to.include('sync_interval');
  });

  it('listens on loopback only, the monitor too', () => {
    const text = renderNatsConfig(nats);
    expect(text).to.include('host: "127.0.0.1"').and.include('http: "127.0.0.1:4002"');
    expect(text).not.to.include('0.0.0.0');
  });

  it('bounds messages, memory and files, and ends with what the caller adds', () => {
    const text = renderNatsConfig(nats);
    expect(text)
      .to.include('max_payload: 1048576')
      .and.include('max_mem: 1000')
      .and.include('max_file: 2000');
    expect(text.endsWith('\nmax_connections: 9\n')).to.equal(true);
  });

  it('quotes a folder with blanks, quotes and backslashes', () => {
    expect(renderNatsConfig(nats)).to.include('store_dir: "/data/a \\"b\\"\\\\c"');
  });
});

describe('the configuration of redis-server', () => {
  const redis = { port: 4003, dir: '/data/r', sync: 'always' as const, extra: [] };

  it('writes each command to the disk before it is answered, unless another choice is made', () => {
    expect(renderRedisConfig(redis)).to.include('appendonly yes\nappendfsync always\n');
    expect(renderRedisConfig({ ...redis, sync: 'everysec' })).to.include('appendfsync everysec\n');
  });

  it('evicts nothing, dumps nothing and listens on loopback only', () => {
    const text = renderRedisConfig(redis);
    expect(text)
      .to.include('maxmemory-policy noeviction')
      .and.include('save ""')
      .and.include('bind 127.0.0.1\n');
  });
});
