/** How simulated cards are issued. Minor units. */
export const CARD = { limit: 10_000, cap: 20_000, leastValue: 0, mostValue: 6_000 } as const;

/** Of the cards of a city: a purchase above it needs the PIN. */
export const CVM_LIMIT = 3_000;
