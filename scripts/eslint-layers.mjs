// The ESLint rule that keeps arrows between folders pointing one way: who may import whom is one table in
// eslint.config.mjs. Imports are resolved to paths first; patterns over `../..` would depend on a file's depth.
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const fromRoot = (path) => relative(root, path).split(sep).join('/');

/** `actors/runtime` covers the folder and what is in it, `gateway/main.ts` that file, `*` everything. */
const covers = (entry, path) =>
  entry === '*' || path === entry || path === `${entry}.ts` || path.startsWith(`${entry}/`);

export const layersRule = {
  meta: {
    type: 'problem',
    schema: [{ type: 'array', items: { type: 'object' } }],
    messages: {
      forbidden: '{{layer}} must not import {{target}} (layers: see eslint.config.mjs)',
      unlisted: '{{file}} belongs to no layer: add it to eslint.config.mjs',
    },
  },
  create(context) {
    const file = fromRoot(context.filename);
    // The longest name wins: gateway/main.ts has its own line, beside gateway.
    const layer = context.options[0]
      .filter(({ name }) => covers(name, file))
      .sort((a, b) => b.name.length - a.name.length)[0];
    if (layer === undefined) {
      return { Program: (node) => context.report({ node, messageId: 'unlisted', data: { file } }) };
    }
    const { name, may, never = [] } = layer;

    const check = (source) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
      const target = fromRoot(resolve(dirname(context.filename), source.value)).replace(/\.js$/, '.ts');
      const listed = [name, ...may].some((entry) => covers(entry, target));
      if (listed && !never.some((entry) => covers(entry, target))) return;
      context.report({ node: source, messageId: 'forbidden', data: { layer: name, target } });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
    };
  },
};
