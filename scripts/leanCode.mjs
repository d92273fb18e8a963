// What pbjs writes, for engines as they are: the same bytes and the same values, in a fraction of the time.

/** A oneof of so many members is encoded by the name of the one that is there. */
const WIDE_ONEOF = 8;

const ACCESSOR =
  /^ +\$Object\.defineProperty\(\w+\.prototype, "(\w+)", \{\n.*oneOfGetter\(\$oneOfFields = \[([^\]]+)\]\).*\n.*oneOfSetter.*\n +\}\);\n\n/gm;

/**
 * Changes the generated module in three ways:
 *
 * - A message is made with all of its fields, at their defaults. Those of pbjs get a field when it is read, and so as many
 *   shapes as there are combinations, which makes every place that reads them slow.
 * - The name of a oneof's member is an ordinary property that the decoder sets. That of pbjs looks through all members, and
 *   deletes all others, which costs more than the decoding and leaves a slow object behind.
 * - Encoders do not ask whether a field is the message's own: a default is not written anyway. And they look for the member
 *   of a wide oneof among what is there: those of pbjs ask each of fifty members whether it is the one.
 *
 * @throws Error when pbjs no longer writes what is changed here
 */
export function leanCode(code) {
  const heads = [...code.matchAll(/^ +const \w+ = function \(properties\) \{$/gm)].map(({ index }) => index);
  if (heads.length === 0) throw new Error(unlike('classes'));
  if (!code.includes('hasOwnProperty.call(message')) throw new Error(unlike('encoders'));
  const classes = heads.map((head, each) => leanClass(code.slice(head, heads[each + 1] ?? code.length)));
  return code.slice(0, heads[0]) + classes.join('');
}

function leanClass(code) {
  const oneofs = [...code.matchAll(ACCESSOR)].map(([, name, members]) => ({
    name,
    members: new Set(members.split(',').map((member) => JSON.parse(member))),
  }));
  if ((code.match(/oneOfGetter/g) ?? []).length !== oneofs.length) throw new Error(unlike('oneofs'));
  const wide = oneofs.filter(({ members }) => members.size >= WIDE_ONEOF);
  const defaults = defaultsOf(code);
  // What pbjs names with an underscore says whether an optional field is there: it is null when it is not.
  const names = oneofs.map(({ name }) => name).filter((name) => !name.startsWith('_'));
  const lean = code.replace(ACCESSOR, '').replace(/^ +let \$oneOfFields;\n\n/m, '');
  return leanEncoder(leanDecoder(withFields(lean, defaults, names), defaults, names), wide);
}

/** By field, without those that the constructor sets. */
function defaultsOf(code) {
  const [type] = /(?<=const )\w+/.exec(code);
  const defaults = new Map();
  for (const [, dotted, quoted, value] of code.matchAll(
    /^ +\w+\.prototype(?:\.(\w+)|\["(\w+)"\]) = (.+);$/gm,
  )) {
    const name = dotted ?? quoted;
    if (value === '$util.emptyArray' || value === '$util.emptyObject') continue;
    if (value.startsWith('$util.Long')) defaults.set(name, '0');
    // Bytes: one empty array for all.
    else defaults.set(name, value.startsWith('$util') ? `${type}.prototype["${name}"]` : value);
  }
  return defaults;
}

function withFields(code, defaults, oneofs) {
  const [head] = /^.*\n/.exec(code);
  const values = [...defaults, ...oneofs.map((name) => [name, '$undefined'])];
  const indent = ' '.repeat(head.search(/\S/) + 4);
  return (
    head +
    values.map(([name, value]) => `${indent}this["${name}"] = ${value};\n`).join('') +
    code.slice(head.length)
  );
}

function leanDecoder(code, defaults, oneofs) {
  return changed(code, '.decode = function', 'return message;', (decoder) =>
    decoder
      .replace(/delete message(?:\.(\w+)|\["(\w+)"\]);/g, (_, dotted, quoted) => {
        const name = dotted ?? quoted;
        if (!defaults.has(name)) throw new Error(unlike(`the default of ${name}`));
        return `message["${name}"] = ${defaults.get(name)};`;
      })
      .replace(/^ +message\._\w+ = "\w+";\n/gm, '')
      .replace(/^( +)message\.(\w+) = "(\w+)";\n/gm, (_, indent, oneof, member) => {
        if (!oneofs.includes(oneof)) throw new Error(unlike('decoders of oneofs'));
        const lines = [
          `if (message.${oneof} !== "${member}") {`,
          `    if (message.${oneof} !== $undefined)`,
          `        message[message.${oneof}] = null;`,
          `    message.${oneof} = "${member}";`,
          `}`,
        ];
        return lines.map((line) => `${indent}${line}\n`).join('');
      }),
  );
}

function leanEncoder(code, wide) {
  const own = / && \$Object\.hasOwnProperty\.call\(message, "[^"]+"\)/g;
  return changed(code, '.encode = function', 'return writer;', (encoder) =>
    wide.reduce(byName, encoder.replace(own, '')),
  );
}

/** The code with one of its functions, from `head` to `tail`, as `change` makes it. */
function changed(code, head, tail, change) {
  const begin = code.indexOf(head);
  const end = code.indexOf(tail, begin);
  if (begin < 0 || end < 0) throw new Error(unlike(`"${head}"`));
  return code.slice(0, begin) + change(code.slice(begin, end)) + code.slice(end);
}

/** An encoder that looks for `members`, the fields of its oneof, by their names. */
function byName(encoder, { members }) {
  const field = /^( +)if \(message(?:\.(\w+)|\["(\w+)"\]) != null\)\n +(.+;)\n/gm;
  let at;
  const cases = [];
  const rest = encoder.replace(field, (whole, indent, name, quoted, write, offset) => {
    if (!members.has(name ?? quoted)) return whole;
    at ??= offset;
    cases.push(`${indent}case "${name ?? quoted}":\n${whole.replace(/^/gm, '    ')}${indent}break;\n`);
    return '';
  });
  if (cases.length !== members.size) throw new Error(unlike('encoders of oneofs'));
  const [indent] = /^ */.exec(cases[0]);
  const loop = `${indent}for (const name of $Object.keys(message)) switch (name) {\n${cases.join('')}${indent}}\n`;
  return rest.slice(0, at) + loop + rest.slice(at);
}

function unlike(what) {
  return `pbjs writes ${what} otherwise than it did: see scripts/leanCode.mjs`;
}
