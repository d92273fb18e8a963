import { expect } from 'chai';
import { BORROWER_CHUNKS } from '../../../actors/bounds.js';
import {
  decideOffice,
  dueThrough,
  type OfficeAsk,
  type OfficeCommand,
  type OfficeContext,
  type OfficeDecision,
  runAsks,
  type RunPlace,
} from '../../../actors/center/decideOffice.js';
import { evolveOffice, isAtRest, NEW_OFFICE, type OfficeState } from '../../../actors/center/office.js';
import type { Frequency } from '../../../actors/money/interest.js';
import type { Parameters } from '../../../actors/money/parameters.js';
import { dayAfter, PARAMETERS, TODAY } from '../money/samples.js';

/** In a deployment of two partitions, created TODAY; every decision is applied at once. */
class Office {
  state: OfficeState = NEW_OFFICE;
  /** Days after the creation. */
  day = 0;
  frequency: Frequency = 'DAILY';

  get context(): OfficeContext {
    const schedule = [{ ...PARAMETERS, frequency: this.frequency }, ...this.state.parameters];
    return { today: dayAfter(this.day), created: TODAY, partitions: 2, schedule };
  }

  do(command: OfficeCommand): OfficeDecision {
    const decision = decideOffice(this.state, command, this.context);
    for (const event of decision.events) this.state = evolveOffice(this.state, event);
    return decision;
  }

  on(day: number): this {
    this.day = day;
    return this;
  }

  charge(day: number): OfficeDecision {
    return this.do({ type: 'ChargeInterest', through: dayAfter(day) });
  }

  set(change: Partial<Parameters> = {}): OfficeDecision {
    const number = this.state.parameters.length + 1;
    const parameters = { ...PARAMETERS, number, effectiveFrom: dayAfter(this.day + 1), ...change };
    return this.do({ type: 'SetParameters', parameters, note: '' });
  }

  adopt(partition: number, number = this.state.parameters.length): OfficeDecision {
    return this.do({ type: 'Adopted', partition, number });
  }

  /** A partition says that it has no more cards. */
  finish(partition: number): OfficeDecision {
    const run = this.state.run!;
    const ask = runAsks(run).find((each) => placeOf(each).partition === partition)!;
    return this.do({ type: 'Listed', place: placeOf(ask), cards: [], nextChunk: BORROWER_CHUNKS });
  }
}

function placeOf(ask: OfficeAsk): RunPlace {
  if (ask.type === 'Adopt') throw new Error('it has no place');
  return ask.place;
}

function outcomeOf({ response }: OfficeDecision): string {
  return response.kind === 'outcome' ? response.outcome : response.kind;
}

