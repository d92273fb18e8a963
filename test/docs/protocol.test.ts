import { expect } from 'chai';
import protojson from 'protobufjs/ext/protojson.js';
import * as bounds from '../../actors/bounds.js';
import { OUTCOMES } from '../../actors/money/outcomes.js';
import { RULES } from '../../actors/money/trace.js';
import { jsonCodec } from '../../gateway/codec/json.js';
import { clientMessageType, serverMessageType } from '../../gateway/codec/schema.js';
import { refusal } from '../../gateway/refusal.js';
import { v1 } from '../../proto/generated/emoney.js';
import { fencesOf, linkedAnchors, plain, readDocument, type Row, rowsOf, sectionsOf } from './markdown.js';
import { documentedTypes, typeText } from './protocolTypes.js';

const document = await readDocument('PROTOCOL.md');
const sections = sectionsOf(document);
const { messages, enums } = documentedTypes();

function rowsUnder(heading: string): readonly Row[] {
  const section = sections.find((each) => each.heading === heading);
  if (section === undefined) throw new Error(`there is no heading ${heading}`);
  return rowsOf(section.text);
}

/** Names of an enum of the protocol, without its prefix; never UNSPECIFIED. */
function namesOf(values: object, prefix: string): readonly string[] {
  return Object.keys(values)
    .filter((name) => name.startsWith(prefix) && !name.endsWith('_UNSPECIFIED'))
    .map((name) => name.slice(prefix.length));
}

describe('docs/PROTOCOL.md', () => {
  it('has every heading once, and links only to headings that it has', () => {
    const anchors = sections.map(({ anchor }) => anchor);
    expect(new Set(anchors).size).to.equal(anchors.length);
    expect(anchors).to.include.members(linkedAnchors(document));
  });

  it('lists every chapter in its contents', () => {
    const contents = linkedAnchors(sections.find(({ heading }) => heading === 'Contents')?.text ?? '');
    const chapters = sections.filter(({ level, heading }) => level === 2 && heading !== 'Contents');
    expect(contents).to.include.members(chapters.map(({ anchor }) => anchor));
  });

  for (const [name, fields] of messages) {
    it(`has a table of ${name} with every field and its type`, () => {
      const documented = rowsUnder(name).map((row) => `${plain(row['Field'])}: ${row['Type'] ?? ''}`);
      expect(documented).to.deep.equal(fields.map((field) => `${field.name}: ${typeText(field)}`));
      for (const row of rowsUnder(name)) expect(row['Meaning'], plain(row['Field'])).to.match(/^\S.*[.,:]$/);
    });
  }

  describe('examples', () => {
    const examples = fencesOf(document, 'json');

    for (const { name, resolvedType } of clientMessageType.oneofs['body']?.fieldsArray ?? []) {
      it(`has one of ${name}, and a gateway understands it`, () => {
        const example = examples.find(({ heading }) => heading === resolvedType?.name);
        expect(jsonCodec.decode(Buffer.from(example?.text ?? '')).body).to.equal(name);
      });
    }

    for (const { name, resolvedType } of serverMessageType.oneofs['body']?.fieldsArray ?? []) {
      it(`has one of ${name}, as a gateway sends it`, () => {
        const example = examples.find(({ heading }) => heading === resolvedType?.name);
        const message = protojson.fromJsonString(serverMessageType, example?.text ?? '');
        expect(message).to.include({ body: name });
        const sent = jsonCodec.encode(message);
        expect(JSON.parse(String(sent))).to.deep.equal(JSON.parse(example?.text ?? ''));
      });
    }

    for (const { heading, line, text } of examples.filter((each) => !messages.has(each.heading))) {
      it(`${heading}: a gateway understands that of line ${line}`, () => {
        jsonCodec.decode(Buffer.from(text));
      });
    }
  });

  it('has the outcomes of the catalogue and of the protocol, with the same words', () => {
    expect(Object.keys(OUTCOMES)).to.have.members(namesOf(v1.Outcome, 'OUTCOME_'));
    const catalogue = Object.entries(OUTCOMES).map(([code, { retryable, text }]) => {
      return `${code} ${retryable ? 'yes' : 'no'} ${text}`;
    });
    const documented = rowsUnder('Outcomes').map((row) => {
      return `${plain(row['Code'])} ${row['Retryable'] ?? ''} ${row['For the holder'] ?? ''}`;
    });
    expect(documented).to.have.members(catalogue);
    for (const row of rowsUnder('Outcomes')) {
      for (const column of ['Cause', 'What to do']) expect(row[column], row['Code']).to.match(/\.$/);
    }
  });

  it('has the rejections of the protocol, and says of each whether the same message can help', () => {
    const rows = rowsUnder('Rejections');
    const codes = namesOf(v1.Rejection, 'REJECTION_');
    expect(rows.map((row) => plain(row['Code']))).to.have.members(codes);
    for (const row of rows) {
      const code = v1.Rejection[`REJECTION_${plain(row['Code'])}` as keyof typeof v1.Rejection];
      const again = Number(refusal(code, '', 'purchase').retryAfterMs) > 0;
      expect(row['Again'], row['Code']).to.equal(again ? 'yes' : 'no');
      for (const column of ['Cause', 'What to do']) expect(row[column], row['Code']).to.match(/\.$/);
    }
  });

  it('has the steps of explanations, with the same words', () => {
    expect(Object.keys(RULES)).to.have.members(namesOf(v1.Rule, 'RULE_'));
    const catalogue = Object.entries(RULES).map(([rule, { text, refuses }]) => {
      return `${rule} ${text} ${refuses.join(', ')}`;
    });
    const documented = rowsUnder('Rule').map((row) => {
      return `${plain(row['Code'])} ${row['What holds where it is passed'] ?? ''} ${plain(row['Answers where it is not'])}`;
    });
    expect(documented).to.deep.equal(catalogue);
  });

  for (const [name, { values }] of enums) {
    if (name === 'Outcome' || name === 'Rejection' || name === 'Rule') continue;
    it(`has every value of ${name}`, () => {
      const documented = rowsUnder(name).map((row) => plain(row['Value']));
      expect(documented).to.deep.equal(Object.keys(values).filter((each) => !each.endsWith('_UNSPECIFIED')));
    });
  }

  it('has limits as they are', () => {
    const limits = new Map<string, unknown>(Object.entries(bounds));
    const rows = rowsUnder('Limits');
    expect(rows).to.have.length.above(30);
    for (const row of rows) {
      const name = plain(row['Name']);
      expect(`${name} = ${valueOf(row['Value'] ?? '')}`).to.equal(`${name} = ${String(limits.get(name))}`);
    }
  });
});

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  min: 60_000,
  days: 86_400_000,
  KiB: 1_024,
  MiB: 1_024 * 1_024,
};

/** `64 KiB`, `10 min`, `1,024`: in the unit of the bound's name. */
function valueOf(text: string): number {
  const [amount = '', unit] = text.split(' ');
  const factor = unit === undefined ? 1 : UNITS[unit];
  if (factor === undefined) throw new Error(`${text}: what is that?`);
  return Number(amount.replaceAll(',', '')) * factor;
}
