import type { ProhibitionReason } from '../actors/prohibitions/ports.js';
import { v1 } from '../proto/generated/emoney.js';

export function wireReasons(reasons: readonly ProhibitionReason[]): v1.ProhibitionReason[] {
  return reasons.map((reason) => v1.ProhibitionReason[`PROHIBITION_REASON_${reason}`]);
}
