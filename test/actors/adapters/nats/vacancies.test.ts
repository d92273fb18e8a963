import { expect } from 'chai';
import {
  vacancies,
  voteRequest,
  type RaftAnswer,
  type RaftGroup,
} from '../../../../actors/adapters/nats/vacancies.js';

const A = 'AAAAAAAA';
const B = 'BBBBBBBB';
const C = 'CCCCCCCC';

function says(id: string, changes: Partial<RaftGroup> = {}): RaftAnswer {
  const group = { id, state: 'FOLLOWER', term: 7, pindex: 9, quorum_needed: 2, ...changes };
  return { server: { ver: '2.15.1' }, data: { EMONEY: { 'S-R3F-1': group } } };
}

describe('the groups of a NATS cluster that have lost their leader', () => {
  const lost: Record<string, readonly RaftAnswer[]> = {
    'its leader does not answer': [says(B), says(C, { term: 8 })],
    'its leader is back, and leads no more': [says(B), says(A), says(C, { term: 8 })],
    'an election came to nothing': [says(B, { state: 'CANDIDATE', term: 8 }), says(C)],
  };
  for (const [when, answers] of Object.entries(lost))
    it(`are those of which ${when}`, () => {
      expect(vacancies(answers)).to.deep.equal([{ group: 'S-R3F-1', member: B, term: 8 }]);
    });

  const whole: Record<string, readonly RaftAnswer[]> = {
    'the leader answers': [says(B), says(A, { state: 'LEADER' }), says(C)],
    'another leads already': [says(B, { state: 'LEADER', term: 8 }), says(C)],
    'a member has an empty log, and would grant its vote': [says(B), says(C, { pindex: 0 })],
    'too few are left to elect': [says(B)],
    'nobody has such a group': [{ server: { ver: '2.15.1' } }],
    'nobody answers': [],
  };
  for (const [when, answers] of Object.entries(whole))
    it(`are none when ${when}`, () => {
      expect(vacancies(answers)).to.deep.equal([]);
    });

  it('are told apart', () => {
    const other = { id: B, state: 'LEADER', term: 3, pindex: 1, quorum_needed: 2 };
    const answers = [says(B), says(C)].map((answer) => ({
      ...answer,
      data: { ...answer.data, SYS: { meta: other } },
    }));
    expect(vacancies(answers).map(({ group }) => group)).to.deep.equal(['S-R3F-1']);
  });
});

describe('a vote request', () => {
  it('asks for the next term with an empty log, in the 32 bytes of nats-server', () => {
    const bytes = Buffer.from(voteRequest({ group: 'S-R3F-1', member: A, term: 258 }));
    expect(bytes.toString('hex')).to.equal(`0301000000000000${'00'.repeat(16)}${'41'.repeat(8)}`);
  });
});
