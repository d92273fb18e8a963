/** How simulated cards are issued. Minor units. */
export const CARD = { limit: 10_000, cap: 20_000, leastValue: 2_000, mostValue: 15_000 } as const;
