/** Cards and terminals of a world: few, so that they meet often; of every kind, so that every rule is met. */
import { v1 } from '../../proto/generated/emoney.js';
import type { Random } from '../random.js';
import type { Body } from './session.js';

export interface CardSetting {
  readonly card: string;
  readonly pin: string;
  readonly body: Body;
}

export interface TerminalSetting {
  readonly terminal: string;
  readonly role: 'PURCHASE' | 'DEPOSIT' | 'GATE' | 'PHONE';
  /** A phone's; empty for any other. */
  readonly card: string;
  readonly body: Body;
}

export interface Population {
  readonly cards: readonly CardSetting[];
  readonly terminals: readonly TerminalSetting[];
}

const CARDS = 18;
const TILLS = 5;
const DEPOSITS = 2;
const GATES = 2;
/** Of the first cards, which are prohibited most. */
const PHONES = 2;
/** Issued before they are active. */
const INACTIVE_FROM = 17;
const LIMIT = 10_000;
const CVM_LIMIT = 3_000;

export function populate(random: Random): Population {
  const cards = Array.from({ length: CARDS }, (_, index) => cardOf(random, index));
  const terminals: TerminalSetting[] = [];
  for (let index = 0; index < TILLS; index += 1)
    terminals.push(terminalOf(`till-${index}`, 'PURCHASE', index > 0));
  for (let index = 0; index < DEPOSITS; index += 1)
    terminals.push(terminalOf(`deposit-${index}`, 'DEPOSIT', true));
  for (let index = 0; index < GATES; index += 1) {
    terminals.push(terminalOf(`gate-${index}`, 'GATE', true, index === 0 ? 'A' : 'B'));
  }
  for (let index = 0; index < PHONES; index += 1) terminals.push(phoneOf(index));
  return { cards, terminals };
}

function cardOf(random: Random, index: number): CardSetting {
  const card = `card-${index}`;
  const pin = index % 4 === 3 ? '2468' : '';
  const terms: v1.CardTerms.$Properties = {
    storedValue: random.integer(0, 6_000),
    loan: index % 7 === 6 ? 9_500 : 0,
    interest: 0,
    fareOwed: 0,
    limit: LIMIT,
    active: index < INACTIVE_FROM,
    policy: policyOf(index, index % 9 !== 8),
  };
  return { card, pin, body: { issueCard: { card, terms } } };
}

/** Of the card of that index. */
export function policyOf(index: number, creditFlag: boolean): v1.CardPolicy.$Properties {
  return {
    creditFlag,
    shareRule: shareRuleOf(index),
    account: index % 3 === 1 || index % 6 === 2 ? 'account' : '',
    ...(index % 5 === 4 ? { storedValueCap: 20_000 } : {}),
    ...(index % 4 === 3 ? { cvmLimit: CVM_LIMIT } : {}),
  };
}

function shareRuleOf(index: number): v1.ShareRule.$Properties {
  const { ShareKind } = v1;
  if (index % 3 === 1) return { kind: ShareKind.SHARE_KIND_ALL_ACCOUNT, capDay: 30_000 };
  if (index % 6 === 2) return { kind: ShareKind.SHARE_KIND_RATIO, accountWeight: 60, loanWeight: 40 };
  return { kind: ShareKind.SHARE_KIND_ALL_LOAN };
}

function terminalOf(
  terminal: string,
  name: TerminalSetting['role'],
  mayDefer: boolean,
  zone = '',
): TerminalSetting {
  const role = v1.TerminalRole[`TERMINAL_ROLE_${name}`];
  return {
    terminal,
    role: name,
    card: '',
    body: { registerTerminal: { terminal, role, mayDefer, zone, card: '', device: 0 } },
  };
}

function phoneOf(index: number): TerminalSetting {
  const [terminal, card] = [`phone-${index}`, `card-${index}`];
  const role = v1.TerminalRole.TERMINAL_ROLE_PHONE;
  return {
    terminal,
    role: 'PHONE',
    card,
    body: { registerTerminal: { terminal, role, mayDefer: false, zone: '', card, device: 1 } },
  };
}
