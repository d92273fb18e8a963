import { expect } from 'chai';
import type { Operator } from '../../client/index.js';
import { createPopulation, type Population } from '../../simulator/population.js';

/** A center without cards, in which a terminal has one role for ever. */
function centerOf(roles: Map<string, string>): Operator {
  return {
    describeCards: async () => [],
    registerTerminal: async (terminal: string, { role }: { readonly role: string }) => {
      const present = roles.get(terminal) ?? role;
      roles.set(terminal, present);
      return { outcome: present === role ? 'APPROVED' : 'ALREADY_EXISTS' };
    },
  } as unknown as Operator;
}

describe('the terminals of a run', () => {
  async function populate(operator: Operator, terminals: number): Promise<Population> {
    return createPopulation(operator, { cards: 0, terminals, seed: 1, onProgress: () => undefined });
  }

  it('have the roles of an earlier run, however many there are', async () => {
    const roles = new Map<string, string>();
    for (const terminals of [10, 200, 2, 50]) {
      const { depositTerminals, purchaseTerminals } = await populate(centerOf(roles), terminals);
      expect(depositTerminals).to.have.lengthOf(Math.ceil(terminals / 10));
      expect(purchaseTerminals).to.have.lengthOf(terminals - depositTerminals.length);
      for (const terminal of depositTerminals) expect(roles.get(terminal)).to.equal('DEPOSIT');
      for (const terminal of purchaseTerminals) expect(roles.get(terminal)).to.equal('PURCHASE');
    }
  });

  it('that were registered for something else are refused, with what to do', async () => {
    const operator = centerOf(new Map([['sim-1-t0000', 'PURCHASE']]));
    const failed = await populate(operator, 10).catch((error: unknown) => error);
    expect(failed)
      .to.be.an('error')
      .with.property('message')
      .that.matches(/^sim-1-t0000 .* another --seed$/);
  });
});
