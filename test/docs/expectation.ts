/** What stands right of the arrow in an example, compared with the reply and with what card and center hold now. */
import { expect } from 'chai';
import { v1 } from '../../proto/generated/emoney.js';
import type { Reply } from '../actors/registry/world.js';

export interface Seen {
  /** Undefined: nobody was asked anything. */
  readonly reply: Reply | undefined;
  readonly card: v1.CardState.$Properties;
  /** The center's. */
  readonly record: v1.RecordState.$Properties;
  /** By the terminal's own account, and by the center's. */
  readonly columns: (terminal: string) => readonly (readonly v1.BatchTotals.$Properties[])[];
}

type Check = (words: readonly string[], seen: Seen) => void;

const PARTS: Readonly<Record<string, string>> = {
  value: 'value',
  account: 'account',
  loan: 'loan',
  interest: 'interest',
  fare: 'fare',
  restored: 'restoredLoan',
  excess: 'excess',
  'account-as-loan': 'accountAsLoan',
};

const BALANCES: Readonly<Record<string, string>> = {
  SV: 'storedValue',
  L: 'loan',
  I: 'interest',
  U: 'fareOwed',
};

/** By the first word of an item. */
const CHECKS: Readonly<Record<string, Check>> = {
  fits: ([, amount], { reply }) => {
    expect(Number(answerOf(reply).fits ?? acknowledgedOf(reply).fits)).to.equal(Number(amount));
  },
  remainder: ([, amount], { reply }) => {
    expect(Number(answerOf(reply).remainder)).to.equal(Number(amount));
  },
  tries: ([, left], { reply }) => {
    expect(answerOf(reply).triesLeft).to.equal(Number(left));
  },
  why: ([, obstacle], { reply }) => {
    expect(v1.Obstacle[answerOf(reply).obstacle ?? 0]).to.equal(`OBSTACLE_${obstacle}`);
  },
  pending: ([, amount], { card, record }) => {
    for (const { pending } of [card, record]) {
      expect((pending ?? []).reduce((sum, each) => sum + Number(each.amount), 0)).to.equal(Number(amount));
    }
  },
  projected: ([, name = '', amount], { reply }) => {
    expect(balancesOf(acknowledgedOf(reply).projected)[name]).to.equal(Number(amount));
  },
  inside: ([, zone], { card }) => {
    expect(card.inside?.zone).to.equal(zone);
  },
  outside: (_, { card }) => {
    expect(card.inside ?? undefined).to.equal(undefined);
  },
  prohibited: ([, ...reasons], seen) => {
    expectReasons(seen, reasons);
  },
  free: (_, seen) => {
    expectReasons(seen, []);
  },
  ordered: ([, amount], { record }) => {
    expect(sumOf((record.shares ?? []).map(({ ordered }) => ordered))).to.equal(Number(amount));
  },
  batch: ([, open], { reply }) => {
    expect(typeof reply === 'object' ? reply.batchClosed?.openBatch : undefined).to.equal(Number(open));
  },
  alerted: (_, { record }) => {
    expect(record.alerted).to.equal(true);
  },
  closed: (_, { card, record }) => {
    expect([card.closed, record.closed]).to.deep.equal([true, true]);
  },
};

/** Every item must be so. Whatever they say, card and center always hold the same. */
export function check(expected: string, seen: Seen): void {
  expect(balancesOf(seen.card.balances)).to.deep.equal(balancesOf(seen.record.balances));
  for (const item of expected.split(',')) checkItem(item.trim(), seen);
}

