/** A card and the center's record of it, for people. */
import { owed } from '../../../actors/money/balances.js';
import { CARRY_UNIT } from '../../../actors/money/interest.js';
import { projected } from '../../../actors/money/instruction.js';
import { idText } from '../../../actors/money/idText.js';
import type { CardPolicy, ShareRule } from '../../../client/cardPolicy.js';
import type { AccountShare, CardView, RecordView } from '../../../client/cardViews.js';
import type { Balances, Movement } from '../../../client/reply.js';
import type { Output } from '../output.js';
import { renderFields, renderTable } from '../table.js';
import { counted, dateText, splitText, timeText } from '../text.js';
import { hoursText } from './hours.js';

type Colors = Output['colors'];

/** What both hold together. */
export interface KnownCard {
  readonly id: string;
  readonly card: CardView;
  readonly record: RecordView;
}

/** What an operator asks first, worked out from what both hold. Amounts in minor units. */
export interface Standing {
  readonly owed: number;
  /** limit − loan */
  readonly available: number;
  readonly pending: number;
  /** As if every pending instruction were applied now. */
  readonly projected: Balances;
}

export function standingOf({ card, record }: KnownCard): Standing {
  const { balances } = card;
  const pending = record.pending.map(({ timeMs: time, ...instruction }) => ({ ...instruction, time }));
  return {
    owed: owed(balances),
    available: balances.limit - balances.loan,
    pending: pending.reduce((sum, { amount }) => sum + amount, 0),
    projected: projected(record.balances, pending, record.policy.storedValueCap),
  };
}

export function renderCard(known: KnownCard, colors: Colors): string {
  const { card, record } = known;
  const parts = [renderFields(fieldsOf(known, colors), colors)];
  if (record.pending.length > 0) parts.push(section('PENDING', pendingTable(record, colors), colors));
  if (record.shares.length > 0) parts.push(section('ACCOUNT SHARES', sharesTable(record, colors), colors));
  const log = card.log.length === 0 ? 'no movement yet' : logTable(card.log, colors);
  parts.push(section('LOG', log, colors));
  return parts.join('\n\n');
}

function section(name: string, table: string, { bold }: Colors): string {
  return `${bold(name)}\n${table}`;
}

function fieldsOf(known: KnownCard, colors: Colors): readonly (readonly [string, string])[] {
  const { id, card, record } = known;
  const standing = standingOf(known);
  const { accrual } = record;
  const agree = JSON.stringify(card.balances) === JSON.stringify(record.balances);
  return [
    ['card', `${id}: ${stateText(card, colors)}, device ${card.device}`],
    ['holds', balancesText(card.balances)],
    ['center', agree ? '' : colors.red(`${balancesText(record.balances)}: not what the card holds`)],
    ['owed', String(standing.owed)],
    ['available', `${standing.available} of ${card.balances.limit}`],
    ['pending', standing.pending === 0 ? '' : pendingText(standing)],
    ['prohibited', card.reasons.length === 0 ? 'no' : colors.red(card.reasons.join(', '))],
    ['inside', card.inside === undefined ? '' : insideText(card.inside)],
    ['PIN', card.hasPin ? `${counted(card.triesLeft, 'try', 'tries')} left` : 'none'],
    ...policyFields(record.policy),
    ['interest', accrual === undefined ? '' : accrualText(accrual)],
    [
      'recorded',
      `${record.approvedCount} approved, ${record.declinedCount} declined; version ${record.version}`,
    ],
  ];
}

function stateText({ closed, active }: CardView, { green, yellow, red }: Colors): string {
  if (closed) return red('closed');
  return active ? green('active') : yellow('not active');
}

export function balancesText({ storedValue, loan, interest, fareOwed }: Balances): string {
  return `SV ${storedValue}, loan ${loan}, interest ${interest}, fare owed ${fareOwed}`;
}

function pendingText({ pending, projected: after }: Standing): string {
  return `${pending}; applied now: ${balancesText(after)}`;
}

function insideText({ zone, gate, timeMs }: NonNullable<CardView['inside']>): string {
  return `zone ${zone} since ${timeText(timeMs)}, by ${gate}`;
}

