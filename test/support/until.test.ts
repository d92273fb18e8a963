import { expect } from 'chai';
import { thrownBy } from './thrownBy.js';
import { until } from './until.js';

describe('until', () => {
  it('returns what the condition came to', async () => {
    let asked = 0;
    const value = await until(() => (++asked > 2 ? 'there' : undefined), { what: 'it' });
    expect(value).to.equal('there');
  });

  it('says what did not happen, and why the condition failed last', async () => {
    const fails = () => {
      throw new Error('not yet');
    };
    const error = await thrownBy(() => until(fails, { what: 'the worker serves', deadlineMs: 30 }));
    expect(error.message).to.contain('the worker serves');
    expect((error.cause as Error).message).to.equal('not yet');
  });
});
