import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_ASK_AGE_MS, MAX_DESCRIPTION_BYTES, MAX_ID_LENGTH } from '../../../actors/bounds.js';
import { createRegistry, type Registry } from '../../../actors/registry/registry.js';
import { encodeRules } from '../../../actors/registry/rules.js';
import { evolve, type State } from '../../../actors/registry/unit.js';
import type { Event } from '../../../actors/registry/event.js';
import { decodePublication, encodeListVersion } from '../../../actors/registry/wire/replyCodec.js';
import type { Turn } from '../../../actors/runtime/domain.js';
import { MalformedError } from '../../../actors/runtime/errors.js';
import { partitionOf } from '../../../actors/runtime/placement.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { NOON } from '../money/samples.js';
import { anyEvent, eventTypes } from './arbitraries.js';

const rules = encodeRules({
  currency: 'JPY',
  currencyScale: 0,
  timeZone: 'Asia/Tokyo',
  created: NOON,
  businessClock: undefined,
  parameters: undefined,
});
const list = { prohibitedSince: () => undefined, listVersion: () => ({ incarnation: 1, sequence: 5 }) };
const version = { incarnation: 1, sequence: 5 };

/** One partition with everything in it; each turn is a frame. */
class Partition {
  readonly registry: Registry;
  readonly states = new Map<string, State>();
  time = NOON;
  #position = 0;

  constructor(partition = 0, partitions = 1) {
    this.registry = createRegistry({ deployment: 'test', partition, partitions, rules }, list);
  }

  do(wire: v1.Command.$Properties): Turn<Event> {
    return this.decide(this.registry.decodeCommand(v1.Command.encode(wire).finish()));
  }

