/** docs/PERFORMANCE.md holds what was measured last: its tables are written by the benches, not by hand. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { machine } from './machine.js';

const DOCS = new URL('../../../docs/', import.meta.url);
const PAGE = fileURLToPath(new URL('PERFORMANCE.md', DOCS));

/** Throws when the page has no place for this bench. */
export async function writeDocs(
  name: string,
  text: string,
  plots: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(new URL('performance/', DOCS), { recursive: true });
  for (const [file, svg] of Object.entries(plots)) {
    await writeFile(new URL(`performance/${file}.svg`, DOCS), svg);
  }
  const { cores, processor, memoryGiB, node } = machine();
  const where = `${cores} cores (${processor}), ${memoryGiB} GiB, Node ${node}, ${new Date().toISOString()}`;
  await writeFile(PAGE, withTable(await readFile(PAGE, 'utf8'), name, `${where}\n\n${text}`));
}

/** The page with this text between the marks of the bench. */
export function withTable(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/PERFORMANCE.md has no place for ${name}`);
  return `${page.slice(0, from)}${begin}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n\n${page.slice(to)}`;
}
