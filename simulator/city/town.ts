import type { BusinessTime } from '../businessTime.js';
import type { OperatorLink } from '../operatorLink.js';
import type { DayTable } from './dayTable.js';
import type { Compared } from './explaining.js';
import type { Phones } from './phones.js';
import type { Places } from './places.js';
import type { Taps } from './taps.js';

/** What every activity finds in the city. */
export interface Town {
  /** Of this run among those on the same deployment: what operators name things by. */
  readonly run: string;
  readonly time: BusinessTime;
  readonly operator: OperatorLink;
  readonly places: Places;
  readonly phones: Phones;
  readonly taps: Taps;
  readonly table: DayTable;
  /** Commands that were explained before they were done, by how the answers compared. */
  readonly explained: Record<Compared['kind'], number>;
  /** How late the exits of gates without connection came: ms, business time. */
  readonly offline: number[];
}