function checkItem(item: string, seen: Seen): void {
  const words = item.split(/ +/);
  const [first = '', amount] = words;
  const named = CHECKS[first];
  if (named !== undefined) named(words, seen);
  else if (first in BALANCES) {
    expect(`${first} ${balancesOf(seen.card.balances)[first]}`).to.equal(`${first} ${amount}`);
  } else if (first in PARTS) expect(partsText(answerOf(seen.reply).parts)).to.equal(item);
  else if (/^[A-Z_]+$/.test(first) && words.length === 1) expect(outcomeOf(seen.reply)).to.equal(first);
  else if (/^[TDG]\d$/.test(first)) checkTotals(item.slice(first.length).trim(), seen.columns(first));
  else throw new Error(`${item}: what is that?`);
}

/** `purchases 1 = 2000` or `purchases 1 = value 1200 + loan 800`, on one business date with `of 2024-02-29`. */
function checkTotals(text: string, columns: readonly (readonly v1.BatchTotals.$Properties[])[]): void {
  const match = /^(\S+) (\d+) = (\d+|[a-z].*?)(?: of ([\d-]+))?$/.exec(text);
  if (match === null) throw new Error(`${text}: what is that?`);
  const [, line = '', count, amount = '', date] = match;
  // A terminal's own refusals never reach the center.
  for (const rows of line === 'ownRefusals' ? columns.slice(0, 1) : columns) {
    const counted = rows
      .filter((row) => date === undefined || row.businessDate === Number(date.replaceAll('-', '')))
      .map((row) => row[line as 'purchases'] ?? {});
    expect(`${line} ${sumOf(counted.map((each) => each.count))}`).to.equal(`${line} ${count}`);
    const sum = /^\d/.test(amount)
      ? String(sumOf(counted.map((each) => each.amount)))
      : partsText(sumOfParts(counted.map((each) => each.parts ?? {})));
    expect(sum).to.equal(amount);
  }
}

type Wire = v1.Balances.$Properties['loan'];

function sumOf(amounts: readonly Wire[]): number {
  return amounts.reduce<number>((sum, amount) => sum + Number(amount ?? 0), 0);
}

function sumOfParts(all: readonly v1.Parts.$Properties[]): Record<string, number> {
  const names = Object.values(PARTS) as (keyof v1.Parts.$Properties)[];
  return Object.fromEntries(names.map((name) => [name, sumOf(all.map((parts) => parts[name] as Wire))]));
}

/** `value 1200 + loan 800`: what is not 0, in the order of the names above. */
function partsText(parts: object | null | undefined): string {
  const amounts = new Map(Object.entries(parts ?? {}));
  return Object.entries(PARTS)
    .map(([word, name]) => [word, Number(amounts.get(name) ?? 0)] as const)
    .filter(([, amount]) => amount !== 0)
    .map(([word, amount]) => `${word} ${amount}`)
    .join(' + ');
}

function balancesOf(balances: v1.Balances.$Properties | null | undefined): Record<string, number> {
  const amounts = new Map<string, unknown>(Object.entries(balances ?? {}));
  return Object.fromEntries(
    Object.entries(BALANCES).map(([word, name]) => [word, Number(amounts.get(name) ?? 0)]),
  );
}

function expectReasons({ card, record }: Seen, reasons: readonly string[]): void {
  for (const each of [card, record]) {
    expect((each.reasons ?? []).map((reason) => v1.ProhibitionReason[reason])).to.have.members(
      reasons.map((reason) => `PROHIBITION_REASON_${reason}`),
    );
  }
}

function answerOf(reply: Reply | undefined): v1.Answer.$Properties {
  return typeof reply === 'object' ? (reply.answered?.answer ?? {}) : {};
}

function acknowledgedOf(reply: Reply | undefined): v1.Acknowledged.$Properties {
  return typeof reply === 'object' ? (reply.acknowledged ?? {}) : {};
}

export function outcomeOf(reply: Reply | undefined): string {
  if (reply === undefined) return 'nothing';
  if (typeof reply === 'string') return reply;
  const outcome = reply.answered?.answer?.outcome ?? reply.acknowledged?.outcome ?? 0;
  return (v1.Outcome[outcome] ?? '').replace('OUTCOME_', '');
}
