/** Rule 17, the terminal's part: what it may open, and whether its own refusals follow. */
import { MAX_CLOCK_AHEAD_MS } from '../../../actors/bounds.js';
import { Kind, kindName, Outcome, outcomeName, Role } from '../codes.js';
import type { Findings } from '../findings.js';
import type { TerminalBook } from '../terminalBook.js';
import type { Opened } from '../wire/asked.js';
import type { Version } from '../wire/basics.js';

/** Which terminals offer what; an enquiry all of them. */
const ROLES: ReadonlyMap<number, readonly number[]> = new Map([
  [Kind.purchase, [Role.purchase]],
  [Kind.refund, [Role.purchase]],
  // Of a purchase or of a fare, where it was paid.
  [Kind.void, [Role.purchase, Role.gate]],
  [Kind.deposit, [Role.deposit]],
  [Kind.unload, [Role.deposit]],
  [Kind.entry, [Role.gate]],
  [Kind.fare, [Role.gate]],
  [Kind.enquiry, [Role.purchase, Role.deposit, Role.gate, Role.phone]],
]);

/** Kinds whose amount the terminal states. */
const STATES_AMOUNT: readonly number[] = [Kind.purchase, Kind.deposit, Kind.refund];
/** What rule 7 refuses to prohibited cards: only for these the list counts. */
const WITHHELD: readonly number[] = [Kind.purchase, Kind.entry, Kind.unload];

export function isAhead(terminalTime: number, receiveTime: number): boolean {
  return terminalTime > receiveTime + MAX_CLOCK_AHEAD_MS;
}

/** Rule 14: whoever is inside gets out, whatever the gate's clock says. */
function needsClock(kind: number): boolean {
  return kind !== Kind.fare;
}

/** Only a gate has a zone, only a phone a card. */
export function checkRegistered(findings: Findings, { role, zone, card, device }: TerminalBook): void {
  const gate = role === Role.gate;
  findings.holds('RULE', gate === (zone !== ''), () => `role ${role ?? 0} with the zone '${zone}'`);
  const phone = role === Role.phone;
  const own = phone === (card !== '') && phone === device > 0;
  findings.holds('RULE', own, () => `role ${role ?? 0} with the card '${card}' and device ${device}`);
}

/** A phone asks about its own card, as the device that it is. */
function offers({ role, card, device }: TerminalBook, opened: Opened): boolean {
  if (role === undefined) return true;
  const own = role !== Role.phone || (opened.card === card && opened.device === device);
  return own && ROLES.get(opened.kind)?.includes(role) === true;
}

export function checkList(findings: Findings, terminal: TerminalBook, { list }: Opened): void {
  findings.same('I6', 'list version', versionText(terminal.list), versionText(list));
}

export function checkOpened(findings: Findings, terminal: TerminalBook, opened: Opened): void {
  const { kind, list } = opened;
  const what = (): string =>
    terminal.role === Role.phone && kind === Kind.enquiry
      ? `a phone of ${terminal.card} asks about ${opened.card}`
      : `role ${terminal.role ?? 0} does not offer a ${kindName(kind)}`;
  findings.holds('RULE', offers(terminal, opened), what);
  const ahead = needsClock(kind) && isAhead(opened.terminalTime, opened.openedTime);
  findings.holds('RULE', !ahead, () => 'opened although its clock is ahead');
  const held = list !== undefined || !WITHHELD.includes(kind);
  findings.holds('I6', held, () => `a ${kindName(kind)} opened by a terminal that holds no list`);
}

/** What the journal tells of the reason. */
export function checkRefused(
  findings: Findings,
  terminal: TerminalBook,
  opened: Opened,
  outcome: number,
): void {
  const what = (): string =>
    `the terminal refused with ${outcomeName(outcome)}, for which there is no reason`;
  findings.holds('RULE', isJustified(terminal, opened, outcome), what);
}

function isJustified(terminal: TerminalBook, opened: Opened, outcome: number): boolean {
  const { kind, amount, list, terminalTime, openedTime } = opened;
  switch (outcome) {
    case Outcome.invalidAmount:
      // It is recorded without an amount.
      return STATES_AMOUNT.includes(kind) && amount === 0;
    case Outcome.wrongCurrency:
      // The currency is not.
      return true;
    case Outcome.notPermitted:
      return !offers(terminal, opened);
    case Outcome.listNotHeld:
      return WITHHELD.includes(kind) && list === undefined;
    case Outcome.cardProhibited:
      return WITHHELD.includes(kind) && list !== undefined;
    case Outcome.clockAhead:
      return needsClock(kind) && isAhead(terminalTime, openedTime);
    default:
      return false;
  }
}

function versionText(version: Version | undefined): string {
  return version === undefined ? 'none' : `${version.incarnation}/${version.sequence}`;
}
