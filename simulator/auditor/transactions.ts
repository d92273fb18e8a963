/**
 * What is known of every transaction id, from both sides: the terminal's partition and the card's. Either may be
 * read first, so the second one to speak is compared with what the first has said.
 */
import { Outcome } from './codes.js';
import type { Findings } from './findings.js';
import { IdTable, Seen } from './ids.js';
import type { Answer, Content } from './wire.js';

/** What is known of the undoing of an id; few ids have one. */
export interface Reversal {
  batch: number;
  businessDate: number;
  terminalTime: number;
  answer: Answer | undefined;
  fingerprint: number;
}

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

  reversalOpened(row: number, batch: number, businessDate: number, terminalTime: number): void {
    this.#once(row, Seen.reversalOpened, 'opened for reversal');
    this.#reversal(row, batch, businessDate, terminalTime);
  }

  reversed(row: number, content: Content, answer: Answer): void {
    this.#once(row, Seen.reversed, 'reversed by the card');
    this.#reversal(row, content.batch, content.businessDate, content.terminalTime);
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
    if (ids.terminalTime[row] === content.terminalTime) return undefined;
    return pair('terminal time', ids.terminalTime[row], content.terminalTime);
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

  #reversal(row: number, batch: number, businessDate: number, terminalTime: number): void {
    const known = this.reversals.get(row);
    if (known === undefined) {
      this.reversals.set(row, { batch, businessDate, terminalTime, answer: undefined, fingerprint: 0 });
      return;
    }
    const findings = this.#findings;
    findings.same('I8', 'batch of the reversal', known.batch, batch);
    findings.same('I8', 'business date of the reversal', known.businessDate, businessDate);
    findings.same('I8', 'terminal time of the reversal', known.terminalTime, terminalTime);
  }

  #reversalAnswer(row: number, answer: Answer): void {
    const known = this.reversals.get(row) ?? {
      ...{ batch: 0, businessDate: 0, terminalTime: 0, answer: undefined, fingerprint: 0 },
    };
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

/** 32 bits over every number of an answer. Money fields are compared one by one besides. */
export function fingerprintOf(answer: Answer): number {
  const { parts, balances } = answer;
  let hash = mix(answer.outcome, answer.amount);
  hash = mix(mix(mix(hash, parts.value), parts.account), parts.loan);
  hash = mix(mix(mix(hash, parts.interest), parts.fare), parts.restoredLoan);
  hash = mix(mix(mix(hash, balances.storedValue), balances.loan), balances.interest);
  hash = mix(mix(mix(hash, balances.fareOwed), balances.limit), answer.creditFlag ? 1 : 0);
  hash = mix(mix(hash, answer.fits ?? -1), answer.original);
  return mix(mix(hash, answer.receiveTime), answer.position);
}

function mix(hash: number, number: number): number {
  let next = Math.imul(hash ^ (number | 0), 0x9e3779b1);
  next ^= next >>> 15;
  next = Math.imul(next ^ (Math.floor(number / 4_294_967_296) | 0), 0x85ebca77);
  return next ^ (next >>> 13);
}
