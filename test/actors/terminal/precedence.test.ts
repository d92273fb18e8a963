import { expect } from 'chai';
import { MAX_CLOCK_AHEAD_MS } from '../../../actors/bounds.js';
import type { Outcome } from '../../../actors/money/outcomes.js';
import { type Kind, KINDS, statesAmount } from '../../../actors/money/transaction.js';
import type { TerminalContext } from '../../../actors/terminal/decision.js';
import { TERMINAL_ROLES, type TerminalRole } from '../../../actors/terminal/terminal.js';
import type { Transact } from '../../../actors/terminal/transact.js';
import { idOf, NOON } from '../money/samples.js';
import { hello, LIST, openTerminal, purchase } from './terminals.js';

interface Obstacle {
  readonly outcome: Outcome;
  /** Those that it can stop. */
  readonly kinds: readonly Kind[];
  readonly command?: Partial<Transact>;
  readonly context?: Partial<TerminalContext>;
  readonly role?: TerminalRole;
  readonly listHeld?: false;
}

const asked = KINDS.filter((kind) => kind !== 'STORE');
const withAmount = asked.filter(statesAmount);
const withheld: readonly Kind[] = ['PURCHASE', 'ENTRY', 'UNLOAD'];

/** What each terminal offers. */
const offers: Readonly<Record<TerminalRole, readonly Kind[]>> = {
  PURCHASE: ['PURCHASE', 'REFUND', 'VOID', 'ENQUIRY'],
  DEPOSIT: ['DEPOSIT', 'UNLOAD', 'ENQUIRY'],
  GATE: ['ENTRY', 'FARE', 'VOID', 'ENQUIRY'],
  PHONE: ['ENQUIRY'],
};

const roleOf = (kind: Kind): TerminalRole =>
  TERMINAL_ROLES.find((role) => offers[role].includes(kind)) ?? 'PURCHASE';

/** Rule 17's checks of a terminal in their order: the first that fails is the answer. */
const obstacles: readonly Obstacle[] = [
  { outcome: 'INVALID_AMOUNT', kinds: withAmount, command: { amount: 0 } },
  { outcome: 'WRONG_CURRENCY', kinds: asked, command: { currency: 'USD' } },
  { outcome: 'NOT_PERMITTED', kinds: asked.filter((kind) => kind !== 'ENQUIRY'), role: 'PHONE' },
  { outcome: 'LIST_NOT_HELD', kinds: withheld, listHeld: false },
  { outcome: 'CARD_PROHIBITED', kinds: withheld, context: { prohibitedSince: LIST } },
  {
    outcome: 'CLOCK_AHEAD',
    kinds: asked.filter((kind) => kind !== 'FARE'),
    command: { terminalTime: NOON + MAX_CLOCK_AHEAD_MS + 1 },
  },
];

function tap(kind: Kind, ...inTheWay: readonly Obstacle[]): string {
  const role = inTheWay.find((each) => each.role !== undefined)?.role ?? roleOf(kind);
  const terminal = openTerminal(role);
  const session = inTheWay.some(({ listHeld }) => listHeld === false) ? 2 : 1;
  if (session === 2) terminal.do(hello({ incarnation: 1, nextNumber: 1 }));
  const command = Object.assign({}, ...inTheWay.map((each) => each.command ?? {})) as Partial<Transact>;
  const context = Object.assign(
    {},
    ...inTheWay.map((each) => each.context ?? {}),
  ) as Partial<TerminalContext>;
  const original = kind === 'REFUND' ? idOf(7) : undefined;
  const amount = statesAmount(kind) ? 2_000 : 0;
  return terminal.outcome(purchase(1, { session, kind, amount, original, ...command }), context);
}

describe('a terminal refuses in the order of rule 17; the first check that fails is the answer', () => {
  for (const [place, first] of obstacles.entries()) {
    it(`${first.outcome}, whatever else comes after it`, () => {
      for (const kind of first.kinds) {
        expect(tap(kind, first), kind).to.equal(first.outcome);
        for (const second of obstacles.slice(place + 1)) {
          if (!second.kinds.includes(kind)) continue;
          expect(tap(kind, first, second), `${kind}: before ${second.outcome}`).to.equal(first.outcome);
        }
      }
    });
  }

  it('asks the card about everything else', () => {
    for (const kind of asked) expect(tap(kind), kind).to.equal('wait');
  });

  it('asks the card about an exit whatever the time of the gate', () => {
    const command = { terminalTime: NOON + MAX_CLOCK_AHEAD_MS + 1 };
    expect(tap('FARE', { outcome: 'CLOCK_AHEAD', kinds: ['FARE'], command })).to.equal('wait');
  });

  it('offers what its role is for, and nothing else', () => {
    for (const role of TERMINAL_ROLES) {
      for (const kind of asked) {
        const terminal = openTerminal(role);
        const original = kind === 'REFUND' ? idOf(7) : undefined;
        // A phone asks about its own card.
        const { card, device } = role === 'PHONE' ? terminal.state! : { card: 'C1', device: 1 };
        const amount = statesAmount(kind) ? 2_000 : 0;
        const outcome = terminal.outcome(purchase(1, { kind, amount, original, card, device }));
        expect(outcome, `${kind} at ${role}`).to.equal(
          offers[role].includes(kind) ? 'wait' : 'NOT_PERMITTED',
        );
      }
    }
  });

  it('looks at its list only for what a prohibited card may not do (rule 7)', () => {
    const prohibited: Obstacle = {
      outcome: 'CARD_PROHIBITED',
      kinds: [],
      context: { prohibitedSince: LIST },
    };
    for (const kind of asked) {
      const outcome = tap(kind, prohibited);
      expect(outcome, kind).to.equal(withheld.includes(kind) ? 'CARD_PROHIBITED' : 'wait');
      const unlisted = tap(kind, { ...prohibited, listHeld: false });
      expect(unlisted, kind).to.equal(withheld.includes(kind) ? 'LIST_NOT_HELD' : 'wait');
    }
  });

  it('a phone asks about its own card only, as the device that it is', () => {
    const terminal = openTerminal('PHONE');
    const { card, device } = terminal.state!;
    const enquiry = purchase(1, { kind: 'ENQUIRY', amount: 0, card, device });
    expect(terminal.outcome({ ...enquiry, card: 'C9' })).to.equal('NOT_PERMITTED');
    expect(terminal.outcome({ ...enquiry, id: idOf(2), device: device + 1 })).to.equal('NOT_PERMITTED');
    expect(terminal.outcome({ ...enquiry, id: idOf(3) })).to.equal('wait');
  });
});
