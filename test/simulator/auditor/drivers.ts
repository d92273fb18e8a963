/** Devices and operators that do everything, by numbers of a random history. */
import { v1 } from '../../../proto/generated/emoney.js';
import type { ActorsWorld } from './actorsWorld.js';

const { Kind, ProhibitionReason, ShareKind, TerminalRole } = v1;

const CARDS = ['C1', 'C2', 'C3', 'C4', 'C5'];
const TERMINALS = ['T1', 'T2', 'D1', 'G1', 'G2', 'P1'];
const DAY_MS = 86_400_000;
const RIGHT = new Uint8Array(16).fill(1);
const WRONG = new Uint8Array(16).fill(2);

/** What happens, who does it, to which card, how much, and which earlier thing where one is meant. */
export type Step = readonly [what: number, who: number, card: number, amount: number, which: number];

/** Kinds of steps: numbers below it. */
export const STEPS = 100;

type Id = v1.TransactionId.$Properties;

/** What a device remembers. */
interface Device {
  session: number;
  incarnation: number;
  next: number;
}

export class Drivers {
  readonly world: ActorsWorld;
  readonly #devices = new Map<string, Device>();
  readonly #recent: { id: Id; card: string }[] = [];
  readonly #paid: { id: Id; card: string }[] = [];
  /** Number of each card's present device. */
  readonly #present = new Map<string, number>();
  #references = 0;
  #parameters = 0;
  #settlements = 0;

  constructor(world: ActorsWorld) {
    this.world = world;
    this.#register('T1', TerminalRole.TERMINAL_ROLE_PURCHASE, true);
    this.#register('T2', TerminalRole.TERMINAL_ROLE_PURCHASE, false);
    this.#register('D1', TerminalRole.TERMINAL_ROLE_DEPOSIT, false);
    this.#register('G1', TerminalRole.TERMINAL_ROLE_GATE, true, { zone: 'A' });
    this.#register('G2', TerminalRole.TERMINAL_ROLE_GATE, false, { zone: 'B' });
    this.#register('P1', TerminalRole.TERMINAL_ROLE_PHONE, false, { card: 'C1', device: 1 });
    const ratio = { kind: ShareKind.SHARE_KIND_RATIO, accountWeight: 3, loanWeight: 2, capDay: 900 };
    const waterfall = { kind: ShareKind.SHARE_KIND_WATERFALL, capTransaction: 150, capDay: 400 };
    this.#issue('C1', { storedValue: 1_200, limit: 3_000 }, { shareRule: ratio, account: 'bank-1' });
    const owing = { loan: 500, interest: 22, fareOwed: 9, limit: 2_000 };
    this.#issue('C2', owing, { storedValueCap: 4_000, shareRule: waterfall, account: 'bank-2' });
    this.#issue('C3', { storedValue: 300, limit: 1_000 }, { creditFlag: false });
    this.#issue('C4', { loan: 900, limit: 800, active: false }, {});
    const careful = { cvmLimit: 300, pinForDeferral: true, expiryDate: 20260310, zones: ['A'] };
    this.#issue('C5', { storedValue: 800, limit: 5_000, pinHash: RIGHT }, careful);
    world.drain();
  }

