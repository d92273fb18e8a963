import { LIST_UPDATE_ENTRIES } from '../actors/bounds.js';
import type { ListChange, ProhibitionList } from '../actors/prohibitions/list.js';
import type { ListVersion, VersionedEntry } from '../actors/prohibitions/ports.js';
import { v1 } from '../proto/generated/emoney.js';
import type { Codec } from './codec/codec.js';
import type { Connection } from './connection.js';
import type { ListTimes } from './listTimes.js';
import type { ProhibitionTimes } from './prohibitionTimes.js';
import { compareVersions, versionOf } from './listVersion.js';
import { wireReasons } from './prohibitionReasons.js';
import type { Ticker } from './ticker.js';

type Encoded = readonly (Uint8Array | string)[];

/**
 * Pushes the prohibition list: whole, once, to a connection that does not have it, then what changes, coalesced by
 * tick. Everything is encoded once for each subprotocol, however many connections get it.
 */
export class ListFeed {
  private readonly list: ProhibitionList;
  private readonly ticker: Ticker;
  private readonly times: ListTimes;
  private readonly prohibitions: ProhibitionTimes;
  private readonly followers = new Set<Connection>();
  private readonly whole = new Map<Codec, Encoded>();
  private changed: VersionedEntry[] = [];
  /** Version that the followers were told last; undefined: another stream began, what they hold is void. */
  private told: ListVersion | undefined;
  private scheduled = false;
  private readonly unsubscribe: () => void;

  constructor(list: ProhibitionList, ticker: Ticker, times: ListTimes, prohibitions: ProhibitionTimes) {
    this.list = list;
    this.ticker = ticker;
    this.times = times;
    this.prohibitions = prohibitions;
    this.told = list.version();
    this.unsubscribe = list.onChange((change) => {
      this.changes(change);
    });
  }

  /** The list is complete up to here; undefined until it was read to its end once. */
  get version(): ListVersion | undefined {
    return this.list.version();
  }

  close(): void {
    this.unsubscribe();
  }

  /** From now on the connection gets what changes, and the whole list now unless it states the present version. */
  follow(connection: Connection, held: v1.ListVersion.$Properties | undefined): void {
    const { version } = this;
    if (connection.followsList || version === undefined) return;
    connection.followsList = true;
    this.followers.add(connection);
    if (held !== undefined && compareVersions(versionOf(held), version) === 0) return;
    this.pushWhole(connection, version);
  }

  unfollow(connection: Connection): void {
    this.followers.delete(connection);
  }

  tick(): void {
    this.scheduled = false;
    const { changed, version, told } = this;
    this.changed = [];
    this.told = version;
    const arrivals = this.prohibitions.taken();
    if (version === undefined || this.followers.size === 0) return;
    this.times.pushed(version, arrivals);
    const updates = new Map<Codec, Encoded>();
    for (const connection of this.followers) {
      if (told === undefined) this.pushWhole(connection, version);
      else {
        const encoded = encodedFor(updates, connection.codec, () => pieces(changed, version, false));
        for (const data of encoded) connection.sendEncoded(data);
      }
    }
  }

  private changes(change: ListChange): void {
    if (change.kind === 'entry') {
      this.changed.push(change.entry);
      if (this.isNew(change.entry)) this.prohibitions.arrived(change.entry);
    } else if (change.kind === 'cleared') {
      this.changed = [];
      this.told = undefined;
    } else {
      this.whole.clear();
      if (this.scheduled) return;
      this.scheduled = true;
      this.ticker.add(this);
    }
  }

  /** A card that was free: not what is read of the list at first, or again. */
  private isNew({ card, version }: VersionedEntry): boolean {
    const since = this.list.prohibitedSince(card);
    return this.version !== undefined && since !== undefined && compareVersions(since, version) === 0;
  }

  private pushWhole(connection: Connection, version: ListVersion): void {
    const encoded = encodedFor(this.whole, connection.codec, () => {
      return pieces(this.list.entries(), version, true);
    });
    connection.allowBacklog(encoded.reduce((bytes, data) => bytes + data.length, 0));
    for (const data of encoded) connection.sendEncoded(data);
  }
}

function encodedFor(
  cache: Map<Codec, Encoded>,
  codec: Codec,
  updates: () => readonly v1.ListUpdate.$Properties[],
): Encoded {
  let encoded = cache.get(codec);
  if (encoded === undefined) {
    encoded = updates().map((listUpdate) => codec.encode({ listUpdate }));
    cache.set(codec, encoded);
  }
  return encoded;
}

/** Only the first piece replaces what the device holds, only the last completes it. An empty list is one piece. */
function pieces(entries: readonly VersionedEntry[], version: ListVersion, whole: boolean): v1.ListUpdate[] {
  const updates: v1.ListUpdate[] = [];
  let start = 0;
  do {
    const piece = entries.slice(start, start + LIST_UPDATE_ENTRIES);
    start += LIST_UPDATE_ENTRIES;
    const more = start < entries.length;
    updates.push(
      v1.ListUpdate.create({
        whole: whole && updates.length === 0,
        entries: piece.map(wireEntry),
        version,
        more,
      }),
    );
  } while (start < entries.length);
  return updates;
}

function wireEntry({ card, reasons, version, position }: VersionedEntry): v1.ProhibitionEntry.$Properties {
  return { card, reasons: wireReasons(reasons), version, position };
}
