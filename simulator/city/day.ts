/** What a city does in a day: its parts, and how often each activity begins in them. */

export const PART_NAMES = ['morning', 'noon', 'evening', 'night'] as const;
export type PartName = (typeof PART_NAMES)[number];

export const ACTIVITY_NAMES = [
  'commute',
  'passback',
  'offlineExit',
  'prohibitedInside',
  'shop',
  'pinShop',
  'wrongPins',
  'accountShop',
  'refund',
  'void',
  'partial',
  'brokenLine',
  'borrow',
  'beyondLimit',
  'deposit',
  'store',
  'adjust',
  'overLimit',
  'lose',
  'close',
  'look',
  'phoneFetch',
  'phonePay',
  'phoneMove',
  'rest',
] as const;
export type ActivityName = (typeof ACTIVITY_NAMES)[number];

export interface Part {
  readonly name: PartName;
  /** Hour of the day at which it begins; it ends where the next one begins. */
  readonly fromHour: number;
  /** Of those that begin in it. */
  readonly weights: Readonly<Partial<Record<ActivityName, number>>>;
}

export const PARTS: readonly Part[] = [
  {
    name: 'morning',
    fromHour: 5,
    weights: {
      ...{ commute: 50, passback: 5, offlineExit: 2, prohibitedInside: 1.5 },
      ...{ shop: 15, deposit: 14, look: 4, phonePay: 6, brokenLine: 0.3 },
    },
  },
  {
    name: 'noon',
    fromHour: 10,
    weights: {
      ...{ shop: 30, pinShop: 14, wrongPins: 4, accountShop: 14, refund: 9, void: 6, partial: 5 },
      ...{ deposit: 8, look: 3, phonePay: 4, lose: 1.5, brokenLine: 0.3 },
    },
  },
  {
    name: 'evening',
    fromHour: 16,
    weights: {
      ...{ borrow: 30, beyondLimit: 5, deposit: 18, store: 12, overLimit: 6, adjust: 1, close: 0.5 },
      ...{ commute: 12, accountShop: 6, refund: 3, lose: 1.5, phoneFetch: 4, phoneMove: 2 },
    },
  },
  // The city sleeps; terminals, the center and the bank work.
  { name: 'night', fromHour: 22, weights: { rest: 80, look: 10, phoneFetch: 5, shop: 5 } },
];

/** Minute of the day at which everything has slept enough. */
export function partAt(minute: number): Part {
  const hour = minute / 60;
  const begun = PARTS.filter(({ fromHour }) => fromHour <= hour).at(-1) ?? PARTS.at(-1);
  if (begun === undefined) throw new Error('a day has parts');
  return begun;
}
