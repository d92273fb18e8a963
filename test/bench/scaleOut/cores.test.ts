import { expect } from 'chai';
import { coresOf, nodeOn, pinnableCores } from '../../../bench/scaleOut/cores.js';

describe('bench: cores', () => {
  it('are read as taskset lists them', () => {
    expect(coresOf(' 0,1\n')).to.deep.equal([0, 1]);
    expect(coresOf('0-2,5')).to.deep.equal([0, 1, 2, 5]);
    expect(coresOf('')).to.deep.equal([]);
    expect(coresOf('none')).to.deep.equal([]);
    for (const core of pinnableCores()) expect(core).to.be.at.least(0);
  });

  it('are given to node by taskset, or not at all', () => {
    expect(nodeOn(undefined, ['--flag'])).to.deep.equal({ execPath: process.execPath, execArgv: ['--flag'] });
    expect(nodeOn(3, ['--flag'])).to.deep.equal({
      execPath: 'taskset',
      execArgv: ['-c', '3', process.execPath, '--flag'],
    });
  });
});
