/** What happened, by the part of the day in which it began. */
import type { Reply } from '../../client/index.js';
import { PART_NAMES, type ActivityName, type PartName } from './day.js';
import type { TapKind } from './judge.js';

/** Minor units. */
export const FLOWS = [
  'value',
  'account',
  'loan',
  'uncollected',
  'deposited',
  'repaid',
  'interestPaid',
  'farePaid',
  'givenBack',
  'stored',
  'paidOut',
] as const;
export type FlowName = (typeof FLOWS)[number];

/** One part of the day, over all days. */
export class PartTally {
  /** Answered commands of terminals and phones: approved + declined. */
  orders = 0;
  approved = 0;
  reversals = 0;
  readonly declined = new Map<string, number>();
  readonly kinds = new Map<string, number>();
  readonly activities = new Map<ActivityName, number>();
  readonly money = new Map<FlowName, number>();
  /** Answered commands of operators, by name. */
  readonly operators = new Map<string, number>();

  answered(kind: TapKind, reply: Reply): void {
    this.orders += 1;
    add(this.kinds, kind, 1);
    if (reply.outcome !== 'APPROVED') {
      add(this.declined, reply.outcome, 1);
      return;
    }
    this.approved += 1;
    for (const [flow, amount] of flowsOf(kind, reply)) this.moved(flow, amount);
  }

  reversed({ amount }: Reply): void {
    this.reversals += 1;
    this.moved('givenBack', Number(amount));
  }

  moved(flow: FlowName, amount: number): void {
    if (amount > 0) add(this.money, flow, amount);
  }

  began(activity: ActivityName): void {
    add(this.activities, activity, 1);
  }

  operated(name: string): void {
    add(this.operators, name, 1);
  }
}

function flowsOf(kind: TapKind, { amount, parts }: Reply): readonly (readonly [FlowName, number])[] {
  switch (kind) {
    case 'purchase':
    case 'exit':
      return [
        ['value', parts.value],
        ['account', parts.account],
        ['loan', parts.loan],
        ['uncollected', parts.fare],
      ];
    case 'deposit':
      return [
        ['deposited', Number(amount)],
        ['repaid', parts.loan],
        ['interestPaid', parts.interest],
        ['farePaid', parts.fare],
      ];
    case 'refund':
    case 'void':
      return [['givenBack', Number(amount)]];
    case 'unload':
      return [['paidOut', Number(amount)]];
    case 'entry':
    case 'enquiry':
      return [];
  }
}

export class DayTable {
  readonly parts: Readonly<Record<PartName, PartTally>> = {
    morning: new PartTally(),
    noon: new PartTally(),
    evening: new PartTally(),
    night: new PartTally(),
  };

  /** Sum over the parts of the day. */
  sumOf(counted: (part: PartTally) => ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const name of PART_NAMES) {
      for (const [key, count] of counted(this.parts[name])) add(sums, key, count);
    }
    return sums;
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