  decide(command: Parameters<Registry['decide']>[0]): Turn<Event> {
    this.#position += 1;
    const states = this.registry.unitsOf(command).map((key) => this.states.get(key));
    const lastPositions = states.map(() => this.#position - 1);
    const turn = this.registry.decide(command, states, {
      time: this.time,
      position: this.#position,
      lastPositions,
    });
    for (const key of turn.units) {
      for (const event of turn.events) {
        const state = this.registry.evolve(key, this.states.get(key), event);
        if (state !== undefined) this.states.set(key, state);
      }
    }
    return turn;
  }

  /** From the ask of a turn to the release of its answer. */
  finish({ asks }: Turn<Event>): Turn<Event> {
    const [ask] = asks;
    if (ask === undefined) throw new Error('nothing was asked');
    const asked = this.decide(this.registry.decodeCommand(ask.command));
    if (asked.response.kind !== 'reply') throw new Error(asked.response.kind);
    return this.decide(this.registry.answered(ask, asked.response.bytes));
  }
}

function replyOf({ response }: Turn<Event>): v1.CommandReply {
  if (response.kind !== 'reply') throw new Error(response.kind);
  return v1.CommandReply.decode(response.bytes);
}

function releaseOf({ releases }: Turn<Event>): v1.Answered.$Properties {
  const [release] = releases;
  const answered = release && v1.CommandReply.decode(release.bytes).answered;
  if (answered == null) throw new Error('nobody was answered');
  return answered;
}

const policy = { creditFlag: true, storedValueCap: 20_000 };
const terms = { storedValue: 1_200, limit: 10_000, active: true, policy };
const PURCHASE_TERMINAL = v1.TerminalRole.TERMINAL_ROLE_PURCHASE;

function openPartition(): Partition {
  const partition = new Partition();
  partition.do({ issueCard: { card: 'C1', terms } });
  partition.do({ registerTerminal: { terminal: 'T1', role: PURCHASE_TERMINAL, mayDefer: true } });
  partition.do({ openSession: { terminal: 'T1', list: version } });
  return partition;
}

function idWire(number: number): { terminal: string; incarnation: number; number: number } {
  return { terminal: 'T1', incarnation: 1, number };
}

function transact(number: number, change: v1.Transact.$Properties = {}): v1.Command.$Properties {
  const id = idWire(number);
  const sale = {
    id,
    session: 1,
    kind: v1.Kind.KIND_PURCHASE,
    card: 'C1',
    amount: 2_000,
    terminalTimeMs: NOON,
  };
  return { transact: { ...sale, ...change } };
}

describe('the registry', () => {
  it('A1: makes one turn of card, center and memory, and a payment of three turns', () => {
    const partition = openPartition();
    const opened = partition.do(transact(1));
    expect(opened.units).to.deep.equal(['terminal/T1']);
    expect(opened.response).to.deep.equal({ kind: 'wait', key: 'id/T1#1#1' });
    const [ask] = opened.asks;
    expect(ask).to.deep.include({ key: 'id/T1#1#1', from: 'terminal/T1', to: { partition: 0 } });
    const asked = partition.decide(partition.registry.decodeCommand(ask!.command));
    // Its first loan lists it among the borrowers, in their chunk and in the shard's count.
    expect(asked.units).to.deep.equal(['card/C1', 'shard/center', 'borrowers/218', 'visitor/T1']);
    expect(asked.events.map(({ type }) => type)).to.deep.equal(['CardMoved', 'RecordMoved', 'RecordListed']);
    expect(asked.response.kind).to.equal('reply');
    const bytes = asked.response.kind === 'reply' ? asked.response.bytes : new Uint8Array(0);
    const closed = partition.decide(partition.registry.answered(ask!, bytes));
    expect(closed.events.map(({ type }) => type)).to.deep.equal(['TransactionClosed']);
    expect(closed.releases).to.deep.equal([{ key: 'id/T1#1#1', bytes }]);
    expect(closed.settles).to.deep.equal(['id/T1#1#1']);
  });

  it('says what an answer means also for an ask that it has not made itself', () => {
    const partition = openPartition();
    const { asks } = partition.do(transact(1));
    const { key, from, to, command } = asks[0]!;
    const { response } = partition.decide(partition.registry.decodeCommand(command));
    const bytes = response.kind === 'reply' ? response.bytes : new Uint8Array(0);
    const answer = partition.registry.answered({ key, from, to, command }, bytes);
    expect(answer).to.deep.include({ type: 'CardAnswered', mode: 'EXECUTE' });
    expect(() => partition.registry.answered(asks[0]!, Uint8Array.of(9, 9, 9))).to.throw(MalformedError);
  });

  it('touches only the memory of the terminal when the card does not exist, and counts the refusal', () => {
    const partition = openPartition();
    const { asks } = partition.do(transact(1, { card: 'C9' }));
    const turn = partition.decide(partition.registry.decodeCommand(asks[0]!.command));
    expect(turn.units).to.deep.equal(['visitor/T1']);
    expect(replyOf(turn).answered?.answer?.outcome).to.equal(v1.Outcome.OUTCOME_CARD_UNKNOWN);
    const visitor = partition.states.get('visitor/T1');
    expect(visitor).to.have.nested.property('totals[0].declines.amount', 2_000n);
    expect(partition.states.has('card/C9')).to.equal(false);
  });

  it('does not execute what was opened too long ago, unless it is known, and still reverses it (D7)', () => {
    const partition = openPartition();
    const [known] = partition.do(transact(1)).asks;
    partition.decide(partition.registry.decodeCommand(known!.command));
    const { asks } = partition.do(transact(2));
    const [reversal] = partition.do({ reverse: { id: idWire(3), session: 1, card: 'C1' } }).asks;
    partition.time += MAX_ASK_AGE_MS + 1;
    const aged = partition.decide(partition.registry.decodeCommand(asks[0]!.command));
    expect(aged.response).to.include({ kind: 'reject', rejection: 'TOO_OLD' });
    expect(aged.events).to.deep.equal([]);
    const again = replyOf(partition.decide(partition.registry.decodeCommand(known!.command)));
    expect(again.answered?.answer?.outcome).to.equal(v1.Outcome.OUTCOME_APPROVED);
    const reversed = replyOf(partition.decide(partition.registry.decodeCommand(reversal!.command)));
    expect(reversed.answered?.answer?.outcome).to.equal(v1.Outcome.OUTCOME_REVERSED);
    partition.time -= 1;
    const young = replyOf(partition.decide(partition.registry.decodeCommand(asks[0]!.command)));
    expect(young.answered?.answer?.outcome).to.equal(v1.Outcome.OUTCOME_APPROVED);
  });

  it('reverses what the card refused, and what its terminal refused, and answers REVERSED from then on', () => {
    const partition = openPartition();
    partition.finish(partition.do(transact(1, { amount: 20_000 })));
    partition.do(transact(2, { amount: 0 }));
    for (const [number, amount] of [
      [1, 20_000],
      [2, 0],
    ] as const) {
      const turn = partition.do({ reverse: { id: idWire(number), session: 1, card: 'C1' } });
      expect(releaseOf(partition.finish(turn)).answer?.outcome).to.equal(v1.Outcome.OUTCOME_REVERSED);
      const { answered } = replyOf(partition.do(transact(number, { amount })));
      expect(answered?.answer?.outcome).to.equal(v1.Outcome.OUTCOME_REVERSED);
    }
    const terminal = partition.states.get('terminal/T1');
    const visitor = partition.states.get('visitor/T1');
    expect(terminal).to.have.nested.property('state.totals[0].declines.count', 1);
    expect(visitor).to.have.nested.property('totals[0].declines.count', 1);
  });

  describe('describes within the bound of one reply', () => {
    const day = 86_400_000;

    /** T1 sold on so many dates, and so did T2. */
    function busyPartition(dates: number): Partition {
      const partition = openPartition();
      partition.do({ registerTerminal: { terminal: 'T2', role: PURCHASE_TERMINAL, mayDefer: true } });
      partition.do({ openSession: { terminal: 'T2', list: version } });
      for (const terminal of ['T1', 'T2']) {
        for (let number = 1; number <= dates; number += 1) {
          const id = { ...idWire(number), terminal };
          const sale = transact(number, { id, mark: number, amount: 1, terminalTimeMs: NOON - number * day });
          partition.finish(partition.do(sale));
        }
      }
      return partition;
    }

    it('as many as fit, the first always, and names the others', () => {
      const partition = busyPartition(1);
      const cards = Array.from({ length: 200 }, (_, index) => `X${index}`.padEnd(MAX_ID_LENGTH, 'x'));
      for (const card of cards)
        partition.do({ issueCard: { card, terms: { ...terms, storedValue: 20_000 } } });
      for (const [index, card] of cards.entries()) {
        for (let sale = 0; sale < 20; sale += 1) {
          const number = index * 20 + sale + 2;
          partition.finish(partition.do(transact(number, { card, mark: number, amount: 1_000 })));
        }
      }
      const turn = partition.do({ describeCards: { cards } });
      expect(turn.response)
        .to.have.property('bytes')
        .with.length.below(MAX_DESCRIPTION_BYTES + cards.length * (MAX_ID_LENGTH + 4));
      const described = replyOf(turn).cards;
      const ids = described?.cards?.map(({ id }) => id) ?? [];
      expect(described?.leftOut).to.have.length.above(0);
      expect([...ids, ...(described?.leftOut ?? [])]).to.deep.equal(cards);
    });

    it('as many rows as fit, and from which one it goes on', () => {
      const dates = 6_000;
      const partition = busyPartition(dates);
      for (const question of ['describeTotals', 'describeTerminals'] as const) {
        const rows: unknown[] = [];
        let firstRow = 0;
        do {
          const turn = partition.do({ [question]: { terminals: ['T1', 'T2'], firstRow } });
          expect(turn.response)
            .to.have.property('bytes')
            .with.length.below(MAX_DESCRIPTION_BYTES + 1_024);
          const { totals, terminals } = replyOf(turn);
          const [first] = (totals ?? terminals)?.terminals ?? [];
          rows.push(...(first?.totals?.map(({ businessDate }) => businessDate) ?? []));
          firstRow = first?.nextRow ?? 0;
          expect((totals ?? terminals)?.leftOut).to.deep.equal(['T2']);
        } while (firstRow > 0);
        expect(rows).to.have.length(dates);
        expect(new Set(rows).size).to.equal(dates);
      }
    });
  });

  it('tells the card in the same turn what the center decides about its limit', () => {
    const partition = openPartition();
    partition.finish(partition.do(transact(1)));
    const cut = partition.do({ changeLimit: { card: 'C1', limit: 500 } });
    expect(cut.events.map(({ type }) => type)).to.deep.equal([
      'RecordLimitChanged',
      'RecordProhibitionChanged',
      'RecordAlerted',
      'CardLimitChanged',
      'CardProhibitionChanged',
    ]);
    const { acknowledged } = replyOf(cut);
    expect(acknowledged).to.deep.include({
      outcome: 1,
      reasons: [v1.ProhibitionReason.PROHIBITION_REASON_LIMIT],
    });
    expect(Number(acknowledged?.version)).to.equal(3);
    const refused = releaseOf(partition.finish(partition.do(transact(2, { amount: 1 }))));
    expect(refused.answer?.outcome).to.equal(v1.Outcome.OUTCOME_CARD_PROHIBITED);
  });

  it('tells a card’s phones what operators change about it, and nothing of what was done before, or of payments', () => {
    const partition = openPartition();
    const told = ({ notices = [] }: Turn<Event>): v1.CardChanged[] =>
      notices.map((notice) => v1.CardChanged.decode(notice));
    const store = { storeValue: { card: 'C1', reference: 'R1', amount: 500 } };
    const [stored] = told(partition.do(store));
    expect(stored).to.include({ card: 'C1', device: 1 });
    expect([stored?.pending, stored?.balances?.storedValue].map(Number)).to.deep.equal([500, 1_200]);
    expect(told(partition.do(store)), 'answered as done').to.deep.equal([]);
    const [replaced] = told(partition.do({ replaceCard: { card: 'C1', device: 2 } }));
    expect(replaced?.device).to.equal(2);
    expect(Number(replaced?.position)).to.be.above(Number(stored?.position));
    expect(told(partition.do({ changeLimit: { card: 'C1', limit: 9_000 } }))).to.have.length(1);
    expect(told(partition.do({ storeValue: { card: 'C9', reference: 'R1', amount: 500 } }))).to.deep.equal(
      [],
    );
    expect(told(partition.do({ issueCard: { card: 'C2', terms } }))).to.deep.equal([]);
    const opened = partition.do(transact(1, { device: 2 }));
    const asked = partition.decide(partition.registry.decodeCommand(opened.asks[0]!.command));
    expect(asked.events.length).to.be.above(0);
    expect([...told(opened), ...told(asked)]).to.deep.equal([]);
  });

  it('asks for publication until the list has it, also after a takeover (D14)', () => {
    const partition = openPartition();
    const reason = v1.ProhibitionReason.PROHIBITION_REASON_LOST;
    const changed = partition.do({ changeProhibition: { card: 'C1', reason, prohibited: true } });
    const [ask] = changed.asks;
    expect(ask).to.deep.include({ key: 'prohibition/C1', from: 'card/C1', to: { outlet: 'prohibitions' } });
    expect(decodePublication(ask!.command)).to.deep.equal({ card: 'C1', reasons: ['LOST'], position: 4 });
    const state = partition.states.get('card/C1')!;
    expect(partition.registry.isUnfinished(state)).to.equal(true);
    expect(partition.registry.resume('card/C1', state)).to.deep.equal([ask]);
    const published = partition.decide(partition.registry.answered(ask!, encodeListVersion(version)));
    expect(published.events.map(({ type }) => type)).to.deep.equal(['ProhibitionPublished']);
    expect(published.settles).to.deep.equal(['prohibition/C1']);
    expect(partition.registry.isUnfinished(partition.states.get('card/C1')!)).to.equal(false);
    expect(partition.registry.resume('card/C1', partition.states.get('card/C1')!)).to.deep.equal([]);
  });

  it('keeps a terminal with open ids as unfinished, and asks about them after a takeover', () => {
    const partition = openPartition();
    const opened = partition.do(transact(1));
    const state = partition.states.get('terminal/T1')!;
    expect(partition.registry.isUnfinished(state)).to.equal(true);
    const [ask] = partition.registry.resume('terminal/T1', state);
    expect(ask).to.deep.include({ key: 'id/T1#1#1', mode: 'OUTCOME' });
    partition.finish(opened);
    expect(partition.registry.isUnfinished(partition.states.get('terminal/T1')!)).to.equal(false);
  });

  it('keeps a terminal with a closed batch as unfinished until it is settled: nobody else wakes it', () => {
    const partition = openPartition();
    partition.finish(partition.do(transact(1)));
    partition.do({ closeBatch: { terminal: 'T1', session: 0, batch: 0 } });
    const state = () => partition.states.get('terminal/T1')!;
    expect(partition.registry.isUnfinished(state())).to.equal(true);
    const command = partition.registry.wake('terminal/T1', state(), NOON);
    expect(command).to.include({ type: 'WakeTerminal' });
    const compiles = partition.decide(command!).asks;
    expect(compiles).not.to.deep.equal([]);
    expect(
      compiles.map(({ command: bytes }) => v1.Command.decode(bytes).compileBatch?.terminal),
    ).to.deep.equal(compiles.map(() => 'T1'));
    expect(partition.registry.resume('terminal/T1', state())).to.have.length(compiles.length);
    expect(partition.registry.isUnfinished(state())).to.equal(true);
  });

  it('shows an enquiry the log and the balance, and again when it is repeated', () => {
    const partition = openPartition();
    partition.finish(partition.do(transact(1)));
    const enquiry = transact(2, { kind: v1.Kind.KIND_ENQUIRY, amount: null });
    for (const turn of [partition.do(enquiry), partition.do(enquiry)]) {
      const { answer, log } = releaseOf(partition.finish(turn));
      expect(log?.map(({ amount }) => Number(amount))).to.deep.equal([2_000]);
      expect(Number(answer?.balances?.loan)).to.equal(800);
      expect(answer?.creditFlag).to.equal(true);
    }
  });

  it('answers a forgotten enquiry as things are, and records nothing; anything else is too old', () => {
    const partition = openPartition();
    const enquiry = { kind: v1.Kind.KIND_ENQUIRY, amount: null };
    const first = partition.do(transact(1, enquiry));
    const second = partition.do(transact(2));
    for (const turn of [first, second]) partition.finish(turn);
    partition.finish(partition.do(transact(3, { mark: 3 })));
    const late = (turn: Turn<Event>) =>
      partition.decide(partition.registry.decodeCommand(turn.asks[0]!.command));
    expect(late(first).events).to.deep.equal([]);
    expect(replyOf(late(first)).answered?.log).to.have.length(2);
    expect(late(second).response).to.deep.include({ kind: 'reject', rejection: 'TOO_OLD' });
  });

  it('never answers an enquiry otherwise than before, were it refused today', () => {
    const partition = openPartition();
    const first = partition.do(transact(1, { kind: v1.Kind.KIND_ENQUIRY, amount: null }));
    expect(releaseOf(partition.finish(first)).answer?.outcome).to.equal(v1.Outcome.OUTCOME_APPROVED);
    partition.finish(partition.do(transact(2, { mark: 2 })));
    partition.do({ replaceCard: { card: 'C1', device: 2, note: 'lost' } });
    const late = partition.decide(partition.registry.decodeCommand(first.asks[0]!.command));
    expect(replyOf(late).answered?.answer?.outcome).to.equal(v1.Outcome.OUTCOME_APPROVED);
    expect(late.events).to.deep.equal([]);
  });

  it('describes cards, terminals and totals with their positions; unknown ones are absent', () => {
    const partition = openPartition();
    partition.finish(partition.do(transact(1)));
    const { cards } = replyOf(partition.do({ describeCards: { cards: ['C1', 'C9'] } }));
    expect(cards?.cards?.map(({ id, card }) => [id, card != null])).to.deep.equal([
      ['C1', true],
      ['C9', false],
    ]);
    expect(Number(cards?.cards?.[0]?.record?.balances?.loan)).to.equal(800);
    const { terminals } = replyOf(partition.do({ describeTerminals: { terminals: ['T1', 'T9'] } }));
    expect(terminals?.terminals?.map(({ known }) => known ?? false)).to.deep.equal([true, false]);
    expect(Number(terminals?.terminals?.[0]?.totals?.[0]?.purchases?.amount)).to.equal(2_000);
    const { totals } = replyOf(partition.do({ describeTotals: { terminals: ['T1', 'T9'] } }));
    expect(Number(totals?.terminals?.[0]?.totals?.[0]?.purchases?.parts?.value)).to.equal(1_200);
    expect(totals?.terminals?.[1]?.totals).to.deep.equal([]);
  });

  it('refuses what belongs to another partition, except the memory of a terminal', () => {
    const [here, there] = ['C1', 'C2', 'C3', 'C4', 'C5'].sort(
      (one, other) => partitionOf(one, 4) - partitionOf(other, 4),
    ) as [string, string];
    const other = ['C2', 'C3', 'C4', 'C5', there].find((id) => partitionOf(id, 4) !== partitionOf(here, 4))!;
    const partition = new Partition(partitionOf(here, 4), 4);
    partition.do({ issueCard: { card: here, terms } });
    const wrong: readonly v1.Command.$Properties[] = [
      { issueCard: { card: other, terms } },
      { describeCards: { cards: [here, other] } },
      { describeTerminals: { terminals: [other] } },
      { openSession: { terminal: other } },
      transact(1, { id: { terminal: other, incarnation: 1, number: 1 } }),
    ];
    for (const command of wrong) {
      expect(() => partition.do(command)).to.throw(MalformedError, `wrong partition: ${other}`);
    }
    expect(
      replyOf(partition.do({ describeTotals: { terminals: [other] } })).totals?.terminals,
    ).to.have.length(1);
  });

  it('lets in what ends open ids when new ones are refused (D8)', () => {
    const partition = openPartition();
    const { registry, states } = partition;
    const reserved = (command: v1.Command.$Properties) =>
      registry.isReserved(registry.decodeCommand(v1.Command.encode(command).finish()), (unit) =>
        states.get(unit),
      );
    expect(reserved(transact(1))).to.equal(false);
    const opened = partition.do(transact(1));
    expect(reserved(transact(1)), 'what is OPENED, said again').to.equal(true);
    expect(reserved(transact(2)), 'another number').to.equal(false);
    expect(reserved(transact(1, { id: { ...idWire(1), incarnation: 2 } })), 'another device').to.equal(false);
    partition.finish(opened);
    expect(reserved(transact(1)), 'it is closed').to.equal(false);
    expect(reserved({ openSession: { terminal: 'T1' } })).to.equal(false);
    const id = { terminal: 'T1', incarnation: 1, number: 1 };
    expect(reserved({ reverse: { id, session: 1, card: 'C1' } })).to.equal(true);
  });

  it('lets the work of a run wait, and nothing for which a terminal waits', () => {
    const { registry } = openPartition();
    const background = (command: v1.Command.$Properties) =>
      registry.isBackground(registry.decodeCommand(v1.Command.encode(command).finish()));
    const place = { through: 20_260_101, partition: 0, chunk: 0, after: '' };
    expect(background({ listBorrowers: place })).to.equal(true);
    expect(background({ chargeCards: { ...place, cards: ['C1'] } })).to.equal(true);
    expect(background(transact(1))).to.equal(false);
    const id = { terminal: 'T1', incarnation: 1, number: 1 };
    expect(background({ reverse: { id, session: 1, card: 'C1' } })).to.equal(false);
  });

  it('lets no unit evolve from an event that is about another one', () => {
    const key = fc.constantFrom('card/C1', 'visitor/T1', 'terminal/T1');
    for (const type of eventTypes) {
      fc.assert(
        fc.property(key, anyEvent(type), (unit, event) => {
          const text = JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? '' : value));
          fc.pre(!text.includes('"C1"') && !text.includes('"T1"'));
          expect(evolve(unit, undefined, event)).to.equal(undefined);
        }),
        { numRuns: 10 },
      );
    }
  });

  it('refuses a deployment whose rules it cannot read', () => {
    const deployment = { deployment: 'test', partition: 0, partitions: 1, rules: Uint8Array.of(1) };
    expect(() => createRegistry(deployment, list)).to.throw(MalformedError, /rules/);
  });
});
