/**
 * What is known of every transaction id, from both sides: the terminal's partition and the card's. Either may be
 * read first, so the second one to speak is compared with what the first has said.
 */
import { Outcome } from './codes.js';
import type { Findings } from './findings.js';
import { IdTable, Seen } from './ids.js';
import { fingerprintOf, type Answer } from './wire/answer.js';
import type { Id } from './wire/basics.js';
import { sameOriginal, type Content } from './wire/asked.js';

/** Where and when something is booked. */
export type Booking = Pick<Content, 'card' | 'batch' | 'businessDate' | 'terminalTime' | 'openedTime'>;

/** What is known of the undoing of an id; few ids have one. */
export interface Reversal extends Booking {
  answer: Answer | undefined;
  fingerprint: number;
}

const UNBOOKED: Booking = { card: '', batch: 0, businessDate: 0, terminalTime: 0, openedTime: 0 };

export class Transactions {
  readonly ids = new IdTable();
  readonly reversals = new Map<number, Reversal>();
  readonly #findings: Findings;
  /** Rows touched since the horizon: their cause may be in frames that were not read. */
  #late: Set<number> | undefined;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** From here on, frames are read whose causes may lie beyond what will be read. */
  horizon(): void {
    this.#late = new Set();
  }

  isLate(row: number): boolean {
    return this.#late?.has(row) === true;
  }

  opened(row: number, content: Content, card: number): void {
    this.#once(row, Seen.opened, 'opened');
    this.#never(row, Seen.refused, 'opened after the terminal refused it');
    this.#content(row, content, card);
  }

  refused(row: number, content: Content, card: number): void {
    this.#once(row, Seen.refused, 'refused');
    this.#never(row, Seen.opened, 'refused by the terminal after it was opened');
    this.#content(row, content, card);
  }

  /** The card's outcome: approved or declined. */
  decided(row: number, content: Content, card: number, answer: Answer): void {
    this.#once(row, Seen.decided, 'decided by the card');
    this.#never(row, Seen.reversed, 'decided by the card after it was reversed there');
    this.#content(row, content, card);
    this.#answer(row, answer);
  }

  closed(row: number, answer: Answer): void {
    this.#once(row, Seen.closed, 'closed');
    this.#never(row, Seen.reversalOpened, 'closed although the device had given up on it');
    // A status and no outcome of its own: there is nothing to compare with the card's event.
    if (answer.outcome === Outcome.reversed) this.ids.mark(row, Seen.closedReversed);
    else this.#answer(row, answer);
  }

  reversalOpened(row: number, booking: Booking): void {
    this.#once(row, Seen.reversalOpened, 'opened for reversal');
    this.#reversal(row, booking);
  }

  reversed(row: number, booking: Booking, answer: Answer): void {
    this.#once(row, Seen.reversed, 'reversed by the card');
    this.#reversal(row, booking);
    this.#reversalAnswer(row, answer);
  }

  reversalClosed(row: number, answer: Answer): void {
    this.#once(row, Seen.reversalClosed, 'closed as reversed');
    this.#reversalAnswer(row, answer);
  }

