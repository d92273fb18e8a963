/** Journals made by hand that must pass, and what must be found in them when one thing is changed. */
import { expect } from 'chai';
import type { v1 } from '../../../proto/generated/emoney.js';
import type { Check } from '../../../simulator/auditor/findings.js';
import { audited, expectViolation } from './audited.js';
import type { Balances, Parts } from './stated.js';
import type { StatedSystem } from './statedSystem.js';

export interface Mutation<System extends StatedSystem> {
  readonly finds: string;
  readonly when: (system: System) => void;
  readonly code: Check;
  readonly message: RegExp;
}

/** One test for the journal as it is, one for each mutation. `running`: ids may be in flight. */
export function examine<System extends StatedSystem>(
  name: string,
  build: () => System,
  mutations: readonly Mutation<System>[],
  running = false,
): void {
  const options = running ? {} : { drained: true };
  describe(name, () => {
    it('passes', () => {
      expect(audited(build().journal, options).violations).to.deep.equal([]);
    });
    for (const { finds, when, code, message } of mutations) {
      it(`finds ${finds}`, () => {
        const system = build();
        when(system);
        expectViolation(audited(system.journal, options), code, message);
      });
    }
  });
}

/** What card, record and terminal say of an approved transaction. */
export interface Said {
  amount?: v1.Answer.$Properties['amount'];
  parts: Parts;
  balances: Balances;
}

/** Changes what all of them say of the approved transaction with this index. */
export function restate({ journal }: StatedSystem, index: number, change: (said: Said) => void): void {
  const card = journal.find('cardMoved')[index]!;
  const { id } = card.asked!;
  const closed = journal
    .find('transactionClosed')
    .find((each) => each.id!.terminal === id!.terminal && each.id!.number === id!.number);
  change(card.answer as Said);
  change(journal.find('recordMoved')[index] as Said);
  if (closed !== undefined) change(closed.answer as Said);
}

/** Changes what they say of the reversal with this index. */
export function restateReversal(
  { journal }: StatedSystem,
  index: number,
  change: (said: Said) => void,
): void {
  change(journal.find('cardReversed')[index]!.answer as Said);
  change(journal.find('recordReversed')[index] as Said);
  change(journal.find('reversalClosed')[index]!.answer as Said);
}
