import type {
  Acknowledged,
  Explanation,
  Operator,
  OutcomeName,
  Phone,
  Reply,
  TransactionId,
} from '../../client/index.js';
import type { Follow } from '../command.js';
import type { Random } from '../random.js';
import { CityCommand, type Sending } from './cityCommand.js';
import type { PartTally } from './dayTable.js';
import { explainedOtherwise } from './explaining.js';
import type { Holder } from './holder.js';
import type { Asked, TapKind } from './judge.js';
import type { Place } from './places.js';
import type { Town } from './town.js';

/** What became of a tap. */
export interface Told {
  /** Undefined: none came, or there was no terminal. */
  readonly reply: Reply | undefined;
  readonly place: Place | undefined;
  /** Approved, and not reversed since. */
  readonly approved: boolean;
}

/** What a tap says besides its card. */
export interface TapTerms {
  /** Default: the holder's own, whenever the purchase needs it. */
  readonly pin?: 'none' | 'right' | 'wrong' | undefined;
  readonly partial?: boolean | undefined;
  /** Default: the holder's present one. */
  readonly device?: number | undefined;
  /** Default: drawn now and then. */
  readonly follow?: Follow | undefined;
  /** Outcomes that are right here; default: whatever the rules allow. */
  readonly must?: readonly OutcomeName[] | undefined;
  readonly place?: Place | undefined;
}

/** Shares of the taps that may be followed by something. */
const FOLLOWS: readonly (readonly [Follow, number])[] = [
  ['repeatAtOnce', 0.015],
  ['repeatLater', 0.015],
  ['reverseAtOnce', 0.01],
  ['reverseLater', 0.01],
];
/** Of all taps, those that are explained before. */
const EXPLAINED = 0.04;
const NOWHERE: Told = { reply: undefined, place: undefined, approved: false };

/** One activity of one holder, step by step; what it does is counted in the part of the day in which it began. */
export class Errand {
  readonly town: Town;
  readonly holder: Holder;
  readonly random: Random;
  readonly #tally: PartTally;
  /** Of the first tap only, ms of performance.now(). */
  #intended: number | undefined;

  constructor(town: Town, holder: Holder, random: Random, tally: PartTally, intended: number) {
    this.town = town;
    this.holder = holder;
    this.random = random;
    this.#tally = tally;
    this.#intended = intended;
  }

