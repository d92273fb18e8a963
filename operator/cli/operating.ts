/** What the operator's commands do alike: reach the running system, and say what became of a change. */
import type { Command } from 'commander';
import { meaningOf } from '../../actors/money/outcomes.js';
import type { Acknowledged } from '../../client/descriptions.js';
import { OperatorLink } from '../../simulator/operatorLink.js';
import { webSocketUrl } from './commands/shared.js';
import { CommandError } from './errors.js';
import { option } from './options.js';
import { openOutput, type Output } from './output.js';
import { withTarget } from './system/target.js';

export interface OperatingOptions {
  readonly gateway?: string;
  readonly secret?: string;
  readonly secretFile?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export function withOperating(command: Command): Command {
  return command
    .addOption(option.gateway())
    .addOption(option.secret())
    .addOption(option.secretFile())
    .addOption(option.data())
    .addOption(option.json());
}

/** The running system, or the deployment of a folder for as long as it takes. None is created. */
export async function operating(
  options: OperatingOptions,
  work: (operator: OperatorLink, output: Output) => Promise<void>,
): Promise<void> {
  const output = openOutput(options.json === true);
  await withTarget({ ...options, log: output.say, mustExist: true }, async ({ gateway, secret }) => {
    const operator = await OperatorLink.open({ url: webSocketUrl(gateway), secret });
    try {
      await work(operator, output);
    } finally {
      await operator.close();
    }
  });
}

/**
 * Says that it is done, or why not. `done`: what was to be done, for people; `besides`: more for programs.
 * @throws CommandError, named by the outcome
 */
export function report(output: Output, acknowledged: Acknowledged, done: string, besides: object = {}): void {
  const { outcome, fits, reasons } = acknowledged;
  output.document({ ...acknowledged, ...besides });
  if (outcome !== 'APPROVED') {
    const room = fits === undefined ? '' : ` At most ${fits} would fit.`;
    throw new CommandError(`${outcome}: ${meaningText(outcome)}${room}`);
  }
  output.print(reasons.length === 0 ? done : `${done}; it is prohibited: ${reasons.join(', ')}`);
}

function meaningText(outcome: Acknowledged['outcome']): string {
  // One of a newer gateway is a number.
  return outcome === 'UNSPECIFIED' || /^\d+$/.test(outcome) ? 'it was refused.' : meaningOf(outcome).text;
}
