/** Acknowledgements of the prohibition list that are ahead of the process (D14, I6). */
import { expect } from 'chai';
import type { ListVersion } from '../../../actors/money/prohibition.js';
import type { Event } from '../../../actors/registry/event.js';
import { createRegistry } from '../../../actors/registry/registry.js';
import { encodeRules } from '../../../actors/registry/rules.js';
import type { State } from '../../../actors/registry/unit.js';
import type { Turn } from '../../../actors/runtime/domain.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { NOON } from '../money/samples.js';

const rules = encodeRules({
  currency: 'JPY',
  currencyScale: 0,
  timeZone: 'Asia/Tokyo',
  created: NOON,
  businessClock: undefined,
  parameters: undefined,
});

describe('an acknowledgement of the list', () => {
  let known: ListVersion;
  let states: Map<string, State>;
  let position: number;
  const registry = createRegistry(
    { deployment: 'test', partition: 0, partitions: 1, rules },
    { prohibitedSince: () => undefined, listVersion: () => known },
  );
  beforeEach(() => {
    known = version(5);
    states = new Map();
    position = 0;
    send({ registerTerminal: { terminal: 'T1', role: v1.TerminalRole.TERMINAL_ROLE_PURCHASE } });
    send({ openSession: { terminal: 'T1' } });
  });

  const version = (sequence: number, incarnation = 1): ListVersion => ({ incarnation, sequence });

  function send(wire: v1.Command.$Properties): Turn<Event> {
    position += 1;
    const command = registry.decodeCommand(v1.Command.encode(wire).finish());
    const keys = registry.unitsOf(command);
    const before = keys.map((key) => states.get(key));
    const turn = registry.decide(command, before, { time: NOON, position, lastPositions: [0] });
    for (const key of turn.units) {
      for (const event of turn.events) {
        const state = registry.evolve(key, states.get(key), event);
        if (state !== undefined) states.set(key, state);
      }
    }
    return turn;
  }

  const hold = (held: ListVersion, session = 1) =>
    send({ holdList: { terminal: 'T1', session, version: held } });

  it('of what is known here is taken', () => {
    const { events, response } = hold(version(5));
    expect(response.kind).to.equal('reply');
    expect(events).to.deep.equal([{ type: 'ListHeld', terminal: 'T1', version: version(5) }]);
  });

  it('of what is not known here yet is held, without effect, until it is', () => {
    const { response, ...rest } = hold(version(7));
    expect(rest).to.deep.include({ units: [], events: [], asks: [], releases: [], settles: [] });
    if (response.kind !== 'hold') throw new Error(response.kind);
    expect(response).to.include({ rejection: 'UNAVAILABLE' });
    known = version(6);
    expect(response.ready()).to.equal(false);
    known = version(7);
    expect(response.ready()).to.equal(true);
    expect(hold(version(7)).events).to.have.lengthOf(1);
  });

  it('is not held when it can never be right: another session, an unknown terminal, an older list', () => {
    expect(hold(version(7), 9).response).to.include({ kind: 'reject', rejection: 'SUPERSEDED' });
    const unknown = send({ holdList: { terminal: 'T2', session: 1, version: version(7) } });
    expect(unknown.response).to.include({ kind: 'reject', rejection: 'TERMINAL_UNKNOWN' });
    hold(version(5));
    expect(hold(version(4)).response).to.include({ kind: 'reject', rejection: 'LIST_STALE' });
  });
});
