/** The same operations on a twin and on the real thing, one after the other: the answers must be the same. */
import { expect } from 'chai';
import fc from 'fast-check';

export interface Operation<Target> {
  readonly name: string;
  /** Answers with something that can be compared. */
  readonly run: (target: Target) => Promise<unknown>;
}

/** Histories in one test, and operations in each. */
const RUNS = 4;
const OPERATIONS = 120;

/** `inNewWorld`: gives twin and real thing, empty. A failure names its seed. */
export async function sameAnswers<Target>(
  operation: fc.Arbitrary<Operation<Target>>,
  inNewWorld: (use: (twin: Target, real: Target) => Promise<void>) => Promise<void>,
): Promise<void> {
  const history = fc.array(operation, { minLength: OPERATIONS / 2, maxLength: OPERATIONS });
  const property = fc.asyncProperty(history, (operations) =>
    inNewWorld(async (twin, real) => {
      for (const { name, run } of operations) {
        const [one, other] = [await answerOf(run(twin)), await answerOf(run(real))];
        expect(one, name).to.deep.equal(other);
      }
    }),
  );
  // Without shrinking, which would take longer than a test may: the seed says enough.
  await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
}

/** What is thrown is an answer, too. */
async function answerOf(answer: Promise<unknown>): Promise<unknown> {
  try {
    return plain(await answer);
  } catch (error) {
    return { thrown: error instanceof Error ? error.constructor.name : String(error) };
  }
}

/** Buffers and other byte arrays alike. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}