  #once(row: number, flag: number, what: string): void {
    this.#late?.add(row);
    this.#findings.holds('I5', !this.ids.has(row, flag), () => `the id is ${what} a second time`);
    this.ids.mark(row, flag);
  }

  #never(row: number, flag: number, what: string): void {
    if (this.ids.has(row, flag)) this.#findings.report('I5', `the id is ${what}`);
  }

  #content(row: number, content: Content, card: number): void {
    const { ids } = this;
    if (!ids.has(row, Seen.content)) {
      ids.mark(row, Seen.content);
      ids.card[row] = card;
      ids.kind[row] = content.kind;
      ids.amount[row] = content.amount;
      ids.digest[row] = content.digest;
      ids.batch[row] = content.batch;
      ids.businessDate[row] = content.businessDate;
      ids.terminalTime[row] = content.terminalTime;
      ids.openedTime[row] = content.openedTime;
      ids.device[row] = content.device;
      if (content.partial) ids.partial.add(row);
      if (content.original !== undefined) ids.originals.set(row, content.original);
      return;
    }
    const differs = this.contentDiffers(row, content, card);
    this.#findings.holds(
      'I8',
      differs === undefined,
      () => `OPENED and the card's event differ: ${differs ?? ''}`,
    );
  }

  /** Names the first field that is not as recorded for this id. */
  contentDiffers(row: number, content: Content, card: number): string | undefined {
    const { ids } = this;
    if (ids.card[row] !== card) return `card ${content.card}`;
    if (ids.kind[row] !== content.kind) return pair('kind', ids.kind[row], content.kind);
    if (ids.amount[row] !== content.amount) return pair('amount', ids.amount[row], content.amount);
    if (ids.digest[row] !== content.digest) return pair('digest', ids.digest[row], content.digest);
    if (ids.batch[row] !== content.batch) return pair('batch', ids.batch[row], content.batch);
    if (ids.businessDate[row] !== content.businessDate) {
      return pair('business date', ids.businessDate[row], content.businessDate);
    }
    if (ids.terminalTime[row] !== content.terminalTime) {
      return pair('terminal time', ids.terminalTime[row], content.terminalTime);
    }
    if (ids.openedTime[row] !== content.openedTime) {
      return pair('time', ids.openedTime[row], content.openedTime);
    }
    if (ids.device[row] !== content.device) return pair('device', ids.device[row], content.device);
    if (ids.partial.has(row) !== content.partial) return 'partial';
    return this.#originalDiffers(row, content.original) ? 'original' : undefined;
  }

  /** A void need not name its payment: then the card says which it is. */
  #originalDiffers(row: number, original: Id | undefined): boolean {
    const known = this.ids.originals.get(row);
    if (known !== undefined && original !== undefined) return !sameOriginal(known, original);
    if (original !== undefined) this.ids.originals.set(row, original);
    return false;
  }

  #answer(row: number, answer: Answer): void {
    const { ids } = this;
    const fingerprint = fingerprintOf(answer);
    if (!ids.has(row, Seen.answered)) {
      ids.mark(row, Seen.answered);
      ids.outcome[row] = answer.outcome;
      ids.position[row] = answer.position;
      ids.fingerprint[row] = fingerprint;
      ids.setParts(row, answer.parts);
      return;
    }
    const findings = this.#findings;
    const same = [
      findings.same('I8', 'CLOSED names the position of the card event', ids.position[row], answer.position),
      findings.same('I8', 'CLOSED and the card event agree on the outcome', ids.outcome[row], answer.outcome),
      findings.same('I8', 'CLOSED and the card event agree on value', ids.value[row], answer.parts.value),
      findings.same('I8', 'CLOSED and the card event agree on loan', ids.loan[row], answer.parts.loan),
    ];
    if (same.includes(false)) return;
    const whole = ids.fingerprint[row] === fingerprint;
    findings.holds('I8', whole, () => 'CLOSED holds another answer than the card event');
  }

  #reversal(row: number, booking: Booking): void {
    const { card, batch, businessDate, terminalTime, openedTime } = booking;
    const known = this.reversals.get(row);
    if (known === undefined) {
      const kept = { card, batch, businessDate, terminalTime, openedTime };
      this.reversals.set(row, { ...kept, answer: undefined, fingerprint: 0 });
      return;
    }
    const findings = this.#findings;
    findings.same('I8', 'card of the reversal', known.card, card);
    findings.same('I8', 'batch of the reversal', known.batch, batch);
    findings.same('I8', 'business date of the reversal', known.businessDate, businessDate);
    findings.same('I8', 'terminal time of the reversal', known.terminalTime, terminalTime);
    findings.same('I8', 'time of the reversal', known.openedTime, openedTime);
  }

  #reversalAnswer(row: number, answer: Answer): void {
    const known = this.reversals.get(row) ?? { ...UNBOOKED, answer: undefined, fingerprint: 0 };
    this.reversals.set(row, known);
    const fingerprint = fingerprintOf(answer);
    if (known.answer === undefined) {
      known.answer = answer;
      known.fingerprint = fingerprint;
      return;
    }
    const findings = this.#findings;
    const what = 'REVERSAL_CLOSED names the position of the card event';
    const same = findings.same('I8', what, known.answer.position, answer.position);
    if (!same) return;
    const whole = known.fingerprint === fingerprint;
    findings.holds('I8', whole, () => 'REVERSAL_CLOSED holds another answer than the card event');
  }
}

function pair(what: string, expected: number | undefined, found: number): string {
  return `${what} ${expected ?? 0} and ${found}`;
}
