/** What the tests of the documents read of Markdown: sections, tables, fenced blocks, links. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A heading and what stands below it, up to the next heading of any level. */
export interface Section {
  readonly heading: string;
  readonly level: number;
  /** As GitHub makes it. */
  readonly anchor: string;
  readonly text: string;
}

export interface Fence {
  readonly info: string;
  readonly text: string;
  /** Of its first line of content, from 1. */
  readonly line: number;
  /** Heading of the section that it stands in. */
  readonly heading: string;
}

/** Cells by the names in the table's head. */
export type Row = Readonly<Record<string, string>>;

/** A file of docs/. */
export async function readDocument(name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url)), 'utf8');
}

export function sectionsOf(document: string): readonly Section[] {
  const sections: { heading: string; level: number; anchor: string; lines: string[] }[] = [];
  for (const { text, fenced } of linesOf(document)) {
    const match = fenced ? null : /^(#+) (.+)$/.exec(text);
    if (match === null) sections.at(-1)?.lines.push(text);
    else {
      const [, hashes = '', heading = ''] = match;
      sections.push({ heading, level: hashes.length, anchor: anchorOf(heading), lines: [] });
    }
  }
  return sections.map(({ lines, ...section }) => ({ ...section, text: lines.join('\n') }));
}

export function fencesOf(document: string, info: string): readonly Fence[] {
  const fences: Fence[] = [];
  let heading = '';
  let open: { info: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of document.split('\n').entries()) {
    const mark = /^```(.*)$/.exec(line);
    if (open === undefined) {
      heading = /^#+ (.+)$/.exec(line)?.[1] ?? heading;
      if (mark !== null) open = { info: mark[1] ?? '', line: index + 2, lines: [] };
    } else if (mark === null) open.lines.push(line);
    else {
      fences.push({ info: open.info, line: open.line, text: open.lines.join('\n'), heading });
      open = undefined;
    }
  }
  return fences.filter((fence) => fence.info === info);
}

/** The rows of every table in a section's text. */
export function rowsOf(text: string): readonly Row[] {
  const rows: Row[] = [];
  let head: readonly string[] | undefined;
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) head = undefined;
    else if (head === undefined) head = cellsOf(line);
    else if (!/^\|[\s:|-]+\|$/.test(line)) {
      const names = head;
      rows.push(Object.fromEntries(cellsOf(line).map((cell, at) => [names[at] ?? '', cell])));
    }
  }
  return rows;
}

/** Without the marks of code. */
export function plain(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '');
}

/** Anchors that the document's own links name. */
export function linkedAnchors(document: string): readonly string[] {
  const text = linesOf(document)
    .filter(({ fenced }) => !fenced)
    .map((line) => line.text)
    .join('\n');
  return [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor ?? '');
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function linesOf(document: string): readonly { readonly text: string; readonly fenced: boolean }[] {
  let fenced = false;
  return document.split('\n').map((text) => {
    const mark = text.startsWith('```');
    const inside = fenced || mark;
    if (mark) fenced = !fenced;
    return { text, fenced: inside };
  });
}
