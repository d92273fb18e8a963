import { expect } from 'chai';
import pc from 'picocolors';
import type { Explanation } from '../../../../client/explanation.js';
import { replyOf } from '../../../../client/reply.js';
import { explanationText } from '../../../../operator/cli/explain/explanationText.js';
import { v1 } from '../../../../proto/generated/emoney.js';

const plain = pc.createColors(false);

const explained = (reply: v1.Reply.$Properties, change: Partial<Explanation> = {}): Explanation => ({
  outcome: 'APPROVED',
  reply: replyOf(reply),
  acknowledged: undefined,
  steps: [],
  pinNeeded: false,
  recorded: false,
  ...change,
});

describe('an explanation in the terminal', () => {
  it('shows the answer, the split, what is held then, and aligned steps', () => {
    const reply = {
      amount: 2_000,
      parts: { value: 1_200, loan: 800 },
      balances: { loan: 800, limit: 10_000 },
    };
    const steps: Explanation['steps'] = [
      { rule: 'ID', passed: true, facts: { id: 'T1#1#6' }, text: 'The id is new.' },
      {
        rule: 'LOAN_LIMIT',
        passed: false,
        facts: { loan: 0, limit: 10_000 },
        text: 'The loan stays within its limit.',
      },
    ];
    expect(explanationText(explained(reply, { steps, pinNeeded: true }), plain).split('\n')).to.deep.equal([
      'APPROVED  2000 = value 1200 + loan 800',
      'then SV 0, loan 800 of 10000, interest 0, fare owed 0',
      'A PIN has to be entered: this is the answer with the right one.',
      '',
      '  ✔ ID          The id is new.                    id T1#1#6',
      '  ✖ LOAN_LIMIT  The loan stays within its limit.  loan 0, limit 10000',
    ]);
  });

  it('shows no balances of a card that was not looked at, and what else there is to say', () => {
    const text = explanationText(
      explained(
        { amount: 700, fits: 300, remainder: 5, obstacle: v1.Obstacle.OBSTACLE_OWED },
        {
          outcome: 'CAP_EXCEEDED',
          recorded: true,
          steps: [
            {
              rule: 'CLOCK',
              passed: true,
              facts: { now: 0, reasons: '', withheld: false },
              text: 'It is right.',
            },
          ],
        },
      ),
      plain,
    );
    expect(text.split('\n')).to.deep.equal([
      'CAP_EXCEEDED  700',
      'The number was used before: this is its status.',
      'at most 300 would fit',
      'obstacle OWED',
      '5 would stay unpaid',
      '',
      '  ✔ CLOCK  It is right.  now 1970-01-01 00:00:00Z, reasons none, withheld no',
    ]);
  });

  it('shows dates and the minute of a day as such', () => {
    const facts = { expiryDate: 20_260_131, today: 20_260_201, charged: 0, minute: 570, amount: 570 };
    const steps = [{ rule: 'HOURS', passed: true, facts, text: 'It is open.' }] as const;
    expect(explanationText(explained({}, { steps }), plain).split('\n').at(-1)).to.equal(
      '  ✔ HOURS  It is open.  expiryDate 2026-01-31, today 2026-02-01, charged none, minute 09:30, amount 570',
    );
  });

  it('of an operator’s command shows the record after it', () => {
    const acknowledged: Explanation['acknowledged'] = {
      outcome: 'APPROVED',
      version: 3,
      reasons: ['LIMIT'],
      position: 0,
      fits: undefined,
      pending: 100,
      projected: { storedValue: 0, loan: 700, interest: 0, fareOwed: 0, limit: 500 },
      device: 1,
    };
    const change = { reply: undefined, acknowledged };
    expect(explanationText(explained({}, change), plain).split('\n').slice(0, 3)).to.deep.equal([
      'APPROVED',
      'then SV 0, loan 700 of 500, interest 0, fare owed 0, with 100 pending applied',
      'prohibited: LIMIT',
    ]);
  });
});
