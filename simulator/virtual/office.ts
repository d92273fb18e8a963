/** What operators do to cards, terminals and the deployment. */
import { v1 } from '../../proto/generated/emoney.js';
import type { Random } from '../random.js';
import type { Payment } from './holders.js';
import type { Operator } from './operator.js';
import { policyOf, type CardSetting, type Population } from './population.js';
import type { Body } from './session.js';

/** What the office does in one world. */
export interface OfficeParts {
  readonly operator: Operator;
  readonly random: Random;
  readonly population: Population;
  /** Commands in all. */
  readonly commands: number;
  readonly pauseMs: () => number;
  /** The device closes its batch by itself. */
  readonly closeBatch: (terminal: string) => void;
  /** The operator closes it: whatever its device knows of its batches may be less than all. */
  readonly closesItself: (terminal: string) => void;
  /** The holder has got the card's new plastic. */
  readonly replaced: (card: string, device: number) => void;
  /** A payment that was answered as approved. */
  readonly paid: () => Payment | undefined;
  /** A card was described: at least this position was acknowledged of it before it was asked for. */
  readonly violate: (text: string) => void;
  /** The highest position of a card that was told to somebody. */
  readonly toldPosition: (card: string) => number;
}

const HOT_CARDS = 3;
const REASONS = [
  v1.ProhibitionReason.PROHIBITION_REASON_OPERATOR,
  v1.ProhibitionReason.PROHIBITION_REASON_LOST,
];

export class Office {
  readonly #parts: OfficeParts;
  #done = 0;
  #references = 0;

  constructor(parts: OfficeParts) {
    this.#parts = parts;
  }

  get commands(): number {
    return this.#done;
  }

  async run(): Promise<void> {
    const { operator, commands, pauseMs } = this.#parts;
    while (this.#done < commands) {
      this.#done += 1;
      await this.#one();
      await operator.pause(pauseMs());
    }
  }

