/** What the rest of the project may use of the auditor. */
export type { AcknowledgedReply } from './acknowledged.js';
export { Auditor, type FinishOptions } from './auditor.js';
export type { InFlight } from './crossCheck.js';
export type { Check, Violation } from './findings.js';
export { renderReport, type Compared, type Paint, type Report } from './report.js';
export {
  auditSystem,
  type AuditFrame,
  type AuditOptions,
  type AuditProgress,
  type AuditSource,
} from './run.js';
