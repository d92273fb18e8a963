import { expect } from 'chai';
import type { Filing } from '../../../actors/history/ports.js';
import { fileEvent } from '../../../actors/registry/history.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { GuardError } from '../../../proto/guard.js';

const { Matter } = v1;
const id = { terminal: 'till-ä', incarnation: 300, number: 2 ** 40 + 7 };
const about = {
  id,
  card: 'card-ö',
  kind: v1.Kind.KIND_PURCHASE,
  amount: 2_000,
  batch: 129,
  businessDate: 20260105,
};
const answer = { outcome: v1.Outcome.OUTCOME_APPROVED, amount: 2_000, position: 12 };

function filed(event: v1.Event.$Properties): unknown {
  const filing = fileEvent(v1.Event.encode(event).finish());
  return filing === undefined ? undefined : plain(filing);
}

/** Without its matters, unless there are some, and without what it says of money. */
function plain({ card, terminal, matters, standing: _standing, count: _count, ...rest }: Filing): unknown {
  const listed = matters.map(({ name, ...matter }) => ({ ...matter, name: Buffer.from(name).toString() }));
  return {
    ...rest,
    ...(listed.length === 0 ? {} : { matters: listed }),
    card: Buffer.from(card, 'latin1').toString(),
    terminal: Buffer.from(terminal, 'latin1').toString(),
  };
}

const ofId = { terminal: id.terminal, incarnation: id.incarnation, number: id.number };
const nobody = { terminal: '', incarnation: 0, number: 0 };

