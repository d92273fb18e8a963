import { expect } from 'chai';
import { pureOperations } from '../../../bench/micro/operations.js';
import { createRig } from '../../../bench/micro/rig.js';

describe('the rig of the micro benches', () => {
  it('is one purchase that was approved and closed', () => {
    const { opened, asked, closed } = createRig();
    const events = [opened, asked, closed].flatMap(({ turn }) => turn.events.map(({ type }) => type));
    expect(events).to.deep.equal(['TransactionOpened', 'CardMoved', 'RecordMoved', 'TransactionClosed']);
  });

  it('can be repeated', () => {
    for (const { name, run } of pureOperations()) expect(() => run() === run(), name).not.to.throw();
  });
});
