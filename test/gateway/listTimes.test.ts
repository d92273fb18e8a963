import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_WATCHED_PUSHES } from '../../actors/bounds.js';
import type { ListVersion } from '../../actors/prohibitions/ports.js';
import { ListTimes } from '../../gateway/listTimes.js';

const version = (sequence: number): ListVersion => ({ incarnation: 1, sequence });

class Measured {
  now = 0;
  /** "version took ms", or "version forgotten". */
  readonly seen: string[] = [];
  readonly times = new ListTimes({
    now: () => this.now,
    onComplete: (push, at) => this.seen.push(`${push.version.sequence} took ${at - push.at}`),
    onForgotten: (push) => this.seen.push(`${push.version.sequence} forgotten`),
  });
  readonly gates = { name: 'a concentrator' };
  readonly till = { name: 'a terminal' };

  push(sequence: number, at = this.now): void {
    this.now = at;
    this.times.pushed(version(sequence), []);
  }

  hold(speaker: object, terminal: string, sequence: number, at = this.now): void {
    this.now = at;
    this.times.acknowledged(speaker, terminal, version(sequence));
  }
}

describe('gateway: the times of the list', () => {
  let measured: Measured;
  beforeEach(() => {
    measured = new Measured();
    const { times, gates, till } = measured;
    for (const terminal of ['G1', 'G2']) times.joined(gates, terminal, version(4));
    times.joined(till, 'T1', version(4));
    for (const terminal of ['G1', 'G2']) measured.hold(gates, terminal, 4);
    measured.hold(till, 'T1', 4);
  });

  it('a push is complete with the last acknowledgement', () => {
    const { times, gates, till, seen } = measured;
    measured.push(5, 100);
    expect([times.told, times.unacknowledged]).to.deep.equal([3, 3]);
    measured.hold(till, 'T1', 5, 103);
    measured.hold(gates, 'G2', 5, 107);
    expect([seen.length, times.unacknowledged]).to.deep.equal([0, 1]);
    measured.hold(gates, 'G1', 5, 112);
    expect([seen, times.unacknowledged]).to.deep.equal([['5 took 12'], 0]);
  });

  it('a newer acknowledgement is one of the older pushes as well, a repeated or older one is none', () => {
    const { gates, till, seen } = measured;
    measured.push(5, 100);
    measured.push(6, 110);
    measured.hold(till, 'T1', 6, 111);
    measured.hold(gates, 'G1', 6, 112);
    measured.hold(till, 'T1', 6, 113);
    measured.hold(gates, 'G2', 5, 120);
    expect(seen).to.deep.equal(['5 took 20']);
    measured.hold(gates, 'G2', 5, 125);
    expect(seen).to.have.lengthOf(1);
    measured.hold(gates, 'G2', 6, 130);
    expect(seen).to.deep.equal(['5 took 20', '6 took 20']);
  });

  it('who leaves is not waited for, and its leaving is no acknowledgement', () => {
    const { times, gates, till, seen } = measured;
    measured.push(5, 100);
    measured.hold(till, 'T1', 5, 103);
    measured.now = 30_000;
    times.left(gates, ['G1', 'G2']);
    expect(seen).to.deep.equal(['5 took 3']);
    expect([times.count, times.unacknowledged]).to.deep.equal([1, 0]);
    measured.push(6, 30_000);
    times.left(till, ['T1']);
    expect(seen).to.deep.equal(['5 took 3', '6 forgotten']);
    expect([times.count, times.unacknowledged]).to.deep.equal([0, 0]);
  });

  it('who comes later is not waited for, but has to acknowledge like all others', () => {
    const { times, gates, till, seen } = measured;
    const late = {};
    measured.push(5, 100);
    times.joined(late, 'T9', version(5));
    expect(times.unacknowledged).to.equal(4);
    measured.hold(till, 'T1', 5, 101);
    for (const gate of ['G1', 'G2']) measured.hold(gates, gate, 5, 102);
    expect([seen, times.unacknowledged]).to.deep.equal([['5 took 2'], 1]);
    measured.hold(late, 'T9', 4, 103);
    expect(times.unacknowledged, 'an older list than it was welcomed with').to.equal(1);
    measured.hold(late, 'T9', 5, 104);
    expect(times.unacknowledged).to.equal(0);
  });

  it('a terminal that says HELLO on another connection is that one’s: the old one is not waited for', () => {
    const { times, gates, till, seen } = measured;
    measured.push(5, 100);
    for (const gate of ['G1', 'G2']) measured.hold(gates, gate, 5, 102);
    const again = {};
    measured.now = 200;
    times.joined(again, 'T1', version(5));
    expect(seen).to.deep.equal(['5 took 2']);
    measured.hold(till, 'T1', 5);
    expect(times.unacknowledged, 'the old connection says nothing any more').to.equal(1);
    times.left(till, ['T1']);
    expect(times.count).to.equal(3);
    measured.hold(again, 'T1', 5);
    expect(times.unacknowledged).to.equal(0);
  });

  it('another stream makes all that was held void', () => {
    const { times, till, gates, seen } = measured;
    measured.now = 100;
    times.pushed({ incarnation: 2, sequence: 1 }, []);
    measured.hold(till, 'T1', 99);
    expect(times.unacknowledged).to.equal(3);
    times.left(gates, ['G1', 'G2']);
    times.acknowledged(till, 'T1', { incarnation: 2, sequence: 1 });
    expect(seen).to.deep.equal(['1 took 0']);
  });

  it('only so many pushes are waited for: older ones are forgotten, and their terminals stand at the next', () => {
    const { times, till, gates, seen } = measured;
    for (let sequence = 5; sequence < 5 + MAX_WATCHED_PUSHES + 2; sequence += 1) measured.push(sequence);
    expect(seen).to.deep.equal(['5 forgotten', '6 forgotten']);
    times.left(gates, ['G1', 'G2']);
    measured.hold(till, 'T1', 7);
    expect(seen.at(-1)).to.equal('7 took 0');
    measured.hold(till, 'T1', 1_000);
    expect(seen).to.have.lengthOf(MAX_WATCHED_PUSHES + 2);
    expect(times.unacknowledged).to.equal(0);
  });

  it('nobody is connected: nothing is waited for', () => {
    const empty = new Measured();
    empty.push(1);
    expect([empty.times.told, empty.times.unacknowledged, empty.seen]).to.deep.equal([0, 0, []]);
  });

  /** As the tracker, with every terminal and every push looked at every time. */
  class Model {
    readonly seen: string[] = [];
    readonly terminals = new Map<string, { since: number; acknowledged: number }>();
    pushes: { sequence: number; at: number; last: number | undefined; missing: Set<string> }[] = [];

    join(terminal: string, sequence: number): void {
      this.leave(terminal);
      this.terminals.set(terminal, { since: sequence, acknowledged: -1 });
    }

    leave(terminal: string): void {
      this.terminals.delete(terminal);
      for (const push of this.pushes) push.missing.delete(terminal);
      this.settle();
    }

    push(sequence: number, at: number): void {
      if (this.terminals.size === 0) return;
      this.pushes.push({ sequence, at, last: undefined, missing: new Set(this.terminals.keys()) });
    }

    hold(terminal: string, sequence: number, at: number): void {
      const held = this.terminals.get(terminal);
      if (held === undefined) return;
      held.acknowledged = Math.max(held.acknowledged, sequence);
      for (const push of this.pushes) {
        if (push.sequence <= sequence && push.missing.delete(terminal)) push.last = at;
      }
      this.settle();
    }

    unacknowledged(newest: number): number {
      const upToDate = ({ since, acknowledged }: { since: number; acknowledged: number }) =>
        acknowledged >= Math.max(since, newest);
      return [...this.terminals.values()].filter((each) => !upToDate(each)).length;
    }

    private settle(): void {
      while (this.pushes[0]?.missing.size === 0) {
        const { sequence, at, last } = this.pushes[0];
        this.seen.push(last === undefined ? `${sequence} forgotten` : `${sequence} took ${last - at}`);
        this.pushes.shift();
      }
    }
  }

  const names = ['T1', 'T2', 'T3', 'T4', 'T5'];
  const step = fc.oneof(
    fc.constant({ kind: 'push' } as const),
    fc.record({ kind: fc.constant('join' as const), terminal: fc.constantFrom(...names) }),
    fc.record({ kind: fc.constant('leave' as const), terminal: fc.constantFrom(...names) }),
    fc.record({
      kind: fc.constant('hold' as const),
      terminal: fc.constantFrom(...names),
      behind: fc.nat({ max: 3 }),
    }),
  );

  it('is right for every order of pushes, acknowledgements, arrivals and departures', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: MAX_WATCHED_PUSHES }), (steps) => {
        const tracked = new Measured();
        const model = new Model();
        const speakers = new Map(names.map((name) => [name, { name }]));
        let newest = 10;
        for (const each of steps) {
          tracked.now += 1;
          if (each.kind === 'push') {
            newest += 1;
            tracked.push(newest);
            model.push(newest, tracked.now);
          } else {
            const speaker = speakers.get(each.terminal) ?? {};
            if (each.kind === 'join') {
              tracked.times.joined(speaker, each.terminal, version(newest));
              model.join(each.terminal, newest);
            } else if (each.kind === 'leave') {
              tracked.times.left(speaker, [each.terminal]);
              model.leave(each.terminal);
            } else {
              tracked.hold(speaker, each.terminal, newest - each.behind);
              model.hold(each.terminal, newest - each.behind, tracked.now);
            }
          }
          expect(tracked.seen).to.deep.equal(model.seen);
          expect(tracked.times.count).to.equal(model.terminals.size);
          expect(tracked.times.unacknowledged).to.equal(model.unacknowledged(newest));
        }
      }),
      { numRuns: 500 },
    );
  });
});
