/** One process of the scale-out bench: says when it is ready, measures when it is told to, sends what it measured. */
import { runPipeline, type PipelineOptions } from '../inProcess/pipeline.js';

const say = (message: unknown): void => void process.send?.(message);
const told = async (): Promise<unknown> => new Promise((resolve) => process.once('message', resolve));

// Whoever started it is gone.
process.once('disconnect', () => process.exit(1));
const options = (await told()) as Omit<PipelineOptions, 'log'>;
const log = (line: string): void => void process.stderr.write(`${line}\n`);
const throughput = await runPipeline({ ...options, log }, async () => {
  say('ready');
  await told();
});
say(throughput);
