import { expect } from 'chai';
import { centerLine, openLine, reportedLines, terminalLine } from '../../../gateway/columns/read.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { declined, partsOf, purchase, reported, reversal } from './lines.js';

const { Kind, Outcome } = v1;
const id = { terminal: 'T1', incarnation: 1, number: 7 };
const asked = { id, card: 'C1', kind: Kind.KIND_PURCHASE, amount: 500, batch: 3 };
const transactionOpened = { ...asked, businessDate: 20260105 };
const approved = { outcome: Outcome.OUTCOME_APPROVED, amount: 500, parts: { value: 500 } };

describe('the columns of a batch, read from the journals', () => {
  it('a device reports approved transactions and reversals', () => {
    const [one, other] = reportedLines({
      transactions: [
        { incarnation: 1, number: 7, kind: Kind.KIND_PURCHASE, amount: 500 },
        { incarnation: 1, number: 8, kind: Kind.KIND_PURCHASE, amount: 500, reversal: true },
      ],
    });
    expect(one).to.deep.equal(reported(7));
    expect(other).to.deep.equal(reversal(8, { parts: undefined, card: '', undone: undefined }));
  });

  it('a transaction that was closed is a line of the terminal', () => {
    const closed = (answer: v1.Answer.$Properties) =>
      terminalLine({ opened: { transactionOpened }, event: { transactionClosed: { id, answer } } });
    expect(closed(approved)).to.deep.equal(purchase(7));
    // A partial approval is of less than was asked for: its parts say how much.
    const part = { ...approved, amount: 200, parts: { value: 200 } };
    expect(closed(part)).to.deep.equal(purchase(7, { amount: 200, parts: partsOf({ value: 200 }) }));
    expect(closed({ outcome: Outcome.OUTCOME_CREDIT_LIMIT, amount: 500 })).to.deep.equal(declined(7));
    expect(closed({ outcome: Outcome.OUTCOME_REVERSED })).to.equal(undefined);
  });

  it('a terminal that gave up learns with the reversal what the card had done', () => {
    const reversalOpened = { id, card: 'C1', batch: 4 };
    const ended = (answer: v1.Answer.$Properties) => ({ reversalClosed: { id, answer } });
    const undone = { outcome: Outcome.OUTCOME_REVERSED, amount: 500, parts: { value: 500 } };
    const reversed = (answer: v1.Answer.$Properties) =>
      terminalLine({ opened: { reversalOpened }, event: ended(answer) });
    expect(reversed({ ...undone, original: Outcome.OUTCOME_APPROVED })).to.deep.equal(
      reversal(7, { kind: Kind.KIND_UNSPECIFIED }),
    );
    const nothing = { kind: Kind.KIND_UNSPECIFIED, amount: 0, parts: partsOf({}) };
    const tombstone = { outcome: Outcome.OUTCOME_REVERSED, original: Outcome.OUTCOME_CREDIT_LIMIT };
    expect(reversed(tombstone)).to.deep.equal(reversal(7, { ...nothing, undone: false }));
    const fareOfZero = { ...tombstone, original: Outcome.OUTCOME_APPROVED };
    expect(reversed(fareOfZero)).to.deep.equal(reversal(7, nothing));
    const line = (answer: v1.Answer.$Properties) =>
      terminalLine({ opened: { transactionOpened }, event: ended(answer) });
    const whole = { original: Outcome.OUTCOME_APPROVED, originalParts: { value: 500 } };
    expect(line({ ...undone, amount: 300, ...whole })).to.deep.equal(purchase(7));
    expect(line({ ...undone, amount: 0, original: Outcome.OUTCOME_CREDIT_LIMIT })).to.deep.equal(declined(7));
    // The card had never seen it.
    expect(line({ outcome: Outcome.OUTCOME_REVERSED })).to.equal(undefined);
  });

  it('a terminal’s own refusal is a line of its own', () => {
    const transactionRefused = { opened: transactionOpened, outcome: Outcome.OUTCOME_NOT_PERMITTED };
    expect(terminalLine({ event: { transactionRefused } })).to.deep.equal(
      declined(7, { outcome: Outcome.OUTCOME_NOT_PERMITTED, own: true }),
    );
    expect(terminalLine({ event: { batchSettled: { terminal: 'T1', batch: 3 } } })).to.equal(undefined);
  });

  it('what reached the center is approved, declined or reversed', () => {
    expect(centerLine({ recordMoved: { asked, parts: { value: 500 } } })).to.deep.equal(purchase(7));
    const outcome = Outcome.OUTCOME_CREDIT_LIMIT;
    expect(centerLine({ recordDeclined: { asked, outcome } })).to.deep.equal(declined(7));
    const recordReversed = { asked, amount: 500, parts: { value: 500 }, undone: true };
    expect(centerLine({ recordReversed })).to.deep.equal(reversal(7));
    const tombstone = { asked: { ...asked, kind: Kind.KIND_UNSPECIFIED, amount: 0 } };
    expect(centerLine({ recordReversed: tombstone })).to.deep.equal(
      reversal(7, { kind: Kind.KIND_UNSPECIFIED, amount: 0, parts: partsOf({}), undone: false }),
    );
    expect(centerLine({ recordStored: { card: 'C1' } })).to.equal(undefined);
  });

  it('what is open is a transaction or a reversal', () => {
    const key = { incarnation: 1, number: 7, card: 'C1' };
    expect(openLine({ opened: { transactionOpened } })).to.deep.equal({ ...key, reversal: false });
    expect(openLine({ opened: { reversalOpened: { id, card: 'C1' } } })).to.deep.equal({
      ...key,
      reversal: true,
    });
  });
});
