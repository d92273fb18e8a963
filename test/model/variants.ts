/** The runs of docs/model/variants.json: which model, which switches and bounds, and what must come out. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export interface Variant {
  /** `commit`, `ask`, …: docs/model/MODEL.pml. */
  readonly model: string;
  readonly title: string;
  /** The rule that is broken; absent: none, it must hold. */
  readonly switch?: string;
  /** Further definitions: bounds, other switches. */
  readonly bounds: readonly string[];
  /** The property that does not hold, as the model prints it; absent: all hold. */
  readonly violates?: string;
  /** Whether it may run for ever, instead of what it does: no cycle may exist. */
  readonly cycles?: boolean;
  /** Depth first: where breadth first, which finds the shortest trace, would take too long. */
  readonly deepFirst?: boolean;
  /** Only for `npm run model`: too long for a test. */
  readonly long?: boolean;
}

export const MODEL_FOLDER = fileURLToPath(new URL('../../../docs/model/', import.meta.url));

export async function readVariants(): Promise<readonly Variant[]> {
  return JSON.parse(await readFile(`${MODEL_FOLDER}variants.json`, 'utf8')) as readonly Variant[];
}
