import type { ListChange, ProhibitionList } from '../actors/prohibitions/list.js';
import type { VersionedEntry } from '../actors/prohibitions/ports.js';
import type { Bus, Cancel } from '../actors/runtime/ports.js';
import type { Subjects } from '../actors/runtime/subjects.js';
import { v1 } from '../proto/generated/emoney.js';
import { decodeMessage } from '../proto/message.js';
import type { Connection } from './connection.js';
import type { Log } from './log.js';
import type { PhoneIdentity } from './phoneToken.js';
import { wireReasons } from './prohibitionReasons.js';

export interface PhonesOptions {
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly list: ProhibitionList;
  /** Partition of a card. */
  readonly partitionOf: (card: string) => number;
  readonly log: Log;
}

/** A phone with a session on an open connection. */
export interface Phone extends PhoneIdentity {
  readonly connection: Connection;
}

/** Notices of a partition are heard while there are phones of its cards here. */
interface Listening {
  phones: number;
  readonly unsubscribe: Cancel;
}

/**
 * The phones that are connected here, and what they are told unasked: prohibitions of their own card, from the list that
 * the gateway follows anyway, and what operators change about it, from the notices of its partition. These may be lost:
 * a phone that connects asks.
 */
export class Phones {
  private readonly options: PhonesOptions;
  private readonly byCard = new Map<string, Set<Phone>>();
  private readonly listening = new Map<number, Listening>();
  private readonly unfollow: Cancel;
  private phones = 0;

  constructor(options: PhonesOptions) {
    this.options = options;
    this.unfollow = options.list.onChange((change) => {
      this.changed(change);
    });
  }

  get count(): number {
    return this.phones;
  }

  /** Welcomed: it is told how its card stands, and from now on what changes. */
  join(phone: Phone): void {
    const { card, terminal, connection } = phone;
    // Only its newest session counts.
    for (const other of this.of(card)) if (other.terminal === terminal) this.leave(other);
    let together = this.byCard.get(card);
    if (together === undefined) this.byCard.set(card, (together = new Set<Phone>()));
    together.add(phone);
    this.phones += 1;
    this.listen(this.options.partitionOf(card));
    connection.send({ cardNotice: this.noticeOf(card) });
  }

  leave(phone: Phone): void {
    const { card } = phone;
    const together = this.byCard.get(card);
    if (together?.delete(phone) !== true) return;
    if (together.size === 0) this.byCard.delete(card);
    this.phones -= 1;
    this.unlisten(this.options.partitionOf(card));
  }

  left({ terminals }: Connection): void {
    for (const { phone } of terminals.values()) if (phone !== undefined) this.leave(phone);
  }

  /** The card has a newer device: this one's session ends, and a connection that has no other. */
  supersede(phone: Phone): void {
    const { connection, terminal } = phone;
    this.leave(phone);
    if (connection.terminals.get(terminal)?.phone !== phone) return;
    connection.terminals.delete(terminal);
    if (connection.terminals.size === 0 && !connection.operator) {
      connection.close(1008, 'the card has a newer device', 'superseded');
    }
  }

  close(): void {
    this.unfollow();
    for (const { unsubscribe } of this.listening.values()) unsubscribe();
  }

  /** A copy: who is told may leave by it. */
  private of(card: string): readonly Phone[] {
    const together = this.byCard.get(card);
    return together === undefined ? [] : [...together];
  }

  private changed(change: ListChange): void {
    if (change.kind !== 'entry') return;
    for (const { connection } of this.of(change.entry.card)) {
      connection.send({ cardNotice: noticeFrom(change.entry) });
    }
  }

  private noticeOf(card: string): v1.CardNotice.$Properties {
    const { list } = this.options;
    const entry = list.entryOf(card);
    return entry === undefined ? { card, reasons: [], version: list.version() ?? null } : noticeFrom(entry);
  }

  private listen(partition: number): void {
    const known = this.listening.get(partition);
    if (known !== undefined) {
      known.phones += 1;
      return;
    }
    const { bus, subjects } = this.options;
    const unsubscribe = bus.subscribe(subjects.notices(partition), (bytes) => {
      this.hear(bytes);
    });
    this.listening.set(partition, { phones: 1, unsubscribe });
  }

  private unlisten(partition: number): void {
    const known = this.listening.get(partition);
    if (known === undefined) return;
    known.phones -= 1;
    if (known.phones > 0) return;
    known.unsubscribe();
    this.listening.delete(partition);
  }

  private hear(bytes: Uint8Array): void {
    try {
      const { notices } = v1.Notices.decode(bytes);
      for (const notice of notices) this.tell(decodeMessage(v1.CardChanged, notice));
    } catch (error) {
      this.options.log(`gateway: notices that cannot be read were dropped: ${String(error)}`);
    }
  }

  private tell(cardChanged: v1.CardChanged): void {
    const { card, device, position } = cardChanged;
    for (const phone of this.of(card)) {
      if (phone.device === device) phone.connection.send({ cardChanged });
      else if (phone.device < device) {
        // Of what the card holds an older device learns nothing.
        phone.connection.send({ cardChanged: { card, device, position } });
        this.supersede(phone);
      }
    }
  }
}

function noticeFrom({ card, reasons, version }: VersionedEntry): v1.CardNotice.$Properties {
  return { card, reasons: wireReasons(reasons), version };
}
