/** What an operator commands, whatever comes of it: each is one message. */
import { v1 } from '../proto/generated/emoney.js';
import { fromUint32, fromInteger, type WireInteger } from '../proto/guard.js';
import { wirePolicy, type CardPolicy } from './cardPolicy.js';
import { wireTerms, type CardTerms } from './cardTerms.js';
import type { Body } from './connection.js';
import type { ReasonName, RoleName } from './names.js';
import { wireParameters, type Parameters } from './parameters.js';

export interface TerminalTerms {
  readonly role: RoleName;
  /** A payment here may be deferred. Default: true. */
  readonly mayDefer?: boolean | undefined;
  /** GATE: the zone into which it opens. */
  readonly zone?: string | undefined;
  /** PHONE: its card, and the number of this device. */
  readonly card?: string | undefined;
  readonly device?: number | undefined;
}

export interface StoreInstruction {
  /** The operator's own name for it: the same reference is the same instruction. */
  readonly reference: string;
  readonly amount: WireInteger;
  readonly note?: string | undefined;
  /** Business date, yyyymmdd, on which it was decided; default: today. Whoever repeats for more than a month states it. */
  readonly date?: number | undefined;
}

/** What is added, or taken where it is negative; never below 0. */
export interface CardAdjustment {
  /** The operator's own name for it: the same reference is the same adjustment. */
  readonly reference: string;
  readonly storedValue?: number | undefined;
  readonly loan?: number | undefined;
  readonly interest?: number | undefined;
  readonly fareOwed?: number | undefined;
  /** The reason. */
  readonly note: string;
  /** As in StoreInstruction. */
  readonly date?: number | undefined;
}

export interface ProhibitionChange {
  /** Default: OPERATOR. */
  readonly reason?: Extract<ReasonName, 'OPERATOR' | 'LOST'> | undefined;
  readonly note?: string | undefined;
  /** Refused with VERSION_CONFLICT when the record's version is another and it is not so already. */
  readonly expectedVersion?: number | undefined;
}

/** Methods throw RejectedError or ConnectionLostError; and GuardError for a number that its field cannot hold. */
export abstract class OperatorCommands<Result> {
  async issueCard(card: string, terms: CardTerms): Promise<Result> {
    return this.command({ issueCard: { card, terms: wireTerms(terms) } });
  }

  async registerTerminal(terminal: string, terms: TerminalTerms): Promise<Result> {
    const { mayDefer = true, zone = '', card = '' } = terms;
    const role = v1.TerminalRole[`TERMINAL_ROLE_${terms.role}`];
    const device = fromUint32(terms.device ?? 0, 'device');
    return this.command({ registerTerminal: { terminal, role, mayDefer, zone, card, device } });
  }

  async changeLimit(card: string, limit: number, expectedVersion?: number): Promise<Result> {
    const version = expectedVersion === undefined ? {} : { expectedVersion };
    return this.command({ changeLimit: { card, limit: fromInteger(limit, 'limit'), ...version } });
  }

  /** Replaces the whole policy: what is left out is false, empty, or none. */
  async changePolicy(card: string, policy: CardPolicy, expectedVersion?: number): Promise<Result> {
    const version = expectedVersion === undefined ? {} : { expectedVersion };
    return this.command({ changePolicy: { card, policy: wirePolicy(policy), ...version } });
  }

  /** 4 to 12 digits; empty: the card has no PIN any more. */
  async choosePin(card: string, pin: string): Promise<Result> {
    return this.command({ choosePin: { card, pin } });
  }

  /** All tries again, with the same PIN. */
  async unblockPin(card: string): Promise<Result> {
    return this.command({ unblockPin: { card } });
  }

  /** `device`: the number that the new plastic or phone gets, the present one and one more. */
  async replaceCard(card: string, device: number, note = ''): Promise<Result> {
    return this.command({ replaceCard: { card, device: fromUint32(device, 'device'), note } });
  }

  /** Recorded at once, applied at the card's next access. */
  async storeValue(
    card: string,
    { reference, amount, note = '', date = 0 }: StoreInstruction,
  ): Promise<Result> {
    const wire = { amount: fromInteger(amount, 'amount'), date: fromUint32(date, 'date') };
    return this.command({ storeValue: { card, reference, note, ...wire } });
  }

  /** Only while it is pending. */
  async cancelStore(card: string, reference: string, note = ''): Promise<Result> {
    return this.command({ cancelStore: { card, reference, note } });
  }

  async adjustCard(card: string, change: CardAdjustment): Promise<Result> {
    const { reference, note } = change;
    const date = fromUint32(change.date ?? 0, 'date');
    const adjustment = {
      storedValue: fromInteger(change.storedValue ?? 0, 'stored_value'),
      loan: fromInteger(change.loan ?? 0, 'loan'),
      interest: fromInteger(change.interest ?? 0, 'interest'),
      fareOwed: fromInteger(change.fareOwed ?? 0, 'fare_owed'),
    };
    return this.command({ adjustCard: { card, reference, adjustment, note, date } });
  }

  /** The bank has paid a collection for good: it will not come back. */
  async confirmCollection(card: string, order: string): Promise<Result> {
    return this.command({ confirmCollection: { card, order } });
  }

  /** Orders every account share that is not ordered yet. `number`: the next of `describeCenter`'s settlements. */
  async settle(number: number): Promise<Result> {
    return this.command({ settle: { number: fromUint32(number, 'number') } });
  }

  /** The bank returned a collection: its amount becomes loan, once. */
  async returnCollection(card: string, order: string): Promise<Result> {
    return this.command({ returnCollection: { card, order } });
  }

  async prohibit(card: string, change: ProhibitionChange = {}): Promise<Result> {
    return this.changeProhibition(card, true, change);
  }

  async lift(card: string, change: ProhibitionChange = {}): Promise<Result> {
    return this.changeProhibition(card, false, change);
  }

  async activate(card: string): Promise<Result> {
    return this.command({ activateCard: { card } });
  }

  /** In force from a business date that has not begun. The number must be the next of `describeCenter`'s. */
  async setParameters(parameters: Parameters, note = ''): Promise<Result> {
    return this.command({ setParameters: { parameters: wireParameters(parameters), note } });
  }

  /** Charges every date up to and including this one, yyyymmdd. Resolves when every borrower is charged. */
  async chargeInterest(through: number): Promise<Result> {
    return this.command({ chargeInterest: { through: fromUint32(through, 'through') } });
  }

  private async changeProhibition(
    card: string,
    prohibited: boolean,
    { reason = 'OPERATOR', note = '', expectedVersion }: ProhibitionChange,
  ): Promise<Result> {
    const version = expectedVersion === undefined ? {} : { expectedVersion };
    const wireReason = v1.ProhibitionReason[`PROHIBITION_REASON_${reason}`];
    return this.command({ changeProhibition: { card, reason: wireReason, prohibited, note, ...version } });
  }

  protected abstract command(body: Body): Promise<Result>;
}
