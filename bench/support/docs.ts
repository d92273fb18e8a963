/** docs/PERFORMANCE.md holds what was measured last: its tables are written by the benches, not by hand. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stateOf, type Verdict } from '../goals.js';
import { machine } from './machine.js';

const DOCS = new URL('../../../docs/', import.meta.url);
const PAGE = fileURLToPath(new URL('PERFORMANCE.md', DOCS));

/** `seconds`: of each measurement. Throws when the page has no place for this bench. */
export async function writeDocs(
  name: string,
  text: string,
  plots: Readonly<Record<string, string>>,
  seconds: number,
): Promise<void> {
  await mkdir(new URL('performance/', DOCS), { recursive: true });
  for (const [file, svg] of Object.entries(plots)) {
    await writeFile(new URL(`performance/${file}.svg`, DOCS), svg);
  }
  const { cores, processor, memoryGiB, node } = machine();
  const where = `${cores} cores (${processor}), ${memoryGiB} GiB, Node ${node}, ${new Date().toISOString()}, ${seconds} s each`;
  await writeFile(PAGE, withTable(await readFile(PAGE, 'utf8'), name, `${where}\n\n${text}`));
}

/** Goals of which this run has measured nothing keep what the page says of them. */
export async function writeGoals(found: readonly Verdict[]): Promise<void> {
  await writeFile(PAGE, withGoals(await readFile(PAGE, 'utf8'), found));
}

/** The page with this text between the marks of the bench. */
export function withTable(page: string, name: string, text: string): string {
  return withPart(page, name, `\`\`\`text\n${text.trimEnd()}\n\`\`\``);
}

const HEAD = ['Goal', 'Asked for', 'Measured', 'State'] as const;

/** The page with these verdicts in its table of goals. */
export function withGoals(page: string, found: readonly Verdict[]): string {
  const rows = found.map((verdict) => {
    const { name, asked, measured } = verdict;
    const kept = verdict.reached === undefined ? rowOf(page, name) : undefined;
    return kept ?? [name, asked, measured, stateOf(verdict)];
  });
  return withPart(page, 'goals', markdownTable([HEAD, ...rows]));
}

function rowOf(page: string, name: string): readonly string[] | undefined {
  const line = page.split('\n').find((each) => each.startsWith(`| ${name} `));
  const cells = line?.split('|').slice(1, -1);
  return cells?.length === HEAD.length ? cells.map((cell) => cell.trim()) : undefined;
}

/** Columns as wide as what they hold, as prettier wants them. The first row is the head. */
function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function withPart(page: string, name: string, part: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/PERFORMANCE.md has no place for ${name}`);
  return `${page.slice(0, from)}${begin}\n\n${part}\n\n${page.slice(to)}`;
}