  async purchase(amount: number, terms: TapTerms = {}): Promise<Told> {
    const { holder, random, town } = this;
    const { pin = holder.needsPin(amount) ? 'right' : 'none', partial = false } = terms;
    const { card } = holder;
    const device = terms.device ?? holder.device;
    const said = { card, amount, device, partial };
    const digits = pin === 'none' ? undefined : pin === 'right' ? holder.pin : wrongPin(holder.pin);
    return this.#tap(
      'purchase',
      amount,
      { ...terms, pin, place: terms.place ?? town.places.till(random) },
      {
        send: (station, sent, done) => station.purchase({ ...said, ...sent, pin: digits }, done),
        // Never looked at, so that only what the right one, or none, brings can be compared.
        ...(pin === 'wrong'
          ? {}
          : { explain: (at: Operator, terminal) => at.explain.at(terminal).purchase(said) }),
      },
    );
  }

  async deposit(amount: number, terms: TapTerms = {}): Promise<Told> {
    const { holder, random, town } = this;
    const said = { card: holder.card, amount, device: terms.device ?? holder.device };
    return this.#tap(
      'deposit',
      amount,
      { ...terms, place: terms.place ?? town.places.machine(random) },
      {
        send: (station, sent, done) => station.deposit({ ...said, ...sent }, done),
        explain: (at, terminal) => at.explain.at(terminal).deposit(said),
      },
    );
  }

  async enquiry(terms: TapTerms = {}): Promise<Told> {
    const { holder, random, town } = this;
    const said = { card: holder.card, device: terms.device ?? holder.device };
    return this.#tap(
      'enquiry',
      0,
      { follow: 'none', ...terms, place: terms.place ?? town.places.till(random) },
      {
        send: (station, sent, done) => station.enquiry({ ...said, ...sent }, done),
      },
    );
  }

  async refund(original: TransactionId, amount: number, terms: TapTerms = {}): Promise<Told> {
    const { holder, random, town } = this;
    const said = { card: holder.card, amount, original, device: terms.device ?? holder.device };
    return this.#tap(
      'refund',
      amount,
      { ...terms, place: terms.place ?? town.places.till(random) },
      {
        send: (station, sent, done) => station.refund({ ...said, ...sent }, done),
        explain: (at, terminal) => at.explain.at(terminal).refund(said),
      },
    );
  }

  /** Of the card's last payment, at the place where it was made. */
  async void(place: Place, terms: TapTerms = {}): Promise<Told> {
    const { holder } = this;
    const said = { card: holder.card, device: terms.device ?? holder.device };
    return this.#tap(
      'void',
      0,
      { ...terms, place },
      {
        send: (station, sent, done) => station.void({ ...said, ...sent }, done),
        explain: (at, terminal) => at.explain.at(terminal).void(said),
      },
    );
  }

  async entry(zone: string, terms: TapTerms = {}): Promise<Told> {
    const { holder, random, town } = this;
    const said = { card: holder.card, device: terms.device ?? holder.device };
    const place = terms.place ?? town.places.gate(zone, random);
    return this.#tap(
      'entry',
      0,
      { follow: this.#repeated(), ...terms, place },
      {
        send: (station, sent, done) => station.entry({ ...said, ...sent }, done),
        explain: (at, terminal) => at.explain.at(terminal).entry(said),
      },
    );
  }

  async exit(zone: string, terms: TapTerms = {}): Promise<Told> {
    const { holder, random, town } = this;
    const said = { card: holder.card, device: terms.device ?? holder.device };
    const place = terms.place ?? town.places.gate(zone, random);
    return this.#tap(
      'exit',
      0,
      { follow: this.#repeated(), ...terms, place },
      {
        send: (station, sent, done) => station.exit({ ...said, ...sent }, done),
        explain: (at, terminal) => at.explain.at(terminal).exit(said),
      },
    );
  }

  async unload(terms: TapTerms = {}): Promise<Told> {
    const { holder, random, town } = this;
    const said = { card: holder.card, device: terms.device ?? holder.device };
    return this.#tap(
      'unload',
      0,
      { follow: 'none', ...terms, place: terms.place ?? town.places.machine(random) },
      {
        send: (station, sent, done) => station.unload({ ...said, ...sent }, done),
        explain: (at, terminal) => at.explain.at(terminal).unload(said),
      },
    );
  }

  /** What an operator does to the card; for counts, by its name. Must be repeatable. */
  async operate(
    name: string,
    work: (operator: Operator, card: string) => Promise<Acknowledged>,
    must: readonly OutcomeName[] = ['APPROVED'],
  ): Promise<Acknowledged> {
    const { card } = this.holder;
    const acknowledged = await this.town.operator.use((operator) => work(operator, card));
    this.#tally.operated(name);
    const { outcome } = acknowledged;
    if (!must.includes(outcome)) this.violation(`${name} of ${card} was answered ${outcome}`);
    return acknowledged;
  }

  /** Value that an operator has stored for the card, or paid in: minor units. */
  stored(amount: number): void {
    this.#tally.moved('stored', amount);
  }

  /** A phone asks about its card, without any terminal. */
  async fetch(phone: Phone): Promise<Reply> {
    const { taps } = this.town;
    const began = performance.now();
    const reply = await phone.fetch();
    const declinedBy = reply.outcome === 'APPROVED' ? undefined : reply.outcome;
    taps.log.add(phone.terminal, phone.card, reply, false);
    taps.tally.answered('phone', declinedBy, performance.now() - began);
    this.#tally.answered('enquiry', reply);
    if (reply.outcome === 'APPROVED') this.holder.learn(reply);
    return reply;
  }

  violation(text: string): void {
    this.town.taps.tally.violation(text);
  }

  /** So many minutes of the city's day. */
  async pause(minutes: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, (minutes * 60_000) / this.town.time.rate));
  }

  async #tap(kind: TapKind, amount: number, terms: TapTerms, how: How): Promise<Told> {
    const { place, pin = 'none', partial = false, must, follow = this.#follow() } = terms;
    if (place === undefined) return NOWHERE;
    const { holder, town } = this;
    const asked: Asked = { kind, holder, amount, pin, partial, must, mayDefer: place.mayDefer };
    const { explain } = how;
    const explained =
      explain !== undefined && this.random.chance(EXPLAINED)
        ? await town.operator.use((operator) => explain(operator, place.terminal))
        : undefined;
    const intended = this.#intended;
    this.#intended = undefined;
    const ended = await town.taps.tap(new CityCommand(asked, follow, how.send), place, intended);
    const reply = ended?.answer;
    if (reply !== undefined) this.#tally.answered(kind, reply);
    if (ended?.reversal !== undefined) this.#tally.reversed(ended.reversal);
    if (explained !== undefined && reply !== undefined) this.#compare(explained, reply);
    const approved = reply?.outcome === 'APPROVED' && ended?.reversal === undefined;
    return { reply, place, approved };
  }

  #compare(explained: Explanation, reply: Reply): void {
    const compared = explainedOtherwise(explained, reply);
    this.town.explained[compared.kind] += 1;
    if (compared.kind === 'otherwise')
      this.violation(`explained before ${reply.id.terminal}/${reply.id.number}: ${compared.text}`);
  }

  #follow(): Follow {
    let choice = this.random.fraction();
    for (const [follow, share] of FOLLOWS) {
      if (choice < share) return follow;
      choice -= share;
    }
    return 'none';
  }

  /** Who goes through a gate goes on: nothing is reversed, but a card may be held twice. */
  #repeated(): Follow {
    return this.random.chance(0.02) ? 'repeatLater' : 'none';
  }
}

interface How {
  readonly send: Sending;
  readonly explain?: (operator: Operator, terminal: string) => Promise<Explanation>;
}

/** Another of the same length. */
function wrongPin(pin: string): string {
  return String((Number(pin) + 1) % 10 ** pin.length).padStart(pin.length, '0');
}
