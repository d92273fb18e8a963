/** What the center makes of a card, as the card records it: each computed again from what the card held before. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { Kind } from '../codes.js';
import { CardLedger } from '../ledger.js';
import { changed, changeOf, NO_CHANGE } from '../rules/effect.js';
import { splitTopUp } from '../rules/split.js';
import { plain, readId } from '../wire/basics.js';
import { hexOf, readAdjustment, readInstruction, readPolicy, readReasons, readTerms } from '../wire/card.js';
import { readBalances, readParts } from '../wire/money.js';
import { adjustedText, appliedText, collectionText, interestText } from './notices.js';
import { issuedText, recordedText } from './notices.js';
import { checkParts, settle } from './settle.js';
import { roomOf } from './situation.js';
import type { Stage } from './stage.js';

export class CardChanges {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  issued(event: v1.CardIssued.$Properties): void {
    const { books, findings, turn } = this.#stage;
    const book = this.#stage.touch(event.card);
    const fresh = book.card === undefined;
    findings.holds('I5', fresh, () => 'the card is issued a second time');
    if (!fresh) return;
    const terms = readTerms(event.terms);
    book.card = new CardLedger({ ...terms, policy: books.policy(terms.policy) });
    books.flows.opened(book.card.balances);
    turn.issued.push(book);
    this.#notice(event.card, issuedText(plain(event.timeMs, 'time_ms')));
  }

  activated(event: v1.CardActivated.$Properties): void {
    this.#stage.card(event.card).active = true;
  }

  limitChanged(event: v1.CardLimitChanged.$Properties): void {
    const card = this.#stage.card(event.card);
    card.balances = { ...card.balances, limit: plain(event.limit, 'limit') };
  }

  prohibitionChanged(event: v1.CardProhibitionChanged.$Properties): void {
    this.#stage.card(event.card).reasons = readReasons(event.reasons);
  }

  /** Gives no tries back, and leaves no more than the new policy has. */
  policyChanged(event: v1.CardPolicyChanged.$Properties): void {
    const card = this.#stage.card(event.card);
    card.policy = this.#stage.books.policy(readPolicy(event.policy));
    card.triesLeft = Math.min(card.triesLeft, card.allTries);
  }

  pinSet(event: v1.CardPinSet.$Properties): void {
    const card = this.#stage.card(event.card);
    card.pinHash = hexOf(event.pinHash);
    card.triesLeft = card.allTries;
    this.#notice(event.card, 'a new PIN');
  }

  pinUnblocked(event: v1.CardPinUnblocked.$Properties): void {
    const card = this.#stage.card(event.card);
    card.triesLeft = card.allTries;
    this.#notice(event.card, 'an unblocked PIN');
  }

  replaced(event: v1.CardReplaced.$Properties): void {
    const card = this.#stage.card(event.card);
    const device = event.device ?? 0;
    this.#stage.findings.same('RULE', 'number of the new device', card.device + 1, device);
    card.device = device;
  }

  instructed(event: v1.CardInstructed.$Properties): void {
    const card = this.#stage.card(event.card);
    const instruction = readInstruction(event.instruction);
    card.pending = [...card.pending, instruction];
    this.#notice(event.card, recordedText(instruction));
  }

  cancelled(event: v1.CardInstructionCancelled.$Properties): void {
    const card = this.#stage.card(event.card);
    const reference = event.reference ?? '';
    const found = card.settlePending(reference);
    this.#stage.findings.holds('I5', found, () => `${reference} was cancelled, and is not pending`);
  }

  /** Rule 5: the oldest pending instruction, by rule 4 against the card as it is. */
  stored(event: v1.CardStored.$Properties): void {
    const { findings, books } = this.#stage;
    const card = this.#stage.card(event.card);
    const instruction = readInstruction(event.instruction);
    const { reference, amount } = instruction;
    const next = card.pending[0];
    findings.same('I5', 'instruction that is next', next?.reference, reference);
    findings.same('I2', 'amount of the instruction', next?.amount, amount);
    findings.same('I5', 'time of the instruction', next?.time, instruction.time);
    card.settlePending(reference);
    const room = roomOf(card.balances, card.policy.cap);
    findings.holds('RULE', amount <= room, () => `applied although only ${room} fits under the cap`);
    const parts = readParts(event.parts);
    checkParts(findings, amount, splitTopUp(amount, card.balances), parts);
    const after = changed(card.balances, changeOf(Kind.store, parts));
    settle(findings, 'card', card, after, readBalances(event.balances));
    books.flows.moved(Kind.store, parts);
    const index = books.stored.push({ instruction, parts }) - 1;
    const time = plain(event.timeMs, 'time_ms');
    card.log.add('stored', index, card.balances, time);
    this.#notice(event.card, appliedText(instruction, parts, time));
  }

  interestPosted(event: v1.CardInterestPosted.$Properties): void {
    const card = this.#stage.card(event.card);
    const interest = plain(event.amount, 'amount');
    const after = changed(card.balances, { ...NO_CHANGE, interest });
    settle(this.#stage.findings, 'card', card, after, readBalances(event.balances));
    this.#stage.books.flows.interestPosted(interest);
    this.#notice(event.card, interestText(interest, event.through ?? 0));
  }

  /** Rule 11: the amount becomes loan, once. */
  collectionReturned(event: v1.CardCollectionReturned.$Properties): void {
    const { findings, books } = this.#stage;
    const card = this.#stage.card(event.card);
    const loan = plain(event.amount, 'amount');
    const id = readId(event.transaction);
    const row = books.row(id);
    const once = books.payments.collectionReturned(row);
    findings.holds('I5', once, () => 'the collection of this payment came back a second time');
    const after = changed(card.balances, { ...NO_CHANGE, loan });
    settle(findings, 'card', card, after, readBalances(event.balances));
    books.flows.collectionReturned(loan);
    this.#notice(event.card, collectionText(id, loan, plain(event.timeMs, 'time_ms')));
  }

  /** Nobody can ask about these payments any more; and nothing of them is ever given back or taken again. */
  forgot(event: v1.CardForgot.$Properties): void {
    const { books, findings, turn } = this.#stage;
    const { lastPayment } = this.#stage.card(event.card);
    const today = this.#stage.today();
    for (const payment of event.payments ?? []) {
      const row = books.row(readId(payment));
      findings.holds('RULE', row !== lastPayment, () => 'what is forgotten is the last payment of the card');
      const paidOn = books.transactions.ids.businessDate[row] ?? 0;
      const needed = books.tariffs.isRefundable(turn.partition, paidOn, today);
      findings.holds('RULE', !needed, () => `a payment of ${paidOn}, which can be refunded, is forgotten`);
      books.payments.forget(row);
    }
  }

  adjusted(event: v1.CardAdjusted.$Properties): void {
    const card = this.#stage.card(event.card);
    const adjustment = readAdjustment(event.adjustment);
    const after = changed(card.balances, adjustment);
    settle(this.#stage.findings, 'card', card, after, readBalances(event.balances));
    this.#stage.books.flows.adjusted(adjustment);
    const time = plain(event.timeMs, 'time_ms');
    this.#notice(event.card, adjustedText(event.reference ?? '', adjustment, time));
  }

  #notice(card: string | null | undefined, what: string): void {
    this.#stage.turn.cardNotices.push({ card: card ?? '', what });
  }
}
