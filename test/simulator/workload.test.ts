import { expect } from 'chai';
import { Purse } from '../../simulator/purse.js';
import { Random } from '../../simulator/random.js';
import { CARD } from '../../simulator/terms.js';
import { Workload, type Order } from '../../simulator/workload.js';

function pursesOf(count: number): Purse[] {
  return Array.from({ length: count }, (_, index) => new Purse(`c${index}`, 3_000, 0, CARD.limit));
}

/** What the card would decide, by rules 1, 3 and 4; the purse learns it as from an answer. */
function decide({ kind, purse, amount }: Order, position: number): boolean {
  const { storedValue, loan, limit } = purse;
  const balances = { storedValue, loan, limit, interest: 0, fareOwed: 0 };
  if (kind === 'purchase') {
    const value = Math.min(amount, storedValue);
    if (loan + amount - value > limit) return false;
    purse.learn({ ...balances, storedValue: storedValue - value, loan: loan + amount - value }, position);
  }
  if (kind === 'deposit') {
    const repaid = Math.min(amount, loan);
    if (storedValue + amount - repaid > CARD.cap) return false;
    purse.learn({ ...balances, storedValue: storedValue + amount - repaid, loan: loan - repaid }, position);
  }
  return true;
}

function play(
  seed: number,
  orders: number,
): { sequence: string[]; approved: number; kinds: Map<string, number> } {
  const workload = new Workload(pursesOf(20), new Random(seed));
  const sequence: string[] = [];
  const kinds = new Map<string, number>();
  let approved = 0;
  for (let position = 1; position <= orders; position += 1) {
    const order = workload.next();
    sequence.push(`${order.kind} ${order.purse.card} ${order.amount} ${order.follow}`);
    kinds.set(order.kind, (kinds.get(order.kind) ?? 0) + 1);
    if (decide(order, position)) approved += 1;
  }
  return { sequence, approved, kinds };
}

describe('the workload', () => {
  it('is the same for the same seed and the same answers', () => {
    expect(play(3, 2_000).sequence).to.deep.equal(play(3, 2_000).sequence);
    expect(play(3, 2_000).sequence).not.to.deep.equal(play(4, 2_000).sequence);
  });

  it('stays above 80 % approved for ever, because who runs low makes a deposit', () => {
    const { approved, kinds } = play(1, 100_000);
    expect(approved / 100_000).to.be.greaterThan(0.9);
    expect([...kinds.keys()]).to.have.members(['purchase', 'deposit', 'enquiry']);
  });

  it('has orders beyond the limit, repeats and reversals', () => {
    const workload = new Workload(pursesOf(20), new Random(5));
    const orders = Array.from({ length: 5_000 }, () => workload.next());
    expect(orders.filter(({ overdrawing }) => overdrawing)).not.to.be.empty;
    const follows = new Set(orders.map(({ follow }) => follow));
    expect([...follows]).to.have.members([
      'none',
      'repeatAtOnce',
      'repeatLater',
      'reverseAtOnce',
      'reverseLater',
    ]);
  });

  it('asks for no more than a card can pay while other payments of it are open', () => {
    const purse = new Purse('c', 1_000, 9_500, CARD.limit);
    purse.leaving = 1_400;
    expect(purse.spendable).to.equal(100);
    purse.arriving = 2_000;
    expect(purse.room(CARD.cap)).to.equal(CARD.cap - 1_000 + 9_500 - 2_000);
  });
});
