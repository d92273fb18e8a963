/**
 * Broken rule → within how many of the seeds 1, 2, 3 … it is found, and one in which it was found last: that is tried
 * first. Any change of the system, or of the world, moves it.
 */
export const FOUND_IN: Readonly<Record<string, { readonly hint: number; readonly within: number }>> = {
  'reply before the acknowledgement': { hint: 1, within: 24 },
  'read without a frame': { hint: 1, within: 24 },
  'no fencing': { hint: 1, within: 6 },
  'two frames in flight': { hint: 1, within: 6 },
  'expectation predicted': { hint: 2, within: 24 },
  "blind retry with the error's number": { hint: 1, within: 6 },
  'frame changed before it is resent': { hint: 2, within: 24 },
  'turn split over two frames': { hint: 1, within: 6 },
  'ask before OPENED': { hint: 3, within: 24 },
  'one mark instead of two': { hint: 16, within: 40 },
  'mark from speculative state': { hint: 16, within: 40 },
  'duplicate check last': { hint: 1, within: 6 },
  'rejection taken for an outcome': { hint: 2, within: 6 },
  'tombstone dropped': { hint: 1, within: 6 },
  'undone amount forgotten': { hint: 1, within: 6 },
  'snapshot before the acknowledgement': { hint: 1, within: 6 },
  'late snapshot write': { hint: 4, within: 12 },
  'checkpoint after a silent reconnect': { hint: 6, within: 10 },
  'passive actor loaded without the index': { hint: 1, within: 24 },
  'checkpoint beyond the journal accepted': { hint: 4, within: 24 },
  'tell lost at recovery': { hint: 1, within: 6 },
  'unfinished work forgotten': { hint: 1, within: 6 },
  'prohibition published without compare': { hint: 22, within: 40 },
  'batch booked after closing': { hint: 2, within: 6 },
  'clock back at takeover': { hint: 5, within: 24 },
  'archive not read back': { hint: 1, within: 24 },
};
