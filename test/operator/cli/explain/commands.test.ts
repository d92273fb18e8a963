import { expect } from 'chai';
import type { Operator } from '../../../../client/operator.js';
import { ExplainedCommands } from '../../../../client/explain.js';
import type { Body, Connection } from '../../../../client/connection.js';
import { EXPLAINED, type ExplainedOptions, explainerOf } from '../../../../operator/cli/explain/commands.js';
import { typeOf } from '../../../gateway/plain.js';

/** Everything that any of them needs. */
const OPTIONS: Required<ExplainedOptions> = {
  card: 'C1',
  terminal: 'T1',
  amount: 2_000,
  currency: 'JPY',
  partial: true,
  device: 2,
  number: 7,
  time: 1_000,
  original: { terminal: 'T1', incarnation: 1, number: 3 },
  limit: 500,
  reference: 'R1',
  order: 'O1',
  reason: 'LOST',
  value: 1,
  loan: -2,
  interest: 3,
  fare: -4,
  through: 20_260_131,
};

/** An operator whose messages go nowhere. */
function recording(): { readonly operator: Operator; readonly sent: Body[] } {
  const sent: Body[] = [];
  const connection = {
    ask: async (body: Body) => {
      sent.push(body);
      return { explanation: {} };
    },
  } as unknown as Connection;
  const operator = { explain: new ExplainedCommands(connection) } as unknown as Operator;
  return { operator, sent };
}

describe('what emoney explain asks', () => {
  for (const name of Object.keys(EXPLAINED)) {
    it(`${name}: one message, with everything that was said; without what it needs, none`, async () => {
      const { operator, sent } = recording();
      await explainerOf(name, OPTIONS)(operator, OPTIONS);
      expect(sent).to.have.lengthOf(1);
      const [[command, said]] = Object.entries(sent[0]!.explain!) as [[string, Record<string, unknown>]];
      const fields = typeOf('Explain').fields[command]?.resolve().resolvedType;
      expect(fields, command).to.have.property('fields');
      for (const option of EXPLAINED[name]!.needs) {
        const { [option]: _, ...others } = OPTIONS;
        expect(() => explainerOf(name, others)).to.throw(`explain ${name}: --${option} is missing`);
        if (option in said) expect(said[option]).to.deep.equal(OPTIONS[option]);
      }
    });
  }

  it('refuses what cannot be explained', () => {
    expect(() => explainerOf('audit', {})).to.throw('audit cannot be explained');
  });
});
