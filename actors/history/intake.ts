/** Files the events of frames, in order, into one batch of the store after the other. */
import { HISTORY_OPENINGS, HISTORY_SLICE_ROWS } from '../bounds.js';
import type { Tip } from '../runtime/chain.js';
import { Counting } from './counting.js';
import { encodeCursor } from './cursor.js';
import { Columns } from './columns.js';
import { type Id, cursorKey, matterKey, openingKey, standingKey } from './keys.js';
import { type Opening, Openings } from './openings.js';
import { Pack } from './pack.js';
import type { Place } from './place.js';
import type { File, Filing, HistoryBatch, HistoryStore, Row, Standing } from './ports.js';
import { encodeMatter, encodeStanding } from './rows.js';

interface Closing {
  readonly line: number;
  readonly id: Id;
  readonly place: Place;
  readonly event: Uint8Array;
}

/** After an error it must not be used any more: another one begins at the store's cursor. */
export class Intake {
  readonly #store: HistoryStore;
  readonly #partition: number;
  readonly #file: File;
  readonly #openings = new Openings();
  /** Of the present batch. */
  #opened: Opening[] = [];
  /** Whose openings are in the store, or nowhere: for a reversal the transaction's, which was closed already. */
  #late: Closing[] = [];
  readonly #counts: Counting;
  readonly #pack: Pack;
  readonly #columns: Columns;
  #batch: HistoryBatch | undefined;
  #time = 0;
  #sequence = 0;
  #index = 0;

  constructor(store: HistoryStore, partition: number, file: File) {
    this.#store = store;
    this.#partition = partition;
    this.#file = file;
    this.#counts = new Counting(store, partition);
    this.#pack = new Pack(partition);
    this.#columns = new Columns(partition);
  }

  /** Of what is not stored yet. */
  get bytes(): number {
    return this.#pack.bytes + this.#columns.bytes;
  }

  /** The events that follow are those of this frame, up to `end`. */
  begin(sequence: number, time: number): void {
    this.#sequence = sequence;
    this.#time = time;
    this.#index = 0;
    this.#columns.begin({ sequence, time });
  }

  event(event: Uint8Array): void {
    const filing = this.#file(event);
    const index = this.#index;
    this.#index += 1;
    if (filing === undefined) return;
    const place = { time: this.#time, sequence: this.#sequence, index };
    if (filing.matters.length > 0) this.#list(filing, place, event);
    if (filing.standing !== undefined) this.#stand(filing.standing, place);
    if (filing.count !== undefined) this.#counts.add(filing.count);
    switch (filing.role) {
      case 'opening':
        this.#open(filing, event);
        break;
      case 'closing':
        this.#close(filing, place, event);
        break;
      case 'line':
        this.#lineByItself(filing, place, event);
        break;
      case 'entry':
      case 'refusal':
        this.#enter(filing, place, event);
        break;
      case 'matter':
      case 'none':
    }
  }

  /** `rest` lets others have their turn. */
  async end(rest: () => Promise<void>): Promise<void> {
    if (this.#pack.isFull) await putSlowly(this.#present(), this.#pack.rows(), rest);
  }

  /**
   * Stores everything since the commit before, and that the history is complete up to `tip`. Not if `allowed` throws,
   * which is asked last of all.
   */
  async commit(tip: Tip, allowed: () => void, rest: () => Promise<void>): Promise<void> {
    const batch = this.#present();
    this.#batch = undefined;
    await this.#closeLate(batch);
    await putSlowly(batch, this.#pack.rows(), rest);
    await putSlowly(batch, this.#columns.rows(), rest);
    this.#storeOpened(batch);
    await this.#counts.store(batch);
    batch.put(cursorKey(this.#partition), encodeCursor(tip));
    allowed();
    await batch.write();
    // All of them are stored: who closes one reads it.
    if (this.#openings.size > HISTORY_OPENINGS) this.#openings.clear();
  }

  /** Nothing since the last commit is stored. */
  discard(): void {
    this.#batch?.discard();
    this.#batch = undefined;
  }

  #present(): HistoryBatch {
    return (this.#batch ??= this.#store.begin());
  }

  #enter(filing: Filing, place: Place, event: Uint8Array): void {
    this.#pack.add(filing, place, event);
    if (filing.role === 'refusal' && filing.terminal.length > 0) this.#lineByItself(filing, place, event);
  }

  #lineByItself({ terminal, batch }: Filing, place: Place, event: Uint8Array): void {
    this.#columns.add(terminal, batch, place, 0, undefined, event);
  }

  #list({ matters }: Filing, place: Place, event: Uint8Array): void {
    const into = this.#present();
    for (const matter of matters) {
      const key = matterKey(this.#partition, matter);
      if (matter.listed) into.put(key, encodeMatter(place, event));
      else into.delete(key);
    }
  }

  #stand(standing: Standing, place: Place): void {
    this.#present().put(standingKey(this.#partition, standing.name, place), encodeStanding(standing));
  }

  #open(filing: Filing, event: Uint8Array): void {
    const { batch, lines } = filing;
    for (const line of lines) {
      const opening = { id: filing, line, batch, event, closed: false, stored: false };
      this.#openings.add(opening);
      this.#opened.push(opening);
    }
  }

  #close(filing: Filing, place: Place, event: Uint8Array): void {
    for (const line of filing.lines) {
      const opening = this.#openings.take(filing, line);
      if (opening === undefined) {
        this.#late.push({ line, id: filing, place, event });
        continue;
      }
      opening.closed = true;
      if (opening.stored) this.#present().delete(openingKey(this.#partition, line, filing));
      this.#columns.add(filing.terminal, opening.batch, place, line, opening.event, event);
    }
  }

  async #closeLate(batch: HistoryBatch): Promise<void> {
    const late = this.#late;
    if (late.length === 0) return;
    this.#late = [];
    const keys = late.map(({ id, line }) => openingKey(this.#partition, line, id));
    const openings = await this.#store.get(keys);
    for (const [at, { id, line, place, event }] of late.entries()) {
      const [opening, key] = [openings[at], keys[at]];
      if (opening === undefined || key === undefined) continue;
      batch.delete(key);
      this.#columns.add(id.terminal, this.#file(opening)?.batch ?? 0, place, line, opening, event);
    }
  }

  #storeOpened(batch: HistoryBatch): void {
    for (const opening of this.#opened) {
      if (opening.closed) continue;
      opening.stored = true;
      // A copy: it may be a part of a frame, which must not be kept for it.
      opening.event = new Uint8Array(opening.event);
      batch.put(openingKey(this.#partition, opening.line, opening.id), opening.event);
    }
    this.#opened = [];
  }
}

async function putSlowly(into: HistoryBatch, rows: Iterable<Row>, rest: () => Promise<void>): Promise<void> {
  let left = HISTORY_SLICE_ROWS;
  for (const [key, value] of rows) {
    into.put(key, value);
    left -= 1;
    if (left > 0) continue;
    left = HISTORY_SLICE_ROWS;
    await rest();
  }
}
