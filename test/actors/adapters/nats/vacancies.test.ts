import { expect } from 'chai';
import {
  vacancies,
  voteRequest,
  type RaftAnswer,
  type RaftGroup,
} from '../../../../actors/adapters/nats/vacancies.js';

const LEADER = 'AAAAAAAA';
const B = 'BBBBBBBB';
const C = 'CCCCCCCC';

function says(id: string, changes: Partial<RaftGroup> = {}): RaftAnswer {
  const group = { id, state: 'FOLLOWER', leader: LEADER, term: 7, quorum_needed: 2, ...changes };
  return { server: { ver: '2.15.1' }, data: { EMONEY: { 'S-R3F-1': group } } };
}

describe('the groups of a NATS cluster that have lost their leader', () => {
  it('are those whose members all follow one that does not answer', () => {
    const found = vacancies([says(B), says(C, { term: 8 })]);
    expect(found).to.deep.equal([{ group: 'S-R3F-1', leader: LEADER, term: 8 }]);
  });

  const whole: Record<string, readonly RaftAnswer[]> = {
    'the leader answers': [says(LEADER, { state: 'LEADER' }), says(B), says(C)],
    'one stands for election already': [says(B, { state: 'CANDIDATE' }), says(C)],
    'another leads already': [says(B, { state: 'LEADER', leader: B, term: 8 }), says(C)],
    'they follow different ones': [says(B), says(C, { leader: B })],
    'none knows of a leader': [says(B, { leader: '' }), says(C, { leader: '' })],
    'too few are left to elect': [says(B)],
    'nobody has such a group': [{ server: { ver: '2.15.1' } }],
    'nobody answers': [],
  };
  for (const [when, answers] of Object.entries(whole))
    it(`are none when ${when}`, () => {
      expect(vacancies(answers)).to.deep.equal([]);
    });

  it('are told apart', () => {
    const other = { id: B, state: 'LEADER', leader: B, term: 3, quorum_needed: 2 };
    const answers = [says(B), says(C)].map((answer) => ({
      ...answer,
      data: { ...answer.data, SYS: { meta: other } },
    }));
    expect(vacancies(answers).map(({ group }) => group)).to.deep.equal(['S-R3F-1']);
  });
});

describe('a vote request', () => {
  it('asks for the next term with an empty log, in the 32 bytes of nats-server', () => {
    const bytes = Buffer.from(voteRequest({ group: 'S-R3F-1', leader: LEADER, term: 258 }));
    expect(bytes.toString('hex')).to.equal(`0301000000000000${'00'.repeat(16)}${'41'.repeat(8)}`);
  });
});
