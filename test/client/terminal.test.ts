import { expect } from 'chai';
import {
  connectTerminal,
  ConnectionLostError,
  RejectedError,
  type Reply,
  type Terminal,
} from '../../client/index.js';
import { v1 } from '../../proto/generated/emoney.js';
import { GuardError } from '../../proto/guard.js';
import { defaultResponder, type ReceivedCommand } from '../gateway/fakePartitions.js';
import { startTestGateway, turn, type TestGateway } from '../gateway/harness.js';

const { Rejection, Outcome } = v1;

describe('client: terminal', () => {
  let test: TestGateway;
  const terminals: Terminal[] = [];
  beforeEach(async () => {
    test = await startTestGateway();
  });
  afterEach(async () => {
    for (const terminal of terminals.splice(0)) terminal.terminate();
    await test.close();
  });

  async function connect(options: Partial<Parameters<typeof connectTerminal>[0]> = {}): Promise<Terminal> {
    const terminal = await connectTerminal({ url: test.gateway.url, terminal: 'T1', ...options });
    terminals.push(terminal);
    return terminal;
  }

  const transacts = () => test.partitions.received.flatMap(({ command }) => command.transact ?? []);
  const held = () => test.partitions.received.flatMap(({ command }) => command.holdList ?? []);

  it('may sell once it is welcomed and has acknowledged its list; answers are plain', async () => {
    const terminal = await connect();
    expect(held()).to.have.length(1);
    const reply = await terminal.purchase({ card: 'C1', amount: 500, timeMs: 1_700_000_000_000 });
    expect(reply).to.deep.include({
      id: { terminal: 'T1', incarnation: 7, number: 1 },
      kind: 'PURCHASE',
      card: 'C1',
      outcome: 'APPROVED',
      amount: 500,
      available: 9_200,
      creditFlag: true,
      fits: undefined,
      position: 99,
      retryable: false,
      text: 'Approved.',
    });
    expect(reply.balances).to.include({ storedValue: 1_200, loan: 800, limit: 10_000 });
    expect(Number(transacts()[0]?.terminalTimeMs)).to.equal(1_700_000_000_000);
  });

  it('connects to the http address too', async () => {
    expect((await connect({ url: test.http })).id).to.equal('T1');
  });

  it('deposits, enquires, reverses and asks for outcomes', async () => {
    const terminal = await connect();
    expect((await terminal.deposit({ card: 'C1', amount: 5 })).kind).to.equal('DEPOSIT');
    expect((await terminal.enquiry({ card: 'C1' })).kind).to.equal('ENQUIRY');
    expect((await terminal.reverse({ card: 'C1', number: 1 })).outcome).to.equal('REVERSED');
    expect((await terminal.outcome({ number: 1 })).outcome).to.equal('REVERSED');
  });

  it('pays in part, with a PIN, and by the device that was presented', async () => {
    const terminal = await connect();
    await terminal.purchase({ card: 'C1', amount: 5, partial: true, device: 2, pin: '4711' });
    expect(transacts()[0]).to.include({ partial: true, device: 2 });
    expect(transacts()[0]?.pinHash).to.have.length(16);
    await terminal.enquiry({ card: 'C1', device: 3, pin: '4711' });
    expect(transacts()[1]?.pinHash).to.deep.equal(transacts()[0]?.pinHash);
    await terminal.purchase({ card: 'C1', amount: 5 });
    expect(transacts()[2]).to.include({ partial: false, device: 0 });
    const error: unknown = await terminal
      .purchase({ card: 'C1', amount: 5, pin: '47-11' })
      .catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'MALFORMED' });
    expect(String(error)).to.not.contain('47-11');
  });

  it('refunds, voids, unloads, enters and leaves', async () => {
    const terminal = await connect();
    const { id: original } = await terminal.purchase({ card: 'C1', amount: 5 });
    expect((await terminal.refund({ card: 'C1', amount: 3, original })).kind).to.equal('REFUND');
    expect((await terminal.void({ card: 'C1' })).kind).to.equal('VOID');
    expect((await terminal.void({ card: 'C1', original })).kind).to.equal('VOID');
    expect((await terminal.unload({ card: 'C1' })).kind).to.equal('UNLOAD');
    expect((await terminal.entry({ card: 'C1' })).kind).to.equal('ENTRY');
    const exit = await terminal.exit({ card: 'C1', device: 2, number: 40, timeMs: 1_700_000_000_000 });
    expect(exit).to.deep.include({ kind: 'FARE', id: { ...original, number: 40 } });
    const said = transacts().slice(1);
    expect(
      said.map((each) => (each.original == null ? undefined : Number(each.original.number))),
    ).to.deep.equal([1, undefined, 1, undefined, undefined, undefined]);
    expect(said.map(({ id }) => Number(id?.number))).to.deep.equal([2, 3, 4, 5, 6, 40]);
    expect(Number(said.at(-1)?.terminalTimeMs)).to.equal(1_700_000_000_000);
    expect(terminal.openNumbers).to.deep.equal([]);
  });

  it('is told the remainder, about the PIN, what stands in the way, what is pending and where the card is', async () => {
    const terminal = await connect();
    const inside = { zone: 'A', gate: 'G1', timeMs: 9 };
    test.partitions.respond = () => ({
      answered: {
        id: { terminal: 'T1', incarnation: 7, number: 1 },
        answer: {
          ...{ outcome: Outcome.OUTCOME_CLOSE_NOT_POSSIBLE, obstacle: v1.Obstacle.OBSTACLE_PENDING },
          ...{ remainder: 800, pinVerified: true, triesLeft: 0, pending: 900, inside },
          parts: { excess: 1, accountAsLoan: 2 },
        },
        log: [
          {
            id: { terminal: 'T1', number: 3 },
            kind: v1.Kind.KIND_REFUND,
            original: { terminal: 'T2', number: 4 },
          },
          { kind: v1.Kind.KIND_STORE, reference: 'S1' },
        ],
      },
    });
    const reply = await terminal.unload({ card: 'C1' });
    expect(reply).to.deep.include({
      ...{ outcome: 'CLOSE_NOT_POSSIBLE', obstacle: 'PENDING', remainder: 800 },
      ...{ pinVerified: true, triesLeft: 0, pending: 900, inside },
    });
    expect(reply.parts).to.include({ excess: 1, accountAsLoan: 2 });
    const [refund, store] = reply.log;
    expect(refund?.original).to.deep.include({ terminal: 'T2', number: 4 });
    expect(store).to.deep.include({ id: undefined, reference: 'S1', original: undefined });
    test.partitions.respond = defaultResponder;
    expect(await terminal.purchase({ card: 'C1', amount: 5 })).to.deep.include({
      ...{ obstacle: undefined, triesLeft: undefined, inside: undefined, pinVerified: false },
    });
  });

  it('uses no number for a device or an original that cannot be', async () => {
    const terminal = await connect();
    const original = { terminal: 'T1', incarnation: 1, number: -1 };
    for (const wrong of [
      () => terminal.entry({ card: 'C1', device: 2 ** 32 + 1 }),
      () => terminal.refund({ card: 'C1', amount: 1, original }),
      () => terminal.void({ card: 'C1', original: { ...original, number: 1, incarnation: 1.5 } }),
    ]) {
      expect(await wrong().catch((thrown: unknown) => thrown)).to.be.instanceOf(GuardError);
    }
    expect(transacts()).to.have.length(0);
    expect((await terminal.entry({ card: 'C1' })).id.number).to.equal(1);
  });

  it('keeps its own list, and acknowledges what is pushed by itself', async () => {
    const terminal = await connect();
    test.prohibitions.put({ card: 'C1', reasons: ['LIMIT', 'LOST'], position: 4 });
    await test.partitions.until(() => held().length === 2);
    expect(terminal.list.reasonsOf('C1')).to.deep.equal(['LIMIT', 'LOST']);
    expect(Number(held()[1]?.version?.sequence)).to.equal(1);
    test.prohibitions.put({ card: 'C1', reasons: [], position: 5 });
    await test.partitions.until(() => held().length === 3);
    expect(terminal.list.isProhibited('C1')).to.equal(false);
  });

  it('does not acknowledge when told not to, until it is asked to', async () => {
    const terminal = await connect({ acknowledge: false });
    while (terminal.list.version === undefined) await turn();
    expect(held()).to.have.length(0);
    await terminal.acknowledgeList();
    expect(held()).to.have.length(1);
  });

  it('says its mark: nothing below it is open', async () => {
    const terminal = await connect();
    test.partitions.respond = () => undefined;
    const first = terminal.purchase({ card: 'C1', amount: 1 });
    const second = terminal.purchase({ card: 'C1', amount: 1 });
    await test.partitions.until(() => transacts().length === 2);
    const [one, two] = test.partitions.received.slice(-2);
    const answered = (number: number) => ({ id: { number }, answer: { outcome: Outcome.OUTCOME_APPROVED } });
    test.partitions.reply(two!, { answered: answered(2) });
    await second;
    expect(terminal.openNumbers).to.deep.equal([1]);
    test.partitions.reply(one!, { answered: answered(1) });
    await first;
    test.partitions.respond = defaultResponder;
    await terminal.purchase({ card: 'C1', amount: 1 });
    expect(transacts().map(({ mark }) => Number(mark))).to.deep.equal([1, 1, 3]);
  });

  it('an answer that is not final leaves the number open', async () => {
    const terminal = await connect({
      remember: { incarnation: 7, nextNumber: 5, open: [{ number: 4, timeMs: 1 }] },
    });
    test.partitions.respond = () => ({ answered: { answer: { outcome: Outcome.OUTCOME_PENDING } } });
    expect((await terminal.outcome({ number: 4 })).outcome).to.equal('PENDING');
    expect(terminal.openNumbers).to.deep.equal([4]);
  });

  it('repeats the same id after a rejection that will pass', async () => {
    const terminal = await connect();
    let rejections = 0;
    terminal.station.onRejected = () => (rejections += 1);
    test.partitions.respond = (received) =>
      transacts().length < 3 ? { reject: Rejection.REJECTION_OVERLOADED } : defaultResponder(received);
    expect((await terminal.purchase({ card: 'C1', amount: 1 })).outcome).to.equal('APPROVED');
    expect(transacts().map(({ id }) => Number(id?.number))).to.deep.equal([1, 1, 1]);
    expect(rejections).to.equal(2);
  });

  describe('a number that is refused', () => {
    const refuse = async (terminal: Terminal, ...codes: readonly v1.Rejection[]): Promise<unknown> => {
      const left = [...codes];
      test.partitions.respond = () => ({ reject: left.shift() ?? Rejection.REJECTION_OVERLOADED });
      return terminal.purchase({ card: 'C1', amount: 1 }).catch((thrown: unknown) => thrown);
    };

    it('is given up without a reversal if every message about it was OVERLOADED, and the mark goes on', async () => {
      const terminal = await connect({ retryForMs: 0 });
      expect(await refuse(terminal)).to.include({ code: 'OVERLOADED' });
      expect(transacts(), 'not repeated').to.have.length(1);
      expect(terminal.openNumbers).to.deep.equal([1]);
      expect(terminal.station.forgo(1)).to.equal(true);
      expect(terminal.openNumbers).to.deep.equal([]);
      expect(terminal.station.forgo(1), 'once').to.equal(false);
      test.partitions.respond = defaultResponder;
      await terminal.purchase({ card: 'C1', amount: 1 });
      expect(transacts().map(({ id, mark }) => [Number(id?.number), Number(mark)])).to.deep.equal([
        [1, 1],
        [2, 2],
      ]);
    });

    it('is not if somebody may have taken it: another message was rejected otherwise, or is under way', async () => {
      const terminal = await connect({ retryForMs: 1 });
      const error = await refuse(terminal, Rejection.REJECTION_UNAVAILABLE);
      expect(error).to.include({ code: 'OVERLOADED' });
      expect(transacts()).to.have.length(2);
      expect(terminal.station.forgo(1)).to.equal(false);
      test.partitions.respond = () => undefined;
      void terminal.purchase({ card: 'C1', amount: 1 }).catch(() => undefined);
      await test.partitions.until(() => transacts().length === 3);
      expect(terminal.station.forgo(2)).to.equal(false);
      expect(terminal.openNumbers).to.deep.equal([1, 2]);
    });

    it('is not if it was sent before, on whatever connection', async () => {
      const terminal = await connect({ retryForMs: 0 });
      test.partitions.respond = () => ({ reject: Rejection.REJECTION_OVERLOADED });
      const error: unknown = await terminal
        .purchase({ card: 'C1', amount: 1, number: 1 })
        .catch((thrown: unknown) => thrown);
      expect(error).to.include({ code: 'OVERLOADED' });
      expect(terminal.station.forgo(1)).to.equal(false);
    });
  });

  it('throws RejectedError for what repeating cannot help, and the number stays open', async () => {
    const terminal = await connect();
    test.partitions.respond = () => ({ reject: Rejection.REJECTION_SUPERSEDED, detail: 'elsewhere' });
    const error: unknown = await terminal
      .purchase({ card: 'C1', amount: 1 })
      .catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RejectedError);
    expect(error).to.include({ code: 'SUPERSEDED', detail: 'elsewhere', retryAfterMs: 0 });
    expect(terminal.openNumbers).to.deep.equal([1]);
  });

  it('refuses an amount that is no integer before it is sent, and uses no number', async () => {
    const terminal = await connect();
    const error: unknown = await terminal
      .purchase({ card: 'C1', amount: 1.5 })
      .catch((thrown: unknown) => thrown);
    expect(String(error)).to.contain('1.5');
    expect(terminal.openNumbers).to.deep.equal([]);
    const wide = await terminal.purchase({ card: 'C1', amount: 2n ** 62n });
    expect(wide.id.number).to.equal(1);
    expect(wide.amount).to.equal(2n ** 62n);
  });

  it('throws ConnectionLostError when the cable breaks; remembered, the same number is repeated', async () => {
    let lost: unknown;
    const terminal = await connect({ onLost: (error) => (lost = error) });
    test.partitions.respond = () => undefined;
    const purchase = terminal.purchase({ card: 'C1', amount: 500 }).catch((thrown: unknown) => thrown);
    await test.partitions.until(() => transacts().length === 1);
    terminal.terminate();
    expect(await purchase).to.be.instanceOf(ConnectionLostError);
    expect(lost).to.be.instanceOf(ConnectionLostError);
    expect(await terminal.purchase({ card: 'C1', amount: 1 }).catch((e: unknown) => e)).to.equal(lost);
    const remember = terminal.remembered;
    expect(remember).to.deep.include({ incarnation: 7, nextNumber: 3 });
    expect(remember.open?.map(({ number }) => number)).to.deep.equal([1, 2]);
    test.partitions.respond = defaultResponder;
    const again = await connect({ remember });
    const hello = test.partitions.received.findLast(({ command }) => command.openSession != null);
    expect(hello?.command.openSession).to.include({ incarnation: 7 });
    expect(Number(hello?.command.openSession?.nextNumber)).to.equal(3);
    expect((await again.purchase({ card: 'C1', amount: 500, number: 1 })).id.number).to.equal(1);
    expect(again.openNumbers).to.deep.equal([2]);
    const times = transacts().map(({ terminalTimeMs }) => Number(terminalTimeMs));
    expect(times[1], 'another time would be another content').to.equal(times[0]);
  });

  it('a repeat under the same number has the same content, also after the answer', async () => {
    const terminal = await connect();
    const first = await terminal.purchase({ card: 'C1', amount: 1, timeMs: 1_700_000_000_000 });
    await terminal.purchase({ card: 'C1', amount: 1, number: first.id.number });
    const [one, two] = transacts();
    expect(String(two?.terminalTimeMs)).to.equal(String(one?.terminalTimeMs));
    expect(Number(two?.mark)).to.equal(1);
  });

  it('a number that is too old is held already', async () => {
    const terminal = await connect();
    test.partitions.respond = () => ({ reject: Rejection.REJECTION_TOO_OLD });
    const error: unknown = await terminal
      .purchase({ card: 'C1', amount: 1 })
      .catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'TOO_OLD' });
    expect(terminal.openNumbers).to.deep.equal([]);
  });

  describe('a number that was given up', () => {
    const outcomeOf = async (reply: Promise<Reply>): Promise<string> =>
      reply.then(
        ({ outcome }) => outcome,
        (error: unknown) => (error instanceof RejectedError ? error.code : 'LOST'),
      );
    const reversals = () => test.partitions.received.filter(({ command }) => command.reverse != null);
    const answer = (to: ReceivedCommand | undefined, outcome: v1.Outcome, number: number) => {
      test.partitions.reply(to!, { answered: { id: { number }, answer: { outcome } } });
    };

    /** Number 1 is sent, its reversal rejected once, and then the approval arrives. */
    async function approvedWhileReversing(): Promise<[Terminal, Promise<string>, Promise<string>]> {
      const terminal = await connect();
      test.partitions.respond = ({ command }) =>
        command.reverse != null && reversals().length === 1
          ? { reject: Rejection.REJECTION_OVERLOADED }
          : undefined;
      const purchase = outcomeOf(terminal.purchase({ card: 'C1', amount: 5 }));
      await test.partitions.until(() => transacts().length === 1);
      const sale = test.partitions.received.at(-1);
      const reversal = outcomeOf(terminal.reverse({ card: 'C1', number: 1 }));
      await test.partitions.until(() => reversals().length === 1);
      answer(sale, Outcome.OUTCOME_APPROVED, 1);
      return [terminal, purchase, reversal];
    }

    it('is not approved any more: the purchase gets what its reversal gets, and the mark waits (D1)', async () => {
      const [terminal, purchase, reversal] = await approvedWhileReversing();
      const other = outcomeOf(terminal.purchase({ card: 'C1', amount: 7 }));
      await test.partitions.until(() => reversals().length === 2);
      expect(terminal.openNumbers).to.include(1);
      expect(transacts().map(({ mark }) => Number(mark))).to.deep.equal([1, 1]);
      answer(reversals()[1], Outcome.OUTCOME_REVERSED, 1);
      expect(await Promise.all([purchase, reversal])).to.deep.equal(['REVERSED', 'REVERSED']);
      expect(terminal.openNumbers).to.deep.equal([2]);
      answer(
        test.partitions.received.find(({ command }) => Number(command.transact?.id?.number) === 2),
        Outcome.OUTCOME_APPROVED,
        2,
      );
      expect(await other).to.equal('APPROVED');
    });

    it('is as final with REVERSING: the system pursues it by itself (D7)', async () => {
      const [terminal, purchase, reversal] = await approvedWhileReversing();
      await test.partitions.until(() => reversals().length === 2);
      answer(reversals()[1], Outcome.OUTCOME_REVERSING, 1);
      expect(await Promise.all([purchase, reversal])).to.deep.equal(['REVERSING', 'REVERSING']);
      expect(terminal.openNumbers).to.deep.equal([]);
    });

    it('keeps its approval when the reversal named another card: nothing is reversed', async () => {
      const [terminal, purchase, reversal] = await approvedWhileReversing();
      await test.partitions.until(() => reversals().length === 2);
      answer(reversals()[1], Outcome.OUTCOME_IDEMPOTENCY_CONFLICT, 1);
      expect(await Promise.all([purchase, reversal])).to.deep.equal(['APPROVED', 'IDEMPOTENCY_CONFLICT']);
      expect(terminal.openNumbers).to.deep.equal([]);
    });

    it('stays open when its reversal is rejected or lost, and is remembered as given up', async () => {
      const [terminal, purchase, reversal] = await approvedWhileReversing();
      await test.partitions.until(() => reversals().length === 2);
      terminal.terminate();
      expect(await Promise.all([purchase, reversal])).to.deep.equal(['LOST', 'LOST']);
      const remember = terminal.remembered;
      expect(remember.reversing).to.deep.equal([1]);
      test.partitions.respond = defaultResponder;
      const again = await connect({ remember });
      const repeated = outcomeOf(again.purchase({ card: 'C1', amount: 5, number: 1 }));
      expect(await outcomeOf(again.outcome({ number: 9 }))).to.equal('REVERSED');
      expect(again.openNumbers).to.deep.equal([1]);
      expect(await outcomeOf(again.reverse({ card: 'C1', number: 1 }))).to.equal('REVERSED');
      expect(await repeated).to.equal('REVERSED');
      expect(again.openNumbers).to.deep.equal([]);
    });
  });

  it('a conflict, or that it was never seen, is no answer to what was sent before: the number stays open', async () => {
    const terminal = await connect();
    test.partitions.respond = () => undefined;
    const first = terminal.purchase({ card: 'C1', amount: 5 }).catch(() => undefined);
    await test.partitions.until(() => transacts().length === 1);
    const [sale] = test.partitions.received.slice(-1);
    test.partitions.respond = ({ command: { transact } }) => {
      const outcome = transact == null ? Outcome.OUTCOME_ID_UNKNOWN : Outcome.OUTCOME_IDEMPOTENCY_CONFLICT;
      return { answered: { answer: { outcome } } };
    };
    await terminal.purchase({ card: 'C1', amount: 6, number: 1 });
    await terminal.outcome({ number: 1 });
    expect(terminal.openNumbers).to.deep.equal([1]);
    test.partitions.reply(sale!, { answered: { answer: { outcome: Outcome.OUTCOME_APPROVED } } });
    await first;
    expect(terminal.openNumbers).to.deep.equal([]);
    await terminal.purchase({ card: 'C1', amount: 6, number: 1 });
    expect(terminal.openNumbers, 'its answer is here already').to.deep.equal([]);
  });

  it('a duplicate that is answered does not let the mark pass what is still being repeated', async () => {
    const terminal = await connect();
    test.partitions.respond = (received) =>
      transacts().length === 1 ? { reject: Rejection.REJECTION_OVERLOADED } : defaultResponder(received);
    const first = terminal.purchase({ card: 'C1', amount: 1 });
    await test.partitions.until(() => transacts().length === 1);
    await terminal.purchase({ card: 'C1', amount: 1, number: 1 });
    expect(terminal.openNumbers).to.deep.equal([1]);
    await first;
    expect(terminal.openNumbers).to.deep.equal([]);
  });

  it('a terminal that is not known cannot connect', async () => {
    test.partitions.respond = () => ({ reject: Rejection.REJECTION_TERMINAL_UNKNOWN });
    const error: unknown = await connect().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RejectedError).and.include({ code: 'TERMINAL_UNKNOWN' });
  });

  it('the replay of a source uses its own numbers and never says a mark', async () => {
    const terminal = await connect({ source: 'taps.csv sha256:00' });
    expect((await terminal.purchase({ card: 'C1', amount: 1, number: 900 })).id.number).to.equal(900);
    expect((await terminal.purchase({ card: 'C1', amount: 1, number: 17 })).id.number).to.equal(17);
    expect(transacts().map(({ mark }) => Number(mark))).to.deep.equal([0, 0]);
    expect(test.partitions.received[0]?.command.openSession?.source).to.equal('taps.csv sha256:00');
  });
});
