/** Runs an auditor over a journal made by hand. */
import { expect } from 'chai';
import { Auditor, type FinishOptions } from '../../../simulator/auditor/auditor.js';
import type { Check, Violation } from '../../../simulator/auditor/findings.js';
import type { Report } from '../../../simulator/auditor/report.js';
import type { JournalBuilder } from './journalBuilder.js';

export function read(journal: JournalBuilder, auditor = new Auditor()): Auditor {
  journal.encode().forEach((frames, partition) => {
    frames.forEach((bytes, index) => {
      auditor.frame(partition, index + 1, bytes);
    });
  });
  return auditor;
}

export function audited(journal: JournalBuilder, options: FinishOptions = { drained: true }): Report {
  return read(journal).finish(options);
}

/** The first violation with this code, whose message must match. */
export function expectViolation(report: Report, code: Check, message: RegExp): Violation {
  const found = report.violations.find(
    (violation) => violation.code === code && message.test(violation.message),
  );
  const all = report.violations.map((violation) => `${violation.code} ${violation.message}`).join('\n');
  expect(report.verdict).to.equal('fail');
  expect(found, `no ${code} ${String(message)} among:\n${all}`).to.not.equal(undefined);
  return found!;
}