describe('what a history knows of the events', () => {
  const entries: readonly v1.Event.$Properties[] = [
    { recordMoved: { asked: about, parts: { value: 1 }, receiveTimeMs: 5 } },
    { recordDeclined: { asked: about, outcome: v1.Outcome.OUTCOME_CREDIT_LIMIT } },
    { recordReversed: { asked: about, amount: 2_000 } },
  ];

  it('files what reached the center by id, card, terminal and batch', () => {
    for (const event of entries) {
      const expected = { role: 'entry', lines: [], ...ofId, card: 'card-ö', batch: 129 };
      expect(filed(event)).to.deep.equal(expected);
    }
  });

  it('files what no terminal asked for by its card, a returned collection by its transaction too', () => {
    const expected = { role: 'entry', lines: [], ...nobody, card: 'C', batch: 0 };
    expect(filed({ recordAdjusted: { card: 'C', reference: 'r' } })).to.deep.equal(expected);
    expect(filed({ recordInterestPosted: { card: 'C', amount: 5 } })).to.deep.equal(expected);
  });

  it('lists a collection order in its settlement for ever, and a debit until the bank has ended it', () => {
    const order = { card: 'C', order: '7-0-12-0', settlement: 7, transaction: id, amount: 5 };
    const entry = { role: 'entry', lines: [], ...ofId, card: 'C', batch: 0 };
    const inSettlement = { list: Matter.MATTER_ORDERED, part: 7, name: '7-0-12-0', listed: true };
    const open = { list: Matter.MATTER_COLLECTION, part: 0, name: '7-0-12-0', listed: true };
    expect(filed({ recordCollectionOrdered: order })).to.deep.equal({
      ...entry,
      matters: [inSettlement, open],
    });
    expect(filed({ recordCollectionOrdered: { ...order, credit: true } })).to.deep.equal({
      ...entry,
      matters: [inSettlement],
    });
    const ended = { ...open, listed: false };
    const returned = { card: 'C', order: '7-0-12-0', transaction: id };
    expect(filed({ recordCollectionReturned: returned })).to.deep.equal({ ...entry, matters: [ended] });
    const confirmed = { card: 'C', order: '7-0-12-0' };
    expect(filed({ recordCollectionConfirmed: confirmed })).to.deep.equal({
      ...{ role: 'matter', lines: [], ...nobody, card: '', batch: 0 },
      matters: [ended],
    });
  });

  it('lists a store instruction until it is applied or cancelled, and an alert until it is over', () => {
    const ofNobody = { lines: [], ...nobody, batch: 0 };
    const matterOnly = { role: 'matter', card: '', ...ofNobody };
    const pending = { list: Matter.MATTER_INSTRUCTION, part: 0, name: 'C\0r', listed: true };
    const ended = { ...pending, listed: false };
    const instruction = { reference: 'r', amount: 5 };
    const instructed = { card: 'C', instruction, note: 'n' };
    expect(filed({ recordInstructed: instructed })).to.deep.equal({ ...matterOnly, matters: [pending] });
    const cancelled = { card: 'C', reference: 'r' };
    expect(filed({ recordInstructionCancelled: cancelled })).to.deep.equal({
      ...matterOnly,
      matters: [ended],
    });
    expect(filed({ recordStored: { card: 'C', instruction } })).to.deep.equal({
      ...{ role: 'entry', card: 'C', ...ofNobody },
      matters: [ended],
    });
    const alert = { list: Matter.MATTER_ALERT, part: 0, name: 'C', listed: true };
    expect(filed({ recordAlerted: { card: 'C', above: true, owed: 8, limit: 10 } })).to.deep.equal({
      ...matterOnly,
      matters: [alert],
    });
    expect(filed({ recordAlerted: { card: 'C', owed: 7, limit: 10 } })).to.deep.equal({
      ...matterOnly,
      matters: [{ ...alert, listed: false }],
    });
  });

  it('lists a registered terminal for ever, by its name', () => {
    const role = v1.TerminalRole.TERMINAL_ROLE_PHONE;
    expect(filed({ terminalRegistered: { terminal: 'till-ä', role, card: 'C', device: 2 } })).to.deep.equal({
      ...{ role: 'matter', card: '', lines: [], ...nobody, batch: 0 },
      matters: [{ list: Matter.MATTER_TERMINAL, part: 0, name: 'till-ä', listed: true }],
    });
  });

  it('lists a prohibited card until it is free', () => {
    const reasons = [
      v1.ProhibitionReason.PROHIBITION_REASON_LIMIT,
      v1.ProhibitionReason.PROHIBITION_REASON_LOST,
    ];
    const prohibition = { list: Matter.MATTER_PROHIBITION, part: 0, name: 'C', listed: true };
    const matterOnly = { role: 'matter', card: '', lines: [], ...nobody, batch: 0 };
    expect(filed({ recordProhibitionChanged: { card: 'C', reasons, position: 7 } })).to.deep.equal({
      ...matterOnly,
      matters: [prohibition],
    });
    expect(filed({ recordProhibitionChanged: { card: 'C', reasons: [], position: 8 } })).to.deep.equal({
      ...matterOnly,
      matters: [{ ...prohibition, listed: false }],
    });
  });

  describe('of balances', () => {
    const balances = { storedValue: 5, loan: 700, interest: 30, fareOwed: 2, limit: 10_000 };

    /** Undefined: nothing is kept. */
    function standing(event: v1.Event.$Properties): unknown {
      const kept = fileEvent(v1.Event.encode(event).finish())?.standing;
      if (kept === undefined) return undefined;
      const { name, whole, value } = kept;
      const { loan, interest, fareOwed, limit } = v1.Balances.decode(value);
      const amounts = { loan, interest, fareOwed, limit };
      const numbers = Object.entries(amounts).map(([field, amount]) => [field, Number(amount)] as const);
      return { name: Buffer.from(name).toString(), whole, ...Object.fromEntries(numbers) };
    }

    const { storedValue: _storedValue, ...owing } = balances;
    const whole = { name: 'card-ö', whole: true, ...owing };

    it('keeps them where anything but stored value has moved', () => {
      const moved = (parts: v1.Parts.$Properties) =>
        standing({ recordMoved: { asked: about, parts, balances } });
      expect(moved({ value: 2_000 })).to.equal(undefined);
      expect(moved({})).to.equal(undefined);
      for (const part of ['account', 'loan', 'interest', 'fare', 'restoredLoan', 'excess', 'accountAsLoan'])
        expect(moved({ value: 2_000, [part]: 1 }), part).to.deep.equal(whole);
      expect(standing({ recordReversed: { asked: about, balances } })).to.deep.equal(whole);
      expect(standing({ recordReversed: { asked: about } }), 'no such card').to.equal(undefined);
      expect(standing({ recordDeclined: { asked: about } })).to.equal(undefined);
      const card = 'card-ö';
      for (const name of [
        'recordStored',
        'recordAdjusted',
        'recordInterestPosted',
        'recordCollectionReturned',
      ])
        expect(standing({ [name]: { card, balances } }), name).to.deep.equal(whole);
    });

    it('keeps those of an opening where something is owed, and a new limit alone', () => {
      const card = 'card-ö';
      const terms = { storedValue: 5, loan: 700, interest: 30, fareOwed: 2, limit: 10_000 };
      expect(standing({ recordOpened: { card, terms } })).to.deep.equal(whole);
      expect(standing({ recordOpened: { card, terms: { storedValue: 5, limit: 9 } } })).to.equal(undefined);
      const limit = standing({ recordLimitChanged: { card, limit: 40, previousLimit: 30 } });
      expect(limit).to.deep.include({ name: card, whole: false, limit: 40 });
    });
  });

  it('counts by date and terminal; slots are stored, so that they stay where they are', () => {
    const counted = (event: v1.Event.$Properties): unknown => {
      const { name, adds } = fileEvent(v1.Event.encode(event).finish())?.count ?? {};
      if (name === undefined) return undefined;
      const bytes = Buffer.from(name, 'latin1');
      return [bytes.readUInt32BE(0), bytes.toString('utf8', 4), ...(adds ?? [])];
    };
    const row = [20260105, 'till-ä'];
    const parts = { value: 1_200, loan: 800, excess: 3 };
    const moved = (kind: v1.Kind) => counted({ recordMoved: { asked: { ...about, kind }, parts } });
    const { Kind } = v1;
    const money = (slot: number) => [
      ...row,
      slot,
      1,
      slot + 1,
      2_000,
      slot + 2,
      1_200,
      slot + 4,
      800,
      slot + 8,
      3,
    ];
    expect(moved(Kind.KIND_PURCHASE)).to.deep.equal(money(0));
    expect(moved(Kind.KIND_DEPOSIT)).to.deep.equal(money(10));
    expect(moved(Kind.KIND_UNLOAD)).to.deep.equal(money(50));
    expect(moved(Kind.KIND_ENQUIRY)).to.deep.equal([...row, 140, 1]);
    expect(moved(Kind.KIND_ENTRY)).to.deep.equal([...row, 141, 1]);
    const recordReversed = { asked: about, parts, amount: 2_000, undone: true };
    expect(counted({ recordReversed })).to.deep.equal(money(60));
    const nothing = { ...recordReversed, parts: {}, amount: 0 };
    expect(counted({ recordReversed: nothing }), 'of 0').to.deep.equal([...row, 60, 1, 61, 0]);
    expect(counted({ recordReversed: { asked: about } }), 'a tombstone').to.equal(undefined);
    expect(counted({ recordDeclined: { asked: about } })).to.deep.equal([...row, 120, 1, 121, 2_000]);
    expect(counted({ transactionRefused: { opened: about } })).to.deep.equal([...row, 130, 1, 131, 2_000]);
    const recordAdjusted = { card: 'C', adjustment: { loan: -5, interest: 2 }, businessDate: 20260105 };
    expect(counted({ recordAdjusted })).to.deep.equal([20260105, '', 202, 1, 203, -3, 206, -5, 207, 2]);
  });

  it('files what the device reported, and what became of the batch, as lines by themselves', () => {
    const line = { role: 'line', lines: [], ...nobody, card: '', terminal: 'till-ä', batch: 129 };
    const of = { terminal: 'till-ä', batch: 129 };
    const transactions = [{ incarnation: 300, number: 7, amount: 5 }];
    expect(filed({ batchReported: { ...of, transactions } })).to.deep.equal(line);
    expect(filed({ batchClosing: { ...of, timeMs: 5, device: { batch: 1 } } })).to.deep.equal(line);
    expect(filed({ batchSettled: { ...of, timeMs: 5, own: { batch: 1 } } })).to.deep.equal(line);
  });

  it('files a terminal’s own refusals as entries and as lines of its column', () => {
    const expected = { role: 'refusal', lines: [], ...ofId, card: 'card-ö', batch: 129 };
    const outcome = v1.Outcome.OUTCOME_NOT_PERMITTED;
    expect(filed({ transactionRefused: { opened: { ...about, timeMs: 5 }, outcome } })).to.deep.equal(
      expected,
    );
  });

  it('knows what opens and what closes a line of the column', () => {
    const opening = { role: 'opening', ...ofId, card: '', batch: 129 };
    const closing = { role: 'closing', ...ofId, card: '', batch: 0 };
    expect(filed({ transactionOpened: { ...about, timeMs: 5 } })).to.deep.equal({ ...opening, lines: [0] });
    expect(filed({ transactionClosed: { id, answer } })).to.deep.equal({ ...closing, lines: [0] });
    expect(filed({ reversalOpened: { id, card: 'C', batch: 129 } })).to.deep.equal({
      ...opening,
      lines: [1],
    });
    expect(filed({ reversalClosed: { id, answer } })).to.deep.equal({ ...closing, lines: [1, 0] });
  });

  it('leaves out what nobody searches for', () => {
    expect(filed({ cardMoved: { asked: about, answer } })).to.equal(undefined);
    expect(filed({ recordPolicyChanged: { card: 'C' } })).to.equal(undefined);
    expect(filed({ sessionOpened: { terminal: 'T' } })).to.equal(undefined);
  });

  it('finds the fields wherever they stand, among others that it does not know', () => {
    const card = Buffer.from([0x12, 1, 0x43]);
    const batch = Buffer.from([0x30, 7]);
    const number = Buffer.from([0x18, 9]);
    const terminal = Buffer.from([0x0a, 1, 0x54]);
    const fixed = Buffer.from([0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8, 0xfd, 0x07, 1, 2, 3, 4]);
    const inner = Buffer.concat([number, terminal]);
    const asked = Buffer.concat([batch, fixed, card, Buffer.from([0x0a, inner.length]), inner]);
    const body = Buffer.concat([Buffer.from([0x22, 0, 0x0a, asked.length]), asked]);
    const event = Buffer.concat([Buffer.from([0xaa, 0x01, body.length]), body]);
    const expected = { terminal: 'T', incarnation: 0, number: 9, card: 'C', batch: 7 };
    expect(plain(fileEvent(event)!)).to.deep.equal({ role: 'entry', lines: [], ...expected });
  });

  it('refuses bytes that break off', () => {
    const bytes = v1.Event.encode(entries[0]!).finish();
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => fileEvent(bytes.slice(0, length)), String(length)).to.throw(GuardError);
    }
  });

  it('reads the fields of every event that it files from the generated code’s own numbers', () => {
    const fields = Object.keys(v1.Event.prototype).filter((name) =>
      /^(record|transaction|reversal|batch)/.test(name),
    );
    const known = fields.filter((name) => filed({ [name]: {} }) !== undefined);
    expect(known).to.have.members([
      ...['recordMoved', 'recordDeclined', 'recordReversed', 'recordStored', 'recordAdjusted'],
      ...['recordInterestPosted', 'recordCollectionReturned', 'recordCollectionOrdered'],
      ...['recordInstructed', 'recordInstructionCancelled', 'recordCollectionConfirmed', 'recordAlerted'],
      ...['recordProhibitionChanged', 'recordOpened', 'recordLimitChanged'],
      ...['batchReported', 'batchClosing', 'batchSettled'],
      ...['transactionOpened', 'transactionClosed', 'transactionRefused', 'reversalOpened', 'reversalClosed'],
    ]);
  });
});