function accrualText({ through, principal, carry, changes }: NonNullable<RecordView['accrual']>): string {
  const fraction = (carry / CARRY_UNIT).toFixed(6);
  const later = changes.map(({ businessDate, amount }) => {
    return `${amount < 0 ? '−' : '+'}${Math.abs(amount)} on ${dateText(businessDate)}`;
  });
  const then = later.length === 0 ? '' : `; then ${later.join(', ')}`;
  return `charged through ${dateText(through)}, principal ${principal}, carried ${fraction}${then}`;
}

function policyFields(policy: CardPolicy): readonly (readonly [string, string])[] {
  const { creditFlag, shareRule, storedValueCap, expiryDate, cvmLimit, zones = [], hours = [] } = policy;
  const needs = [
    cvmLimit === undefined ? '' : `above ${cvmLimit}`,
    policy.pinForDeferral === true ? 'for any deferral' : '',
  ].filter((text) => text !== '');
  return [
    [
      'credit',
      `${creditFlag === true ? 'on' : 'off'}; a due is shared: ${ruleText(shareRule, policy.account)}`,
    ],
    ['cap', storedValueCap === undefined ? '' : String(storedValueCap)],
    ['expires', expiryDate === undefined ? '' : dateText(expiryDate)],
    ['PIN needed', needs.length === 0 ? 'never' : needs.join(', ')],
    ['zones', zones.length === 0 ? '' : zones.join(', ')],
    ['hours', hours.length === 0 ? '' : hoursText(hours)],
  ];
}

function ruleText(rule: ShareRule | undefined, account: string | undefined): string {
  if (rule === undefined || rule.kind === 'ALL_LOAN') return 'all loan';
  const { kind, accountWeight = 0, loanWeight = 0, capTransaction, capDay } = rule;
  const caps = [
    capTransaction === undefined ? '' : `at most ${capTransaction} a payment`,
    capDay === undefined ? '' : `at most ${capDay} a day`,
  ].filter((text) => text !== '');
  const how = {
    ALL_ACCOUNT: 'all account',
    RATIO: `${accountWeight} account : ${loanWeight} loan`,
    WATERFALL: 'account first, the rest loan',
    UNSPECIFIED: 'unknown',
  }[kind];
  const from = account === undefined || account === '' ? '' : ` (account ${account})`;
  return [how, ...caps].join(', ') + from;
}

function pendingTable({ pending }: RecordView, colors: Colors): string {
  const heads = [{ name: 'REFERENCE' }, { name: 'AMOUNT', right: true }, { name: 'RECORDED' }];
  const rows = pending.map(({ reference, amount, timeMs }) => [reference, String(amount), timeText(timeMs)]);
  return renderTable(heads, rows, colors);
}

function sharesTable({ shares }: RecordView, colors: Colors): string {
  const heads = [
    ...[{ name: 'PAYMENT' }, { name: 'DATE' }, { name: 'SHARE', right: true }],
    ...[
      { name: 'GIVEN BACK', right: true },
      { name: 'ORDERED', right: true },
      { name: 'ORDER' },
      { name: '' },
    ],
  ];
  const rows = shares.map((share) => [
    ...[idText(share.id), dateText(share.businessDate), String(share.amount)],
    ...[String(share.givenBack), String(share.ordered), share.order, shareState(share)],
  ]);
  return renderTable(heads, rows, colors);
}

function shareState({ returned, collected, order }: AccountShare): string {
  if (returned) return 'returned: loan now';
  if (collected) return 'paid';
  return order === '' ? 'not ordered yet' : 'ordered';
}

function logTable(log: readonly Movement[], colors: Colors): string {
  const heads = [
    ...[{ name: 'RECEIVED' }, { name: 'ID' }, { name: 'WHAT' }, { name: 'AMOUNT', right: true }],
    ...[
      { name: 'SPLIT' },
      { name: 'SV AFTER', right: true },
      { name: 'LOAN AFTER', right: true },
      { name: '' },
    ],
  ];
  const rows = log.map((movement) => [
    timeText(movement.receiveTimeMs),
    movement.id === undefined ? movement.reference : idText(movement.id),
    `${movement.reversal ? 'reversal of ' : ''}${movement.kind.toLowerCase()}`,
    String(movement.amount),
    splitText(movement.parts),
    String(movement.storedValueAfter),
    String(movement.loanAfter),
    movement.original === undefined ? '' : `of ${idText(movement.original)}`,
  ]);
  return renderTable(heads, rows, colors);
}
