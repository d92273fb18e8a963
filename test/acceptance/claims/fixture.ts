/** BEHAVIOUR.md's fixture, on a deployment of its own: its terminals, its cards, and what card and center say. */
import { expect } from 'chai';
import type { Parameters } from '../../../actors/money/parameters.js';
import type { CardTerms } from '../../../client/cardTerms.js';
import type { CardView, RecordView } from '../../../client/cardViews.js';
import type { Operator, TerminalTerms } from '../../../client/operator.js';
import type { Balances, Movement, Parts, Reply } from '../../../client/reply.js';
import type { FoundEntry } from '../../../client/search.js';
import type { Terminal } from '../../../client/terminal.js';
import type { BatchTotals, CountedAmount } from '../../../client/totals.js';
import { startSystem, type SystemOptions, type TestSystem } from '../system.js';

/** Of every card. Purchases above CVM_LIMIT need it. */
export const PIN = '2468';
export const WRONG_PIN = '8642';
export const CVM_LIMIT = 3_000;

/** Rate 18.00 %, and the fare from zone A to zone B. */
export const PARAMETERS: Parameters = {
  number: 0,
  effectiveFrom: 20240101,
  ratePpm: 180_000,
  frequency: 'DAILY',
  fares: [{ fromZone: 'A', toZone: 'B', amount: 320 }],
  refundDays: 180,
};

const C1: CardTerms = {
  storedValue: 1_200,
  limit: 10_000,
  storedValueCap: 20_000,
  creditFlag: true,
  account: '0001-000001',
  cvmLimit: CVM_LIMIT,
};

const TERMINALS: Readonly<Record<string, TerminalTerms>> = {
  T1: { role: 'PURCHASE' },
  T2: { role: 'PURCHASE' },
  T3: { role: 'PURCHASE' },
  T4: { role: 'PURCHASE' },
  D1: { role: 'DEPOSIT' },
  G1: { role: 'GATE', zone: 'A' },
  G2: { role: 'GATE', zone: 'B' },
};

const NOTHING_COUNTED: CountedAmount = {
  count: 0,
  amount: 0n,
  value: 0n,
  account: 0n,
  loan: 0n,
  interest: 0n,
  fare: 0n,
  restoredLoan: 0n,
  excess: 0n,
  accountAsLoan: 0n,
};

export class Fixture {
  readonly system: TestSystem;
  readonly operator: Operator;
  readonly #terminals = new Map<string, Terminal>();
  #names = 0;

  private constructor(system: TestSystem, operator: Operator) {
    this.system = system;
    this.operator = operator;
  }

  /** Of the terminals only those that are named are connected. */
  static async start(names: readonly string[], options: SystemOptions = {}): Promise<Fixture> {
    const system = await startSystem({ parameters: PARAMETERS, ...options });
    const fixture = new Fixture(system, await system.operator());
    await Promise.all(
      Object.entries(TERMINALS).map(([id, terms]) => fixture.operator.registerTerminal(id, terms)),
    );
    await Promise.all(names.map(async (id) => fixture.#terminals.set(id, await fixture.system.terminal(id))));
    return fixture;
  }

  async stop(): Promise<void> {
    await this.system.stop();
  }

  /** One of the fixture's that was named at the start. */
  terminal(id: string): Terminal {
    const terminal = this.#terminals.get(id);
    if (terminal === undefined) throw new Error(`terminal ${id} was not asked for`);
    return terminal;
  }

  /** One that has taken nothing yet. */
  async freshTerminal(terms: Partial<TerminalTerms> = {}): Promise<Terminal> {
    const id = this.#name('F');
    await this.operator.registerTerminal(id, { role: 'PURCHASE', ...terms });
    return this.system.terminal(id);
  }

  /** A card like C1, but for these terms. */
  async issue(terms: Partial<CardTerms> = {}, card = this.#name('C')): Promise<string> {
    expect((await this.operator.issueCard(card, { ...C1, ...terms })).outcome).to.equal('APPROVED');
    expect((await this.operator.choosePin(card, PIN)).outcome).to.equal('APPROVED');
    return card;
  }

  /** The card as it is, after the center's record was found to say the same (I3). */
  async card(card: string): Promise<CardView> {
    return (await this.#described(card)).card;
  }

  async record(card: string): Promise<RecordView> {
    return (await this.#described(card)).record;
  }

  async balances(card: string): Promise<Balances> {
    return (await this.card(card)).balances;
  }

  async log(card: string): Promise<readonly Movement[]> {
    return (await this.card(card)).log;
  }

  /** What the center has recorded about a card, newest first. */
  async recorded(card: string): Promise<readonly FoundEntry[]> {
    const { entries, more } = await this.operator.search({ card });
    expect(more, `more entries about ${card}`).to.equal(false);
    return entries;
  }

  /** What a terminal took in its only batch, on one day. Itself and the center must say the same of what reached it. */
  async totals(terminal: string): Promise<BatchTotals> {
    const [own] = await this.operator.describeTerminals([terminal]);
    const [center] = await this.operator.describeTotals([terminal]);
    const reached = (own?.totals ?? []).map((row) => ({ ...row, ownRefusals: NOTHING_COUNTED }));
    expect(center?.totals, `the center's totals of ${terminal}`).to.deep.equal(reached);
    expect(own?.totals, `totals of ${terminal}`).to.have.lengthOf(1);
    return own!.totals[0]!;
  }

  #name(prefix: string): string {
    this.#names += 1;
    return `${prefix}-${String(this.#names)}`;
  }

  async #described(id: string): Promise<{ readonly card: CardView; readonly record: RecordView }> {
    const [description] = await this.operator.describeCards([id]);
    const { card, record } = description ?? {};
    if (card === undefined || record === undefined) throw new Error(`card ${id} is not known`);
    for (const held of ['balances', 'reasons', 'pending', 'policy', 'device', 'active', 'closed'] as const) {
      expect(record[held], `${held} of ${id} at the center`).to.deep.equal(card[held]);
    }
    return { card, record };
  }
}

/** A fixture for the tests of the describe in which it is declared. */
export function useFixture(
  names: readonly string[],
  options: SystemOptions = {},
): { readonly current: Fixture } {
  let fixture: Fixture | undefined;
  before(async () => {
    fixture = await Fixture.start(names, options);
  });
  after(async () => {
    await fixture?.stop();
  });
  return {
    get current() {
      if (fixture === undefined) throw new Error('the fixture is there only while its tests run');
      return fixture;
    },
  };
}

/** The parts that are not 0. */
export function partsOf({ parts }: { readonly parts: Parts }): Partial<Parts> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== 0));
}

/** The balances that are not 0, without the limit. */
export function heldBy({ balances }: { readonly balances: Balances }): Partial<Balances> {
  const { storedValue, loan, interest, fareOwed } = balances;
  const held = { storedValue, loan, interest, fareOwed };
  return Object.fromEntries(Object.entries(held).filter(([, amount]) => amount !== 0));
}

export function outcomes(replies: readonly Reply[]): readonly string[] {
  return replies.map(({ outcome }) => outcome);
}
