/** The process of a `SeedChild`: gets seeds, answers with their results. */
import { runSeed, type SeedResult } from './seed.js';

// The terminal sends Ctrl-C to all processes: the parent ends, and with it this one.
process.on('SIGINT', () => undefined);
// However the parent has ended.
process.on('disconnect', () => process.exit());

process.on('message', (seed: number) => {
  void answer(seed).then((result) => {
    // Who does not hear it any more has gone.
    process.send?.(result, () => undefined);
  });
});

async function answer(seed: number): Promise<SeedResult> {
  try {
    return await runSeed({ seed });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      ...{
        seed,
        commands: 0,
        commandsUnderFaults: 0,
        replies: 0,
        frames: 0,
        elapsedMs: 0,
        faults: {},
        digest: '',
      },
      violations: [`the world broke: ${text}`],
    };
  }
}
