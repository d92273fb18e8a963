import { openConnection, type Connection } from './connection.js';
import type { ConnectionLostError } from './errors.js';
import { wireHello, type Remembered } from './hello.js';
import type { ReasonName } from './names.js';
import { askPatiently } from './patience.js';
import { PhoneCard, type PhoneNotice, type PhoneRefusal } from './phoneCard.js';
import { promised } from './promised.js';
import type { Balances, Movement, Reply } from './reply.js';
import { Station, type Welcome } from './station.js';

export type { PhoneNotice, PhoneRefusal } from './phoneCard.js';

export interface PhoneOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  /** The id under which the phone is registered. */
  readonly terminal: string;
  /** From the operator, who gets it with `phoneToken` (`emoney phone`). As secret as a key. */
  readonly token: string;
  readonly remember?: Remembered | undefined;
  /** Its clock, in milliseconds. Default: Date.now. */
  readonly clock?: (() => number) | undefined;
  readonly onNotice?: ((notice: PhoneNotice) => void) | undefined;
  readonly onLost?: ((error: ConnectionLostError) => void) | undefined;
  /** How long each message may stay unanswered, in milliseconds. Default: 30 s; a gateway answers sooner. */
  readonly patienceMs?: number | undefined;
}

/** A phone refuses by itself: its card is prohibited, or was moved to a newer device. */
export class PhoneRefusedError extends Error {
  readonly code: PhoneRefusal;
  constructor(code: PhoneRefusal) {
    super(code);
    this.name = 'PhoneRefusedError';
    this.code = code;
  }
}

/**
 * Connects a phone: a card's device with a connection of its own. Resolves when it knows its card: prohibited or not, and
 * fetched once, which is an access, so that what was stored for it has arrived.
 * @throws RejectedError (UNAUTHORIZED: the token; TERMINAL_UNKNOWN, UNAVAILABLE …), ConnectionLostError
 */
export async function connectPhone(options: PhoneOptions): Promise<Phone> {
  const { url, terminal, token, remember, clock, onNotice, onLost } = options;
  const card = new PhoneCard();
  const station: { at?: Station } = {};
  const connection = await openConnection({
    url,
    patienceMs: options.patienceMs,
    onPush: (message) => {
      const notice = card.push(message);
      if (notice !== undefined) onNotice?.(notice);
    },
    onLost: (error) => {
      station.at?.lost(error);
      onLost?.(error);
    },
  });
  try {
    const said = wireHello({ terminal, remember, token });
    const { welcome } = await askPatiently(connection, { hello: said });
    if (welcome == null) throw new Error('the gateway answered HELLO with something else');
    card.device = welcome.device ?? 0;
    station.at = new Station(connection, welcome as Welcome, { terminal, remember });
    const phone = new Phone({
      connection,
      station: station.at,
      card,
      id: welcome.card ?? '',
      clock,
      onNotice,
    });
    await phone.finish();
    await phone.fetch();
    return phone;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

interface PhoneParts {
  readonly connection: Connection;
  readonly station: Station;
  readonly card: PhoneCard;
  readonly id: string;
  readonly clock: (() => number) | undefined;
  readonly onNotice: ((notice: PhoneNotice) => void) | undefined;
}

/**
 * What a wallet app is made of. It pays at tills, not by itself: `present` gives what the till sends as `card` and
 * `device`, and refuses what the card would refuse.
 *
 * To move a card to a new phone, an operator replaces it with the next device number, registers the new phone under an id
 * of its own with that number, and gets its token (`emoney phone NEW --card CARD --move` does all three). Balance, log,
 * what is pending and what is owed stay with the card; the old phone is told and disconnected, and whatever it still
 * tries is DEVICE_SUPERSEDED.
 */
export class Phone {
  readonly card: string;
  private readonly connection: Connection;
  private readonly station: Station;
  private readonly known: PhoneCard;
  private readonly clock: (() => number) | undefined;
  private readonly onNotice: ((notice: PhoneNotice) => void) | undefined;

  constructor({ connection, station, card, id, clock, onNotice }: PhoneParts) {
    this.connection = connection;
    this.station = station;
    this.known = card;
    this.clock = clock;
    this.card = id;
    this.onNotice = onNotice;
  }

  get terminal(): string {
    return this.station.terminal;
  }

  /** Number of this device among those that the card has had. */
  get device(): number {
    return this.known.device;
  }

  /** As learned last. Payments at tills are not told: `fetch` after one. */
  get balances(): Balances | undefined {
    return this.known.balances;
  }

  /** Newest first, as fetched last. */
  get log(): readonly Movement[] {
    return this.known.log;
  }

  /** Sum of the store instructions that wait: the next `fetch` brings them. */
  get pending(): number {
    return this.known.pending;
  }

  /** Why the card is prohibited; empty: it is free. */
  get reasons(): readonly ReasonName[] {
    return this.known.reasons;
  }

  /** The card was moved to a newer device. */
  get superseded(): boolean {
    return this.known.superseded;
  }

  /** To be kept, and given to connectPhone the next time. */
  get remembered(): Remembered {
    return this.station.remembered;
  }

  /** An access: what is pending is applied, then balance and log are read. Throws RejectedError or ConnectionLostError. */
  async fetch(): Promise<Reply> {
    const { card, device } = this;
    const timeMs = this.clock?.();
    const reply = await promised((done) => this.station.enquiry({ card, device, timeMs }, done));
    const notice = this.known.answer(reply);
    if (notice !== undefined) this.onNotice?.(notice);
    return reply;
  }

  /** What was asked before, and never answered here, is asked again: then nothing has to be kept of it. */
  async finish(): Promise<void> {
    const { card, device } = this;
    for (const number of this.station.openNumbers) {
      await promised((done) => this.station.enquiry({ card, device, number }, done));
    }
  }

  /** What the phone knows; the card has the last word. */
  mayPay(): boolean {
    return this.known.refusal === undefined;
  }

  /** For the till. Throws PhoneRefusedError: the phone refuses by itself. */
  present(): { readonly card: string; readonly device: number } {
    const { refusal } = this.known;
    if (refusal !== undefined) throw new PhoneRefusedError(refusal);
    return { card: this.card, device: this.device };
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** Breaks off without a word, as a tunnel does. */
  terminate(): void {
    this.connection.terminate();
  }
}
