import type { Command } from 'commander';
import { auditSourceOf } from '../../../simulator/auditSource.js';
import { renderReport } from '../../../simulator/auditor/report.js';
import { auditSystem } from '../../../simulator/auditor/run.js';
import { operating, type OperatingOptions, withOperating } from '../operating.js';
import { painter, PhasedProgress } from './shared.js';

interface AuditCommandOptions extends OperatingOptions {
  readonly drained?: boolean;
}

export function addAudit(program: Command): void {
  const command = program
    .command('audit')
    .description('rebuild every record from the journals, with code of its own, and compare with what runs')
    .option('--drained', 'nobody uses the system now: transactions in flight are violations');
  withOperating(command).addHelpText('after', HELP).action(run);
}

const HELP = `
Reads only: without --gateway it looks at the system that runs on --data (default: ./data), else at the deployment
that this folder holds, for which it starts servers, a worker and a gateway and ends them. It creates none.
Exit code 0: nothing is wrong; 1: differences, each named.

Examples:
  $ emoney audit                       the running system, or the data of the one that was stopped
  $ emoney audit --data ./elsewhere    another folder
`;

async function run(options: AuditCommandOptions): Promise<void> {
  await operating(options, async (operator, output) => {
    const progress = new PhasedProgress();
    const report = await auditSystem(auditSourceOf(operator), {
      drained: options.drained === true,
      onProgress: ({ phase, done, total }) => {
        progress.update(phase, done, total, `${done} of ${total}`);
      },
    }).finally(() => {
      progress.end();
    });
    if (report.ids === 0) output.say('no transaction was made here yet');
    output.print(renderReport(report, painter(output)));
    output.document(report);
    if (report.verdict === 'fail') process.exitCode = 1;
  });
}
