import { PersistMode, type StreamConfig } from '@nats-io/jetstream';
import { expect } from 'chai';
import {
  journalConfiguration,
  journalName,
  segmentOfStream,
  verifyJournal,
} from '../../../../actors/adapters/nats/journalConfiguration.js';

const MAX_PAYLOAD = 1_048_576;

describe('the configuration of a journal stream', () => {
  const name = journalName('prod_1', 12, 3);
  const good = journalConfiguration(name) as StreamConfig;

  it('is named by deployment, partition and segment', () => {
    expect(name.stream).to.equal('EMONEY_prod_1_JOURNAL_12_0');
    expect(name.subject).to.equal('emoney.prod_1.journal.12.0');
    expect(segmentOfStream(name.stream, 'prod_1')).to.deep.equal({ partition: 12, segment: 0 });
    expect(segmentOfStream(name.stream, 'prod')).to.equal(undefined);
    expect(segmentOfStream('EMONEY_prod_1_PROHIBITIONS', 'prod_1')).to.equal(undefined);
    const later = journalName('prod_1', 12, 3, { segment: 7, first: 1_001 });
    expect(later.stream).to.equal('EMONEY_prod_1_JOURNAL_12_7');
    expect(segmentOfStream(later.stream, 'prod_1')).to.deep.equal({ partition: 12, segment: 7 });
    expect(journalConfiguration(later)).to.include({ first_seq: 1_001 });
    expect(good).to.not.have.property('first_seq');
  });

  it('is in order as it was created, and with more replicas than asked for', () => {
    verifyJournal(good, name, MAX_PAYLOAD);
    verifyJournal({ ...good, num_replicas: 5 }, name, MAX_PAYLOAD);
  });

  const wrong: Record<string, unknown> = {
    storage: 'memory',
    retention: 'interest',
    discard: 'old',
    max_msgs: 1_000_000,
    max_bytes: 1,
    max_age: 1,
    max_msgs_per_subject: 1,
    max_msg_size: 10,
    deny_delete: false,
    deny_purge: false,
    allow_direct: false,
    allow_rollup_hdrs: true,
    compression: 's2',
    subjects: ['emoney.prod_1.journal.12.0', 'else'],
    num_replicas: 1,
    no_ack: true,
    mirror: { name: 'OTHER' },
    sources: [{ name: 'OTHER' }],
    subject_transform: { src: '>', dest: 'x' },
    allow_msg_ttl: true,
    allow_msg_schedules: true,
    persist_mode: PersistMode.Async,
  };
  for (const [property, value] of Object.entries(wrong)) {
    it(`is refused, and ${property} named, when it is ${JSON.stringify(value)}`, () => {
      const config = { ...good, [property]: value };
      expect(() => verifyJournal(config, name, MAX_PAYLOAD)).to.throw(property);
    });
  }

  it('is refused when the server takes only messages that are smaller than a frame', () => {
    expect(() => verifyJournal(good, name, 65_536)).to.throw('max_payload');
  });
});
