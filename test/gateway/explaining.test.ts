import { expect } from 'chai';
import { partitionOf } from '../../actors/runtime/placement.js';
import { hashPin } from '../../gateway/pin.js';
import { v1 } from '../../proto/generated/emoney.js';
import type { ReceivedCommand } from './fakePartitions.js';
import { PARTITIONS, PIN_KEY, startTestGateway, type TestGateway } from './harness.js';
import { typeOf } from './plain.js';
import type { RawClient } from './rawClient.js';

const { Rejection, Rule, Outcome } = v1;
const PIN = '470815';

const step = (rule: v1.Rule, passed = true, facts: v1.Fact.$Properties[] = []): v1.Step.$Properties => ({
  rule,
  passed,
  facts,
});

/** As the actors would: the terminal goes on to the card; everybody else is answered at once. */
function explain({ command: { dryRun } }: ReceivedCommand): v1.CommandReply.$Properties {
  const command = v1.Command.decode(dryRun?.command ?? new Uint8Array());
  if (command.transact != null || command.reverse != null) {
    const asked = { card: command.transact?.card ?? command.reverse?.card ?? '' };
    const ask = v1.Command.encode({ ask: { asked } }).finish();
    return { explained: { steps: [step(Rule.RULE_ID)], ask } };
  }
  const answer = { outcome: Outcome.OUTCOME_CREDIT_LIMIT, amount: 12_000 };
  const reply =
    command.ask == null
      ? v1.CommandReply.encode({ acknowledged: { outcome: Outcome.OUTCOME_APPROVED } })
      : v1.CommandReply.encode({ answered: { card: command.ask.asked?.card ?? '', answer } });
  const pin = step(Rule.RULE_PIN, true, [{ name: 'needed', flag: true }]);
  const limit = step(Rule.RULE_LOAN_LIMIT, false, [{ name: 'limit', number: 10_000 }]);
  return { explained: { steps: [pin, limit], reply: reply.finish() } };
}

