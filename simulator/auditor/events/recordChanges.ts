/** What the center decides about a card, as its record has it: each computed again from what the record held before. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { dayOf } from '../calendar.js';
import { Kind } from '../codes.js';
import { RecordLedger } from '../ledger.js';
import { changed, changeOf } from '../rules/effect.js';
import { owed, splitTopUp } from '../rules/split.js';
import { need, plain, readVersion } from '../wire/basics.js';
import { readAdjustment, readInstruction, readPolicy, readReasons, readTerms } from '../wire/card.js';
import type { Instruction } from '../wire/card.js';
import { readParts, type Balances } from '../wire/money.js';
import { CenterSettling } from './centerSettling.js';
import { adjustedText, appliedText, issuedText, recordedText } from './notices.js';
import { roomOf } from './situation.js';
import type { Stage } from './stage.js';

export class RecordChanges {
  readonly #stage: Stage;
  readonly #settling: CenterSettling;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#settling = new CenterSettling(stage);
  }

  opened(event: v1.RecordOpened.$Properties): void {
    const { books, findings } = this.#stage;
    const book = this.#stage.touch(event.card);
    const fresh = book.record === undefined;
    findings.holds('I5', fresh, () => 'the record is opened a second time');
    if (!fresh) return;
    const terms = readTerms(event.terms);
    const businessDate = event.businessDate ?? 0;
    const time = plain(event.timeMs, 'time_ms');
    this.#settling.dated(businessDate, time);
    this.#notice(event.card, issuedText(time));
    book.record = new RecordLedger({ ...terms, policy: books.policy(terms.policy) }, dayOf(businessDate));
  }

  activated(event: v1.RecordActivated.$Properties): void {
    const record = this.#changed(event.card);
    record.active = true;
  }

  limitChanged(event: v1.RecordLimitChanged.$Properties): void {
    const record = this.#changed(event.card);
    const previous = plain(event.previousLimit, 'previous_limit');
    this.#stage.findings.same('I4', 'previous limit', record.balances.limit, previous);
    record.balances = { ...record.balances, limit: plain(event.limit, 'limit') };
  }

  policyChanged(event: v1.RecordPolicyChanged.$Properties): void {
    this.#changed(event.card).policy = this.#stage.books.policy(readPolicy(event.policy));
  }

  pinSet(event: v1.RecordPinSet.$Properties): void {
    this.#changed(event.card);
    this.#notice(event.card, 'a new PIN');
  }

  pinUnblocked(event: v1.RecordPinUnblocked.$Properties): void {
    this.#changed(event.card);
    this.#notice(event.card, 'an unblocked PIN');
  }

  replaced(event: v1.RecordReplaced.$Properties): void {
    const record = this.#changed(event.card);
    const device = event.device ?? 0;
    this.#stage.findings.same('RULE', 'number of the new device', record.device + 1, device);
    record.device = device;
    this.#stage.turn.replaced.push(this.#stage.touch(event.card));
  }

  prohibitionChanged(event: v1.RecordProhibitionChanged.$Properties): void {
    const { findings, books, turn } = this.#stage;
    const record = this.#changed(event.card);
    // D14: readers of the list keep the higher position, so a second change in one frame takes the next one.
    const expected = Math.max(turn.position, record.changedPosition + 1);
    const position = plain(event.position, 'position');
    findings.same('I6', 'position of the change', expected, position);
    record.reasons = readReasons(event.reasons);
    record.changedPosition = position;
    const { index } = books.card(event.card ?? '');
    books.prohibitions.changed(index, position, record.reasons !== 0, turn.time);
    books.taps.decided(index, record.reasons !== 0, turn);
  }

  published(event: v1.ProhibitionPublished.$Properties): void {
    const record = this.#stage.record(event.card);
    const position = plain(event.position, 'position');
    const version = need(readVersion(event.version), 'version');
    record.publishedPosition = position;
    record.publishedVersion = version;
    this.#stage.books.prohibitions.published(this.#stage.touch(event.card).index, position, version);
  }

  /** One alert a crossing. */
  alerted(event: v1.RecordAlerted.$Properties): void {
    const { findings } = this.#stage;
    const record = this.#stage.record(event.card);
    const above = event.above ?? false;
    findings.same('RULE', 'alerted before', !above, record.alerted);
    findings.same('RULE', 'owed in the alert', owed(record.balances), plain(event.owed, 'owed'));
    findings.same('RULE', 'limit in the alert', record.balances.limit, plain(event.limit, 'limit'));
    record.alerted = above;
  }

  /** Rule 5: checked against the cap as if all that is pending were applied now. */
  instructed(event: v1.RecordInstructed.$Properties): void {
    const { findings } = this.#stage;
    const record = this.#changed(event.card);
    const instruction = readInstruction(event.instruction);
    const { reference, amount, time } = instruction;
    findings.holds('RULE', amount >= 1, () => `an instruction of ${amount}`);
    findings.holds('RULE', !record.closed, () => 'an instruction for a closed card');
    const fresh = record.useReference(reference, time);
    findings.holds('I5', fresh, () => `reference ${reference} is used a second time`);
    const room = roomOf(this.#projected(record), record.policy.cap);
    findings.holds('RULE', amount <= room, () => `recorded although only ${room} fits under the cap`);
    record.pending = [...record.pending, instruction];
    this.#notice(event.card, recordedText(instruction));
  }

  #projected({ balances, pending, policy }: RecordLedger): Balances {
    let after = balances;
    for (const { amount } of pending) {
      if (amount > roomOf(after, policy.cap)) break;
      after = changed(after, changeOf(Kind.store, splitTopUp(amount, after)));
    }
    return after;
  }

  cancelled(event: v1.RecordInstructionCancelled.$Properties): void {
    const record = this.#changed(event.card);
    const reference = event.reference ?? '';
    const found = record.settlePending(reference);
    this.#stage.findings.holds('I5', found, () => `${reference} was cancelled, and is not pending`);
  }

  stored(event: v1.RecordStored.$Properties): void {
    const record = this.#stage.record(event.card);
    const instruction: Instruction = readInstruction(event.instruction);
    record.settlePending(instruction.reference);
    const parts = readParts(event.parts);
    const after = changed(record.balances, changeOf(Kind.store, parts));
    this.#settling.settle(record, after, event);
    this.#notice(event.card, appliedText(instruction, parts, plain(event.timeMs, 'time_ms')));
  }

  /** Rule 18. */
  adjusted(event: v1.RecordAdjusted.$Properties): void {
    const { findings } = this.#stage;
    const record = this.#changed(event.card);
    const reference = event.reference ?? '';
    const time = plain(event.timeMs, 'time_ms');
    const fresh = record.useReference(reference, time);
    findings.holds('I5', fresh, () => `reference ${reference} is used a second time`);
    const adjustment = readAdjustment(event.adjustment);
    this.#settling.settle(record, changed(record.balances, adjustment), event);
    this.#notice(event.card, adjustedText(reference, adjustment, time));
  }

  /** What an operator's expected version is compared with. */
  #changed(card: string | null | undefined): RecordLedger {
    const record = this.#stage.record(card);
    record.version += 1;
    return record;
  }

  #notice(card: string | null | undefined, what: string): void {
    this.#stage.turn.recordNotices.push({ card: card ?? '', what });
  }
}