  async #one(): Promise<void> {
    const { random, population } = this.#parts;
    const setting = random.pick(population.cards);
    const choice = random.integer(0, 99);
    if (choice < 15) await this.#describe(setting.card);
    else if (choice < 20) await this.#search();
    else if (choice < 23) await this.#replace(setting);
    else if (choice < 25) await this.#setParameters();
    else if (choice < 31) await this.#read(setting.card);
    else if (choice < 35) await this.#closeBatch();
    else if (choice < 40) await this.#settle();
    else if (choice < 44) await this.#charge();
    else if (choice < 48) await this.#collections();
    else await this.#command(this.#bodyOf(choice, setting));
  }

  #bodyOf(choice: number, { card, pin }: CardSetting): Body {
    const { random, population } = this.#parts;
    if (choice < 51) {
      const index = population.cards.findIndex((each) => each.card === card);
      return { changePolicy: { card, policy: policyOf(index, random.chance(0.8)) } };
    }
    if (choice < 53) return { activateCard: { card } };
    if (choice < 62) {
      const limit = random.pick([10_000, 10_000, 12_000, 8_000, 2_000, 0]);
      return { changeLimit: { card, limit } };
    }
    if (choice < 72) {
      const reason = random.pick(REASONS);
      // Few cards, so that one is changed again while the change before is still on its way.
      const hot = population.cards[random.integer(0, HOT_CARDS - 1)]?.card ?? card;
      return { changeProhibition: { card: hot, reason, prohibited: random.chance(0.4), note: 'because' } };
    }
    if (choice < 84) {
      return {
        storeValue: {
          card,
          reference: this.#reference(),
          amount: random.integer(1, 3_000),
          note: '',
          date: 0,
        },
      };
    }
    if (choice < 88) {
      return { cancelStore: { card, reference: `ref-${random.integer(1, this.#references + 1)}`, note: '' } };
    }
    if (choice < 92) {
      const adjustment = { storedValue: random.integer(-200, 500), loan: 0, interest: 0, fareOwed: 0 };
      return { adjustCard: { card, reference: this.#reference(), adjustment, note: 'a reason', date: 0 } };
    }
    if (choice < 95) return { unblockPin: { card } };
    if (choice < 98) return { choosePin: { card, pin } };
    return { explain: this.#explained(card) };
  }

  #explained(card: string): NonNullable<Body['explain']> {
    const { random } = this.#parts;
    const said = { terminal: 'till-1', card, terminalTimeMs: null, mark: 0, device: 0 };
    return random.pick([
      { enquiry: { ...said, terminal: 'till-0', pin: '' } },
      { purchase: { ...said, amount: random.integer(1, 12_000), currency: '', partial: false, pin: '' } },
      { changeLimit: { card, limit: random.integer(0, 20_000) } },
      { storeValue: { card, reference: 'as-if', amount: random.integer(1, 3_000), note: '', date: 0 } },
    ]);
  }

  #reference(): string {
    this.#references += 1;
    return `ref-${this.#references}`;
  }

  async #command(body: Body): Promise<void> {
    const { operator, violate } = this.#parts;
    const { rejection } = await operator.ask(body);
    if (rejection == null) return;
    violate(
      `operator: ${Object.keys(body).join()} rejected ${v1.Rejection[rejection.code ?? 0]} ${rejection.detail ?? ''}`,
    );
  }

  /** Whatever an answer shows was acknowledged before: nobody may be shown less afterwards (D1). */
  async #describe(card: string): Promise<void> {
    const { operator, toldPosition, violate } = this.#parts;
    const least = toldPosition(card);
    const { cards } = await operator.ask({ describeCards: { cards: [card] } });
    const position = Number(cards?.cards?.[0]?.position ?? 0);
    if (position < least)
      violate(`${card} described as of ${position}, though ${least} was told to somebody before`);
  }

  /** Of a terminal: by its device, or without it. */
  async #closeBatch(): Promise<void> {
    const { random, closeBatch, population } = this.#parts;
    const { terminal } = random.pick(population.terminals.filter(({ role }) => role !== 'PHONE'));
    if (random.chance(0.7)) closeBatch(terminal);
    else await this.closeFor(terminal);
  }

  /** By the operator: the device's column stays empty, and what it left open is reversed. */
  async closeFor(terminal: string): Promise<void> {
    this.#parts.closesItself(terminal);
    const closeBatch = { terminal, batch: 0, totals: null, transactions: [], more: false };
    await this.#command({ closeBatch });
  }

  async #settle(): Promise<void> {
    const { operator } = this.#parts;
    const { center } = await operator.ask({ describeCenter: {} });
    await this.#command({ settle: { number: (center?.settlements ?? 0) + 1 } });
  }

  /** Up to the day before the business date; the office does so by itself as well. */
  async #charge(): Promise<void> {
    const today = (await this.#center())?.businessDate ?? 0;
    if (today > 0) await this.#command({ chargeInterest: { through: later(today, -1) } });
  }

  async #center(): Promise<v1.CenterDescription.$Properties | null | undefined> {
    const { center } = await this.#parts.operator.ask({ describeCenter: {} });
    return center;
  }

  /** From a date that has not begun; by the time that they are decided it may have. */
  async #setParameters(): Promise<void> {
    const { random } = this.#parts;
    const { parameters = [], businessDate } = (await this.#center()) ?? {};
    const last = parameters?.at(-1);
    if (last == null || businessDate == null) return;
    const changed = {
      ...last,
      number: (last.number ?? 0) + 1,
      effectiveFrom: later(Math.max(businessDate, last.effectiveFrom ?? 0), random.integer(1, 3)),
      ratePpm: random.pick([0, 120_000, 180_000]),
      fares: (last.fares ?? []).map((fare) => ({ ...fare, amount: random.integer(0, 40) * 10 })),
    };
    await this.#command({ setParameters: { parameters: changed, note: 'a reason' } });
  }

  /** The next plastic; never of a card that a phone is a device of. */
  async #replace({ card }: CardSetting): Promise<void> {
    const { operator, population, replaced } = this.#parts;
    if (population.terminals.some((terminal) => terminal.card === card)) return;
    const { cards } = await operator.ask({ describeCards: { cards: [card] } });
    const device = (cards?.cards?.[0]?.card?.device ?? 1) + 1;
    const { acknowledged } = await operator.ask({ replaceCard: { card, device, note: 'lost' } });
    if (acknowledged?.outcome === v1.Outcome.OUTCOME_APPROVED) replaced(card, device);
  }

  /** Whatever was answered before is found (rule 12). */
  async #search(): Promise<void> {
    const { operator, paid, violate } = this.#parts;
    const payment = paid();
    if (payment === undefined) return;
    const { terminal = '', incarnation = 0, number = 0 } = payment.id;
    const id = `${terminal}#${incarnation}#${String(number)}`;
    const { searchResult, rejection } = await operator.ask({
      search: { id, card: '', terminal: '', limit: 0 },
    });
    if (rejection != null) violate(`a search was rejected: ${rejection.detail ?? ''}`);
    else if ((searchResult?.entries ?? []).length === 0) violate(`${id} was answered and is not found`);
  }

  /** What only reads. */
  async #read(card: string): Promise<void> {
    const { random, population } = this.#parts;
    const { terminal } = random.pick(population.terminals);
    const none = new Uint8Array(0);
    const businessDate = (await this.#center())?.businessDate ?? 0;
    await this.#command(
      random.pick<Body>([
        { describeSystem: {} },
        { describeTerminals: { terminals: [terminal] } },
        { describeTotals: { terminals: [terminal] } },
        { listDifferences: { terminal, batch: 1, after: none, limit: 0 } },
        { listLoans: { businessDate, after: none, limit: 0 } },
        {
          listDayTotals: {
            fromDate: businessDate,
            toDate: businessDate,
            terminal: '',
            after: none,
            limit: 0,
          },
        },
        { readJournal: { partition: 0, fromSequence: 1, limit: 20 } },
        { search: { id: '', card, terminal: '', limit: 0 } },
        { search: { id: '', card: '', terminal, limit: 0 } },
      ]),
    );
  }

  /** The bank pays some collections for good, and returns others. */
  async #collections(): Promise<void> {
    const { operator, random } = this.#parts;
    const listMatters = {
      matter: v1.Matter.MATTER_COLLECTION,
      settlement: 0,
      after: new Uint8Array(0),
      limit: 20,
    };
    const { matters } = await operator.ask({ listMatters });
    const entries = matters?.entries ?? [];
    if (entries.length === 0) return;
    const { card, order } = random.pick(entries).event?.recordCollectionOrdered ?? {};
    if (card == null || order == null) return;
    const body = { card, order };
    await this.#command(random.chance(0.6) ? { returnCollection: body } : { confirmCollection: body });
  }
}

/** The date, yyyymmdd, so many days later. */
function later(date: number, days: number): number {
  const [year, month] = [Math.floor(date / 10_000), Math.floor(date / 100) % 100];
  const time = new Date(Date.UTC(year, month - 1, (date % 100) + days));
  return time.getUTCFullYear() * 10_000 + (time.getUTCMonth() + 1) * 100 + time.getUTCDate();
}