describe('gateway: explanations', () => {
  let test: TestGateway;
  let terminal: RawClient;
  let operator: RawClient;
  beforeEach(async () => {
    test = await startTestGateway();
    terminal = await test.connect();
    await terminal.hello('T1');
    operator = await test.operator();
    test.partitions.received.length = 0;
    test.partitions.respond = (received) =>
      received.command.dryRun == null ? { welcomed: { terminal: 'T2', session: 1 } } : explain(received);
  });
  afterEach(async () => {
    await test.close();
  });

  async function ask(client: RawClient, body: v1.Explain.$Properties): Promise<v1.ServerMessage> {
    client.send({ request: 5, explain: body });
    return client.answerTo(5);
  }

  const commandIn = ({ command }: ReceivedCommand): v1.Command =>
    v1.Command.decode(command.dryRun?.command ?? new Uint8Array());

  const transactions: readonly (readonly [v1.Explain.$Properties, v1.Kind])[] = [
    [{ purchase: { card: 'C1', amount: 12_000, partial: true } }, v1.Kind.KIND_PURCHASE],
    [{ deposit: { card: 'C1', amount: 5 } }, v1.Kind.KIND_DEPOSIT],
    [{ enquiry: { card: 'C1' } }, v1.Kind.KIND_ENQUIRY],
    [
      { refund: { card: 'C1', amount: 5, original: { terminal: 'T9', incarnation: 1, number: 2 } } },
      v1.Kind.KIND_REFUND,
    ],
    [{ void: { card: 'C1' } }, v1.Kind.KIND_VOID],
    [{ unload: { card: 'C1' } }, v1.Kind.KIND_UNLOAD],
    [{ entry: { card: 'C1' } }, v1.Kind.KIND_ENTRY],
    [{ exit: { card: 'C1' } }, v1.Kind.KIND_FARE],
  ];

  it('ask the terminal, then the card, and join what both say', async () => {
    for (const [body, kind] of transactions) {
      test.partitions.received.length = 0;
      const { explanation } = await ask(terminal, body);
      const [first, second] = test.partitions.received;
      expect(first?.partition).to.equal(partitionOf('T1', PARTITIONS));
      expect(second?.partition).to.equal(partitionOf('C1', PARTITIONS));
      expect(first?.command.dryRun).to.include({ newNumber: true, anySession: false });
      expect(commandIn(first!).transact).to.include({ kind, card: 'C1' });
      expect(commandIn(second!).ask?.asked?.card).to.equal('C1');
      expect(explanation?.steps?.map(({ rule }) => Rule[rule ?? 0])).to.deep.equal([
        ...['RULE_ID', 'RULE_PIN', 'RULE_LOAN_LIMIT'],
      ]);
      expect(explanation?.steps?.[2]?.text).to.equal('The loan stays within its limit.');
      expect(explanation).to.include({ pinNeeded: true, recorded: false });
      expect(explanation?.reply).to.deep.include({ outcome: Outcome.OUTCOME_CREDIT_LIMIT, card: 'C1' });
      expect(explanation?.reply?.text).to.not.equal('');
    }
  });

  it('with a number are of that id, in the session of the terminal', async () => {
    await ask(terminal, { purchase: { number: 7, card: 'C1', amount: 5, terminalTimeMs: 9 } });
    const [first] = test.partitions.received;
    expect(first?.command.dryRun).to.include({ newNumber: false, anySession: false });
    const { transact } = commandIn(first!);
    expect([transact?.id?.terminal, Number(transact?.id?.number)]).to.deep.equal(['T1', 7]);
    expect(Number(transact?.session)).to.be.above(0);
    await ask(terminal, { reversal: { number: 7, card: 'C1' } });
    expect(Number(commandIn(test.partitions.received[2]!).reverse?.id?.number)).to.equal(7);
  });

  it('are for a terminal about itself, for an operator about any', async () => {
    const purchase = { terminal: 'T2', card: 'C1', amount: 5 };
    expect((await ask(terminal, { purchase })).rejection?.code).to.equal(Rejection.REJECTION_NO_SESSION);
    const stranger = await test.connect();
    const own = { ...purchase, terminal: 'T1' };
    expect((await ask(stranger, { purchase: own })).rejection?.code).to.equal(Rejection.REJECTION_NO_SESSION);
    expect(test.partitions.received).to.have.length(0);
    expect((await ask(operator, { purchase })).explanation).to.not.equal(undefined);
    expect(test.partitions.received[0]?.partition).to.equal(partitionOf('T2', PARTITIONS));
    expect(test.partitions.received[0]?.command.dryRun).to.include({ newNumber: true, anySession: true });
  });

  it('of operators’ commands are for operators, each passed to whom it is for', async () => {
    const names = typeOf('Explain').oneofsArray[0]!.fieldsArray.filter(({ id }) => id >= 20);
    expect(names).to.have.length.above(10);
    for (const { name } of names) {
      const body = { [name]: { card: 'C1', terminal: 'T2' } };
      const refused = await ask(terminal, body);
      expect(refused.rejection?.code, name).to.equal(Rejection.REJECTION_UNAUTHORIZED);
      test.partitions.received.length = 0;
      const { explanation } = await ask(operator, body);
      expect(explanation?.acknowledged?.outcome, name).to.equal(Outcome.OUTCOME_APPROVED);
      const [received] = test.partitions.received;
      expect(commandIn(received!).body).to.equal(name === 'choosePin' ? 'setPin' : name);
      const of = { registerTerminal: 'T2' }[name] ?? (centers.has(name) ? 'center' : 'C1');
      expect(received?.partition, name).to.equal(partitionOf(of, PARTITIONS));
    }
  });

  const centers = new Set(['setParameters', 'chargeInterest', 'settle']);

  it('are refused as MALFORMED, by the field, where something is missing or wrong', async () => {
    const bad: readonly (readonly [v1.Explain.$Properties, string])[] = [
      [{}, 'explain:'],
      [{ purchase: { terminal: 'T1', card: 'C1' } }, 'explain.purchase.amount: is missing'],
      [{ purchase: { terminal: 'T1', card: '', amount: 5 } }, 'explain.purchase.card: is missing'],
      [{ purchase: { card: 'C1', amount: 5 } }, 'explain.purchase.terminal: is missing'],
      [{ refund: { terminal: 'T1', card: 'C1', amount: 5 } }, 'explain.refund.original: is missing'],
      [{ reversal: { terminal: 'T1', card: 'C1' } }, 'explain.reversal.number: is missing'],
      [{ reversal: { terminal: 'T1', number: 1 } }, 'explain.reversal.card: is missing'],
      [{ changeLimit: { limit: 5 } }, 'explain.changeLimit.card: is missing'],
      [{ issueCard: { card: 'C1', terms: { pinHash: Buffer.alloc(16, 1) } } }, 'explain.issueCard.terms'],
    ];
    for (const [body, problem] of bad) {
      const { rejection } = await ask(operator, body);
      expect(rejection?.code).to.equal(Rejection.REJECTION_MALFORMED);
      expect(rejection?.detail).to.contain(problem);
    }
    expect(test.partitions.received).to.have.length(0);
  });

  it('look at no PIN, not even at its form: neither it nor its hash goes on', async () => {
    for (const pin of [PIN, `${PIN}x`, '1']) {
      await ask(terminal, { purchase: { card: 'C1', amount: 5, pin } });
      await ask(terminal, { enquiry: { card: 'C1', pin } });
      await ask(operator, { choosePin: { card: 'C1', pin } });
    }
    const sent = Buffer.concat(test.partitions.bytes);
    expect(sent.includes(PIN)).to.equal(false);
    expect(sent.includes(Buffer.from(hashPin(PIN_KEY, 'C1', PIN)))).to.equal(false);
    for (const received of test.partitions.received) {
      const { transact, setPin } = commandIn(received);
      expect(transact?.pinHash ?? []).to.have.length(0);
      expect(setPin?.pinHash ?? []).to.have.length(0);
    }
  });

  it('pass a rejection on, whoever rejects', async () => {
    const reject = Rejection.REJECTION_OUT_OF_WINDOW;
    test.partitions.respond = () => ({ reject, detail: 'full' });
    const body = { purchase: { card: 'C1', amount: 5 } };
    expect((await ask(terminal, body)).rejection).to.include({ code: reject, detail: 'full' });
    test.partitions.respond = (received) =>
      commandIn(received).ask == null ? explain(received) : { reject, detail: 'full too' };
    expect((await ask(terminal, body)).rejection).to.include({ code: reject, detail: 'full too' });
    test.partitions.respond = () => ({ answered: {} });
    expect((await ask(terminal, body)).rejection?.code).to.equal(Rejection.REJECTION_INTERNAL);
  });

  it('say that a number was used before', async () => {
    test.partitions.respond = () => {
      const answered = { answer: { outcome: Outcome.OUTCOME_APPROVED } };
      const reply = v1.CommandReply.encode({ answered }).finish();
      return { explained: { steps: [step(Rule.RULE_ID, false)], reply } };
    };
    const { explanation } = await ask(terminal, { purchase: { number: 1, card: 'C1', amount: 5 } });
    expect(explanation).to.include({ pinNeeded: false, recorded: true });
  });
});