describe('the center’s office', () => {
  describe('decides parameters (D13)', () => {
    it('from a date that has not begun, with the next number; every partition adopts them', () => {
      const office = new Office();
      const { asks, events } = office.set();
      const [parameters] = office.state.parameters;
      expect(events[0]).to.deep.include({ type: 'ParametersDecided', parameters, partitions: 2 });
      expect(asks).to.deep.equal([
        { type: 'Adopt', partition: 0, parameters },
        { type: 'Adopt', partition: 1, parameters },
      ]);
      expect(office.adopt(1).settles).to.deep.equal([{ purpose: 'adopt', partition: 1 }]);
      expect(office.state.adopting).to.deep.equal([0]);
      expect(isAtRest(office.state)).to.equal(false);
      office.adopt(0);
      expect(isAtRest(office.state)).to.equal(true);
      expect(office.adopt(0).events, 'told again').to.deep.equal([]);
    });

    it('asked again it is answered as done; another under the number, or a number too far: a conflict', () => {
      const office = new Office();
      office.set();
      expect(outcomeOf(office.set({ number: 1 }))).to.equal('APPROVED');
      expect(office.state.parameters).to.have.length(1);
      expect(outcomeOf(office.set({ number: 1, ratePpm: 1 }))).to.equal('VERSION_CONFLICT');
      expect(outcomeOf(office.set({ number: 3 }))).to.equal('VERSION_CONFLICT');
      expect(outcomeOf(office.set({ number: 0, effectiveFrom: TODAY }))).to.equal('APPROVED');
    });

    it('not for a date that has begun', () => {
      const office = new Office().on(5);
      expect(outcomeOf(office.set({ effectiveFrom: dayAfter(5) }))).to.equal('DATE_BEGUN');
      expect(outcomeOf(office.set({ effectiveFrom: dayAfter(6) }))).to.equal('APPROVED');
    });

    it('one after the other: a partition that has not adopted the last would never hear of it', () => {
      const office = new Office();
      office.set();
      office.adopt(0);
      expect(outcomeOf(office.set())).to.equal('busy');
      office.adopt(1);
      expect(outcomeOf(office.set())).to.equal('APPROVED');
      expect(office.adopt(0, 1).settles, 'an old answer').to.deep.equal([]);
      expect(office.state.adopting).to.deep.equal([0, 1]);
    });

    it('and charges no date of theirs before every partition has them', () => {
      const office = new Office();
      office.set({ effectiveFrom: dayAfter(1) });
      office.on(3);
      expect(dueThrough(office.state, office.context)).to.equal(undefined);
      expect(outcomeOf(office.charge(2))).to.equal('busy');
      office.adopt(0);
      office.adopt(1);
      expect(outcomeOf(office.charge(2))).to.equal('wait');
      const early = new Office();
      early.set({ effectiveFrom: dayAfter(5) });
      expect(outcomeOf(early.on(3).charge(2)), 'dates before').to.equal('wait');
    });
  });

  describe('runs interest (rule 6)', () => {
    it('for dates that are over, and not for those that are charged', () => {
      const office = new Office().on(3);
      expect(outcomeOf(office.charge(3))).to.equal('DATE_NOT_OVER');
      expect(outcomeOf(office.charge(0)), 'the day of the creation').to.equal('APPROVED');
      expect(outcomeOf(office.charge(2))).to.equal('wait');
      for (const partition of [0, 1]) office.finish(partition);
      expect(outcomeOf(office.charge(2))).to.equal('APPROVED');
      expect(outcomeOf(office.charge(1))).to.equal('APPROVED');
    });

    it('through all borrowers of all partitions, a chunk after the other, and ends', () => {
      const office = new Office().on(3);
      const { asks } = office.charge(2);
      expect(asks.map((ask) => placeOf(ask))).to.deep.equal(
        [0, 1].map((partition) => ({
          through: dayAfter(2),
          settlement: 0,
          partition,
          chunk: 0,
          after: '',
        })),
      );
      const [first, second] = asks.map(placeOf) as [RunPlace, RunPlace];
      const cards = ['C1', 'C2'];
      const found = office.do({ type: 'Listed', place: first, cards, nextChunk: 0 });
      expect(found).to.deep.include({ events: [], asks: [{ type: 'Charge', place: first, cards }] });
      const charged = office.do({ type: 'Charged', place: first, last: 'C2', cards: 2, amount: 7n });
      expect(charged.asks).to.deep.equal([{ type: 'List', place: { ...first, after: 'C2' } }]);
      const next = office.do({ type: 'Listed', place: { ...first, after: 'C2' }, cards: [], nextChunk: 9 });
      expect(next.asks).to.deep.equal([{ type: 'List', place: { ...first, chunk: 9 } }]);
      expect(office.finish(0)).to.deep.include({ settles: [{ purpose: 'run', partition: 0 }], ended: [] });
      const end = office.do({ type: 'Listed', place: second, cards: [], nextChunk: BORROWER_CHUNKS });
      expect(end.events[1]).to.deep.equal({
        type: 'RunEnded',
        through: dayAfter(2),
        settlement: 0,
        cards: 2,
        amount: 7n,
      });
      expect(end.ended.map(({ through }) => through)).to.deep.equal([dayAfter(2)]);
      expect(office.state).to.deep.include({ chargedThrough: dayAfter(2), run: undefined });
    });

    it('counts no answer twice: one to another place, another run or a partition that is done is old', () => {
      const office = new Office().on(3);
      const [ask] = office.charge(2).asks;
      const place = placeOf(ask!);
      const answer = { type: 'Charged' as const, place, last: 'C2', cards: 2, amount: 7n };
      office.do(answer);
      const { state } = office;
      for (const old of [
        answer,
        { ...answer, place: { ...place, through: dayAfter(1) } },
        { ...answer, place: { ...place, settlement: 1 } },
        { type: 'Listed' as const, place, cards: ['C1'], nextChunk: 0 },
        { type: 'Listed' as const, place, cards: [], nextChunk: BORROWER_CHUNKS },
      ]) {
        expect(office.do(old)).to.deep.include({ events: [], asks: [] });
      }
      expect(office.state).to.equal(state);
      office.finish(0);
      expect(office.do({ ...answer, place: { ...place, after: 'C2' } }).events).to.deep.equal([]);
    });

    it('goes on after a takeover where each partition stands', () => {
      const office = new Office().on(3);
      const [ask] = office.charge(2).asks;
      office.do({ type: 'Charged', place: placeOf(ask!), last: 'C7', cards: 1, amount: 1n });
      office.finish(1);
      expect(runAsks(office.state.run!)).to.deep.equal([
        { type: 'List', place: { ...placeOf(ask!), after: 'C7' } },
      ]);
    });

    it('one at a time: whoever asks for what is under way waits for it, for more is told to come again', () => {
      const office = new Office().on(9);
      office.charge(5);
      expect(office.charge(4).response).to.deep.include({ kind: 'wait' });
      expect(outcomeOf(office.charge(6))).to.equal('busy');
      expect(outcomeOf(office.do({ type: 'Settle', number: 1 }))).to.equal('busy');
    });

    describe('by itself, when it is due, and catches up what was missed', () => {
      const due = (frequency: Frequency, day: number) => {
        const office = new Office().on(day);
        office.frequency = frequency;
        return dueThrough(office.state, office.context);
      };

      it('daily: yesterday', () => {
        expect(due('DAILY', 0)).to.equal(undefined);
        expect(due('DAILY', 1), 'the day of the creation is never charged').to.equal(undefined);
        expect(due('DAILY', 2)).to.equal(dayAfter(1));
        expect(due('DAILY', 9)).to.equal(dayAfter(8));
      });

      it('weekly: on Mondays, the week that is over', () => {
        // 2024-02-29 is a Thursday: Sunday is 3 days, Monday 4 days later.
        expect(due('WEEKLY', 3)).to.equal(undefined);
        expect(due('WEEKLY', 4)).to.equal(dayAfter(3));
        expect(due('WEEKLY', 10)).to.equal(dayAfter(3));
        expect(due('WEEKLY', 11)).to.equal(dayAfter(10));
      });

      it('monthly: on the first, the month that is over', () => {
        expect(due('MONTHLY', 1), '2024-03-01').to.equal(undefined);
        expect(due('MONTHLY', 31), '2024-03-31').to.equal(undefined);
        expect(due('MONTHLY', 32), '2024-04-01').to.equal(2024_03_31);
        expect(due('MONTHLY', 40)).to.equal(2024_03_31);
      });

      it('and not while a run is under way', () => {
        const office = new Office().on(3);
        expect(office.do({ type: 'Wake' }).events[0]).to.deep.include({
          type: 'RunBegun',
          byOperator: false,
        });
        expect(office.do({ type: 'Wake' }).events).to.deep.equal([]);
        for (const partition of [0, 1]) office.finish(partition);
        expect(office.do({ type: 'Wake' }).events).to.deep.equal([]);
        expect(office.on(4).do({ type: 'Wake' }).events).to.have.length(1);
      });
    });
  });

  describe('settles (rule 11)', () => {
    it('each number once, in order', () => {
      const office = new Office().on(1);
      expect(outcomeOf(office.do({ type: 'Settle', number: 2 }))).to.equal('VERSION_CONFLICT');
      const begun = office.do({ type: 'Settle', number: 1 });
      expect(begun.events[0]).to.deep.include({ type: 'RunBegun', settlement: 1, through: dayAfter(1) });
      expect(outcomeOf(office.do({ type: 'Settle', number: 1 })), 'under way').to.equal('wait');
      for (const partition of [0, 1]) office.finish(partition);
      expect(outcomeOf(office.do({ type: 'Settle', number: 1 }))).to.equal('APPROVED');
      expect(outcomeOf(office.do({ type: 'Settle', number: 2 }))).to.equal('wait');
    });

    it('charges no interest: its date is not charged by it', () => {
      const office = new Office().on(1);
      office.do({ type: 'Settle', number: 1 });
      for (const partition of [0, 1]) office.finish(partition);
      expect(office.state).to.include({ chargedThrough: 0, settlements: 1 });
    });
  });
});
