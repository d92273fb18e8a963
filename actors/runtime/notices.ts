/** What a partition tells whoever listens: published once, after the frame, and gone if nobody does. */
import { MAX_DELIVERY_BYTES } from '../bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { encodeMessage } from '../../proto/message.js';
import type { Bus } from './ports.js';

/** As one bus message, or as several where one would be too large. */
export function publishNotices(bus: Bus, subject: string, notices: readonly Uint8Array[]): void {
  let together: Uint8Array[] = [];
  let bytes = 0;
  const leave = (): void => {
    if (together.length > 0) bus.publish(subject, encodeMessage(v1.Notices, { notices: together }));
    together = [];
    bytes = 0;
  };
  for (const notice of notices) {
    together.push(notice);
    bytes += notice.length + 8;
    if (bytes >= MAX_DELIVERY_BYTES) leave();
  }
  leave();
}
