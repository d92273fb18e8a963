import { expect } from 'chai';
import { FIRST_WINDOW, HAND_OVER_SETTLES_MS, MIN_WINDOW, OWNER_TIMEOUT_MS } from '../../actors/bounds.js';
import { Admission, type Place } from '../../gateway/admission.js';
import { Owners } from '../../gateway/owners.js';
import { SentNumbers } from '../../gateway/sentNumbers.js';
import type { TerminalSession } from '../../gateway/terminalSession.js';
import { v1 } from '../../proto/generated/emoney.js';

const [TERMINALS, CARDS, OTHER] = [0, 1, 2];

describe('gateway: admission while a partition changes hands', () => {
  let now: number;
  let owners: Owners;
  let admission: Admission;
  let numbers: number;
  let epochs: number[];

  beforeEach(() => {
    now = 1_000_000;
    numbers = 0;
    epochs = [1, 1, 1];
    const ignore = (): void => undefined;
    owners = new Owners(3, () => now, ignore, ignore);
    admission = new Admission(3, { elapsed: () => now }, (partition) => owners.settledSince(partition));
    heard();
    pass(HAND_OVER_SETTLES_MS);
  });

  function heard(handedOver?: number): void {
    const partitions = epochs.map((epoch, partition) => ({
      ...{ partition, epoch, sequence: 9 },
      serving: partition !== handedOver,
    }));
    owners.heard(v1.Heartbeat.encode({ worker: 'W', partitions }).finish());
  }

  /** While every partition is served. */
  function pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 100) {
      now += 100;
      heard();
    }
  }

  /** Each on a connection of its own. */
  function enter(card = CARDS): Place | undefined {
    numbers += 1;
    const session = { partition: TERMINALS, sent: new SentNumbers(numbers) } as unknown as TerminalSession;
    const place = admission.enter(session, numbers, { held: new Map(), heldBack: new Map() }, card);
    return typeof place === 'number' ? undefined : place;
  }

  function enterMany(count: number, card = CARDS): Place[] {
    return Array.from({ length: count }, () => enter(card)).flatMap((place) => place ?? []);
  }

  /** A partition that was overloaded a moment ago. */
  function shrink(): void {
    for (let looks = 0; looks < 10; looks += 1) {
      now += 100;
      heard();
      for (const place of enterMany(MIN_WINDOW)) place.leave('overloaded');
    }
    pass(HAND_OVER_SETTLES_MS);
    expect(enterMany(2 * MIN_WINDOW).map((place) => place.leave('lost'))).to.have.length(MIN_WINDOW);
  }

  for (const [whose, partition] of [
    ["the terminal's", TERMINALS],
    ["the card's", CARDS],
  ] as const)
    it(`${whose}: what comes meanwhile is let in, however narrow the window is`, () => {
      shrink();
      heard(partition);
      expect(enterMany(2 * FIRST_WINDOW)).to.have.length(FIRST_WINDOW);
      // Also of the next owner, until it has done what waited.
      epochs[partition] = 2;
      heard();
      now += HAND_OVER_SETTLES_MS / 2;
      heard();
      expect(enterMany(1)).to.have.length(0);
    });

  it('payments by cards of other partitions are let in as before, beside those that wait', () => {
    shrink();
    heard(CARDS);
    enterMany(2 * FIRST_WINDOW);
    expect(enterMany(2 * MIN_WINDOW, OTHER)).to.have.length(MIN_WINDOW);
  });

  it('what waited makes the window no narrower, neither what was under way when it began', () => {
    const size = admission.size;
    const before = enterMany(20);
    heard(CARDS);
    const meanwhile = enterMany(20);
    for (let ms = 0; ms < 1_000; ms += 100) {
      now += 100;
      heard(CARDS);
    }
    epochs[CARDS] = 2;
    heard();
    now += 100;
    for (const place of [...before, ...meanwhile]) place.leave('answered');
    now += 100;
    for (const place of enterMany(20)) place.leave('answered');
    expect(admission.size).to.equal(size);
    expect(admission.open).to.equal(0);
  });

  it('an owner that is not heard may be overloaded: nothing waits apart', () => {
    shrink();
    now += 10 * OWNER_TIMEOUT_MS;
    expect(enterMany(2 * MIN_WINDOW)).to.have.length(MIN_WINDOW);
  });

  it('without a hand-over the same latency is an overload', () => {
    const size = admission.size;
    const slow = enterMany(20);
    pass(1_200);
    for (const place of slow) place.leave('answered');
    expect(admission.size).to.be.below(size);
  });
});