  #register(
    terminal: string,
    role: v1.TerminalRole,
    mayDefer: boolean,
    more: v1.RegisterTerminal.$Properties = {},
  ): void {
    this.world.command(terminal, { registerTerminal: { terminal, role, mayDefer, ...more } });
    this.#hello(terminal, false);
  }

  #issue(card: string, terms: v1.CardTerms.$Properties, policy: v1.CardPolicy.$Properties): void {
    const issued = { active: true, ...terms, policy: { creditFlag: true, ...policy } };
    this.world.command(card, { issueCard: { card, terms: issued } });
  }

  #hello(terminal: string, remembers: boolean): void {
    const device = this.#devices.get(terminal);
    const known = remembers && device !== undefined;
    const memory = known
      ? { incarnation: device.incarnation, nextNumber: device.next, list: this.world.list }
      : {};
    const phone = terminal === 'P1' ? { card: 'C1', device: 1 } : {};
    const { welcomed } = this.world.command(terminal, { openSession: { terminal, ...memory, ...phone } })!;
    const { session, incarnation, nextNumber } = welcomed!;
    this.#devices.set(terminal, {
      ...{ session: Number(session), incarnation: incarnation!, next: Number(nextNumber) },
    });
    if (!remembers) this.#hold(terminal);
  }

  #hold(terminal: string): void {
    const { session } = this.#devices.get(terminal)!;
    this.world.command(terminal, { holdList: { terminal, session, version: this.world.list } });
  }

  #transact(terminal: string, card: string, kind: v1.Kind, more: v1.Transact.$Properties = {}): void {
    const device = this.#devices.get(terminal)!;
    const { session, incarnation } = device;
    const id = { terminal, incarnation, number: device.next };
    device.next += 1;
    this.#recent.push({ id, card });
    if (kind === Kind.KIND_PURCHASE) this.#paid.push({ id, card });
    this.world.command(terminal, { transact: { id, session, kind, card, ...more } });
  }

  /** One of the latest, or a number that was never used. */
  #reverse(terminal: string, which: number): void {
    const recent = this.#recent.at(-1 - (which % 6));
    const at = which % 7 === 0 || recent === undefined ? terminal : recent.id.terminal!;
    const device = this.#devices.get(at)!;
    const { session, incarnation } = device;
    const own = recent?.id.terminal === at && recent.id.incarnation === incarnation;
    const number = own ? Number(recent.id.number) : device.next++;
    const card = own ? recent.card : 'C1';
    this.world.command(at, { reverse: { id: { terminal: at, incarnation, number }, session, card } });
  }

  step([what, who, index, amount, which]: Step): void {
    const { world } = this;
    // The fifth card is a stranger's.
    const card = CARDS[index] ?? (amount % 4 === 0 ? 'nobody' : 'C1');
    const terminal = TERMINALS[who % TERMINALS.length]!;
    if (what < 48) {
      this.#device(what, terminal, card, amount, which);
      // Mostly it is answered at once.
      if (amount % 5 !== 0) world.drain();
    } else if (what < 52) world.deliver(which);
    else if (what === 52) world.deliver(which, true);
    else if (what < 60) {
      this.#reverse(terminal, which);
      if (amount % 3 !== 0) world.drain();
    } else if (what === 60) this.#hello(terminal, which % 2 === 0);
    else if (what < 64) this.#hold(terminal);
    else if (what === 64) this.#closeBatch(terminal, which);
    else if (what < 67) world.flush();
    else if (what < 71) this.#day();
    else this.#operate(what - 71, card, amount, which);
  }

  #device(what: number, terminal: string, card: string, amount: number, which: number): void {
    const ahead = this.world.time + amount * 10_000 + 20_000;
    const stale = amount % 11 === 0 ? { terminalTimeMs: ahead - (which % 2) * 3 * DAY_MS } : {};
    const device = which % 13 === 0 ? 2 : (this.#present.get(card) ?? 1);
    const common = { ...stale, device };
    const tells = card === 'C5' ? which % 3 > 0 : which % 17 === 1;
    const pin = tells ? { pinHash: which % 9 === 1 ? WRONG : RIGHT } : {};
    const gate = which % 2 === 0 ? 'G1' : 'G2';
    const partial = which % 4 === 0;
    const kind = Kind.KIND_PURCHASE;
    const small = { amount: 1 + Math.abs(amount % 500), partial, ...pin, ...common };
    if (what < 16) this.#transact(which % 5 === 0 ? 'T2' : 'T1', card, kind, small);
    else if (what < 18) this.#transact(terminal, card, kind, { ...small, amount });
    else if (what < 24) this.#transact('D1', card, Kind.KIND_DEPOSIT, { amount: small.amount, ...common });
    else if (what === 24) this.#transact('D1', card, Kind.KIND_DEPOSIT, { amount, ...common });
    else if (what < 27) this.#transact(terminal, card, Kind.KIND_ENQUIRY, { ...pin, ...common });
    else if (what === 27) this.#transact('D1', card, Kind.KIND_UNLOAD, common);
    else if (what < 32) this.#transact(gate, card, Kind.KIND_ENTRY, common);
    else if (what < 37) this.#transact(gate, card, Kind.KIND_FARE, common);
    else if (what < 40) this.#void(terminal, card, which, common);
    else this.#refund(terminal, amount, which, common);
  }

  #void(terminal: string, card: string, which: number, common: v1.Transact.$Properties): void {
    const last = this.#paid.findLast((each) => each.card === card);
    const at = which % 5 === 0 || last === undefined ? terminal : last.id.terminal!;
    const named = which % 2 === 0 && last !== undefined ? { original: last.id } : {};
    this.#transact(at, card, Kind.KIND_VOID, { ...named, ...common });
  }

  #refund(terminal: string, amount: number, which: number, common: v1.Transact.$Properties): void {
    // Of the newest, mostly.
    const paid = this.#paid.at(-1 - (which % 7)) ?? this.#paid[0];
    const original = paid?.id ?? { terminal: 'T1', incarnation: 1, number: 99 };
    const card = paid?.card ?? 'C1';
    const some = which % 9 === 0 ? amount : 1 + Math.abs(amount % 90);
    const device = this.#present.get(card) ?? 1;
    const at = terminal === 'T1' ? 'T1' : 'T2';
    this.#transact(at, card, Kind.KIND_REFUND, { amount: some, original, ...common, device });
  }

  /** By its device, or by an operator. */
  #closeBatch(terminal: string, which: number): void {
    const { session } = this.#devices.get(terminal)!;
    const by = which % 2 === 0 ? { session, totals: { purchases: { count: 1, amount: 5 } } } : {};
    this.world.command(terminal, { closeBatch: { terminal, ...by } });
  }

  /** The next day: what was asked is answered before, because it would be too old. */
  #day(): void {
    this.world.drain();
    this.world.time += DAY_MS;
    this.world.wake();
  }

  #operate(what: number, card: string, amount: number, which: number): void {
    const { world } = this;
    const reason =
      which % 7 === 0
        ? ProhibitionReason.PROHIBITION_REASON_LOST
        : ProhibitionReason.PROHIBITION_REASON_OPERATOR;
    this.#references += 1;
    // Now and then the one before once more.
    const reference = `R${which % 6 === 0 ? this.#references - 1 : this.#references}`;
    if (what < 3) world.command(card, { changeLimit: { card, limit: Math.abs(amount) } });
    else if (what === 3) world.command(card, { activateCard: { card } });
    else if (what < 8)
      world.command(card, { changeProhibition: { card, reason, prohibited: which % 4 === 1 } });
    else if (what === 8) this.#replace(card);
    else if (what < 14)
      world.command(card, { storeValue: { card, reference, amount: Math.abs(amount % 900) } });
    else if (what === 14)
      world.command(card, { cancelStore: { card, reference: `R${this.#references - 1}` } });
    else if (what < 18) this.#adjust(card, reference, amount, which);
    else if (what < 22) this.#change(card, which);
    else this.#center(amount, which);
  }

  #replace(card: string): void {
    const device = (this.#present.get(card) ?? 1) + 1;
    this.#present.set(card, device);
    this.world.command(card, { replaceCard: { card, device } });
  }

  #adjust(card: string, reference: string, amount: number, which: number): void {
    const fields = ['storedValue', 'loan', 'interest', 'fareOwed'] as const;
    const adjustment = { [fields[which % 4]!]: amount % 300 };
    this.world.command(card, { adjustCard: { card, reference, adjustment, note: 'a correction' } });
  }

  #change(card: string, which: number): void {
    const cvm = which % 2 === 0 ? { cvmLimit: 100 } : {};
    const hours = which % 5 === 0 ? { hours: [{ days: 127, fromMinute: 0, toMinute: 700 }] } : {};
    const policy = { creditFlag: which % 3 !== 0, storedValueCap: 3_000, ...cvm, ...hours };
    if (which % 4 === 0) this.world.command(card, { setPin: { card, pinHash: RIGHT } });
    else if (which % 4 === 1) this.world.command(card, { unblockPin: { card } });
    else this.world.command(card, { changePolicy: { card, policy } });
  }

  #center(amount: number, which: number): void {
    const { world } = this;
    if (which % 5 < 2) {
      world.command('center', { chargeInterest: { through: dateOf(world.time - DAY_MS) } });
      return;
    }
    if (which % 5 < 4) {
      this.#collect(amount, which);
      return;
    }
    this.#parameters += 1;
    const effectiveFrom = dateOf(this.world.time + (1 + (which % 2)) * DAY_MS);
    const fares = [{ fromZone: 'A', toZone: 'B', amount: Math.abs(amount % 500) }];
    const parameters = { number: this.#parameters, effectiveFrom, ratePpm: 90_000, frequency: 1, fares };
    this.world.command('center', { setParameters: { parameters, note: 'a change' } });
  }

  /** A settlement, or what the bank says of an order. */
  #collect(amount: number, which: number): void {
    const { world } = this;
    const ordered = world.orders[Math.abs(amount) % Math.max(1, world.orders.length)];
    if (which % 2 === 0 || ordered === undefined) {
      this.#settlements += amount % 3 === 0 ? 0 : 1;
      world.command('center', { settle: { number: Math.max(1, this.#settlements) } });
      if (amount % 4 !== 0) world.drain();
    } else if (amount % 3 === 0) world.command(ordered.card, { confirmCollection: { ...ordered } });
    else world.command(ordered.card, { returnCollection: { ...ordered } });
  }
}

/** In Tokyo. */
function dateOf(time: number): number {
  return Number(new Date(time + 9 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', ''));
}
