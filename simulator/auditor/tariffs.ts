/** What a partition decides by, and since when (D13): parameters as created, and each change that it adopted. */
import { dateOfDay, dayOf } from './calendar.js';
import type { Findings } from './findings.js';
import type { Parameters } from './wire/parameters.js';

/** Rule 9's usual number. */
const USUAL_REFUND_DAYS = 180;

const NONE: Parameters = {
  number: 0,
  effectiveFrom: 0,
  ratePpm: 0,
  frequency: 0,
  fares: [],
  refundDays: 0,
};

export class Tariffs {
  readonly #findings: Findings;
  /** From the genesis frames. */
  #created: Parameters = NONE;
  /** By partition, ascending numbers, the created ones not among them. */
  readonly #adopted: Parameters[][] = [];
  /** By number: what every partition must have under it. */
  readonly #contents = new Map<number, string>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  create(parameters: Parameters): void {
    this.#created = parameters;
  }

  adopt(partition: number, parameters: Parameters): void {
    const adopted = (this.#adopted[partition] ??= []);
    const { number } = parameters;
    const last = adopted.at(-1)?.number ?? this.#created.number;
    this.#findings.same('RULE', 'number of the parameters', last + 1, number);
    adopted.push(parameters);
    this.decided(parameters);
  }

  /** The same for all: the center decides, partitions adopt. */
  decided(parameters: Parameters): void {
    const { number } = parameters;
    const content = JSON.stringify(parameters);
    const known = this.#contents.get(number) ?? content;
    this.#contents.set(number, known);
    const same = known === content;
    this.#findings.holds('RULE', same, () => `parameters ${number} are not the same for all`);
  }

  /** What a partition has adopted since it was created, ascending numbers. */
  adopted(partition: number): readonly Parameters[] {
    return this.#adopted[partition] ?? [];
  }

  /** In force on a business date: those that began last; of two that began together, the higher number. */
  on(partition: number, date: number): Parameters {
    let found = this.#created.effectiveFrom <= date ? this.#created : NONE;
    for (const each of this.#adopted[partition] ?? []) {
      if (each.effectiveFrom <= date && each.effectiveFrom >= found.effectiveFrom) found = each;
    }
    return found;
  }

  /** Millionths a year in force on a day, see calendar.ts. */
  rateOn(partition: number): (day: number) => number {
    const changes = this.#adopted[partition] !== undefined || this.#created.effectiveFrom > 0;
    if (!changes) return () => this.#created.ratePpm;
    return (day) => this.on(partition, dateOfDay(day)).ratePpm;
  }

  /** Rule 9: a purchase that was too old on any day so far stays so, whatever was decided since. */
  isRefundable(partition: number, paidOn: number, today: number): boolean {
    const last = this.adopted(partition).map(({ effectiveFrom }) => dateOfDay(dayOf(effectiveFrom) - 1));
    return [...last, today].every((date) => {
      const days = this.on(partition, date).refundDays || USUAL_REFUND_DAYS;
      return date > today || dayOf(date) - dayOf(paidOn) <= days;
    });
  }
}
