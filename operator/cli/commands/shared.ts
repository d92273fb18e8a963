/** What several commands do alike. */
import type { SystemDescription } from '../../../client/descriptions.js';
import { OperatorLink } from '../../../simulator/operatorLink.js';
import { CommandError } from '../errors.js';
import type { Output } from '../output.js';
import { startProgress, type Progress } from '../progress.js';
import { type Creation, mustAgree } from '../system/creation.js';
import type { Target } from '../system/target.js';

/** Where terminals and operators connect. */
export function webSocketUrl(gateway: string): string {
  return `${gateway.replace(/^http/, 'ws')}/v1`;
}

/** @throws CommandError when a system has another number of partitions than was asked for */
export async function requirePartitions(
  { gateway, secret }: Pick<Target, 'gateway' | 'secret'>,
  wanted: number | undefined,
): Promise<void> {
  if (wanted === undefined) return;
  const { partitionCount } = await describe({ gateway, secret });
  if (partitionCount === wanted) return;
  throw new CommandError(
    `the system at ${gateway} has ${partitionCount} partitions for ever: leave out --partitions ${wanted} (EMONEY_PARTITIONS)`,
  );
}

/** @throws CommandError when a system was created with something else than was said */
export async function requireCreation(
  target: Pick<Target, 'gateway' | 'secret'>,
  creation: Creation,
): Promise<void> {
  const { usualRatePpm: _rate, usual: _usual, ...said } = creation;
  if (Object.values(said).every((each: unknown) => each === undefined)) return;
  const { deployment, rules } = await describe(target);
  mustAgree(creation, deployment, rules);
}

async function describe({ gateway, secret }: Pick<Target, 'gateway' | 'secret'>): Promise<SystemDescription> {
  const operator = await OperatorLink.open({ url: webSocketUrl(gateway), secret });
  return operator.use((session) => session.describeSystem()).finally(() => operator.close());
}

/** Colours by meaning; plain text where standard output is no terminal. */
export function painter({
  colors,
}: Output): (text: string, tone: 'good' | 'bad' | 'dim' | 'strong') => string {
  const tones = { good: colors.green, bad: colors.red, dim: colors.dim, strong: colors.bold };
  return (text, tone) => tones[tone](text);
}

/** One bar after the other, a new one for each phase. */
export class PhasedProgress {
  #phase = '';
  #progress: Progress | undefined;

  update(phase: string, done: number, total: number, note = ''): void {
    if (phase !== this.#phase) {
      this.end();
      this.#phase = phase;
      this.#progress = startProgress(phase, total);
    }
    this.#progress?.update(done, note);
  }

  end(): void {
    this.#progress?.end();
    this.#progress = undefined;
    this.#phase = '';
  }
}
