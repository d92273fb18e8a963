/**
 * Seeds that are run for ever, and why. What a seed does moves with every change of the system: what it once found is
 * also held where it belongs, by a test of that part.
 */
export const FIXED_SEEDS: readonly (readonly [seed: number, reason: string])[] = [
  [1, 'most broken rules are found in it, so without them it must hold; two terminals fall silent for ever'],
  [2, 'the same, for batches, and for what leaves before OPENED'],
  [3, 'the same, for duplicates and clocks'],
  [5, 'the same, for what leaves before it is acknowledged'],
  [9, 'the same, for reconnects'],
  [
    10,
    'a damaged frame was tried again for ever, an epoch frame each time, instead of stopping its partition',
  ],
  [14, 'an owner that was fenced while it wrote snapshots wrote a checkpoint over an index that was behind'],
  [20, 'a partition of which no stream was left kept workers that began from serving any other'],
  [29, 'a stale read at a takeover was taken for lost frames, and the partition stopped for good'],
  [32, 'what a silent terminal left open ends when its batch is closed'],
  [
    46,
    'an enquiry that was approved and forgotten was repeated, and refused because the card was closed since (D6)',
  ],
  [76, 'as 14: a card was served as it had been before payments that were acknowledged'],
  [
    198,
    'a base that was being made of frames that were then damaged is whole, and counts: no fault of the partition',
  ],
  [
    201,
    'an owner that took a partition by a stale read believed itself a segment behind, and sealed the next one for the last time',
  ],
  [
    250,
    'the audit took an answer for wrong: a refund was reversed after the collection of its payment had come back',
  ],
  [
    427,
    'the owner of a journal of which no stream was left said that its disk might be full, and that nothing was lost',
  ],
  [545, 'two owners sealed a segment, and one made the next: what the other stored behind that is nobody’s'],
  [595, 'a purchase was explained under the number that its terminal used for another meanwhile, and forgot'],
  [
    704,
    'the audit took an order for wrong: a refund was reversed after a settlement, and what that had ordered came back before the next',
  ],
  [
    1217,
    'the first frame of a segment was found, never acknowledged, and lost, when the segment before was in the archive only: its partition stopped for good',
  ],
];
