import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { scanCsv, type CsvFile } from '../../../simulator/replay/csv.js';
import type { Row } from '../../../simulator/replay/row.js';
import { temporaryFolder, type Folder } from '../../support/folder.js';

const HEADER = 'id,time,card,terminal,kind,amount';
const TIME = '2018-03-31T23:00:00Z';
const GOOD = `a,${TIME},C1,T1,purchase,100`;

describe('a file of transactions', () => {
  let folder: Folder;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  async function scan(content: string | Buffer): Promise<CsvFile & { found: Row[] }> {
    const path = join(folder.path, 'file.csv');
    await writeFile(path, content);
    const found: Row[] = [];
    return { ...(await scanCsv(path, (row) => found.push(row))), found };
  }

  const brokenLines = ({ broken }: CsvFile) => broken.map(({ line }) => line);

  it('gives rows whose number is their line, the header being line 1', async () => {
    const { found, broken } = await scan(`${HEADER}\n${GOOD}\n${GOOD}\n`);
    const row = { time: Date.parse(TIME), card: 'C1', terminal: 'T1', kind: 'purchase', amount: 100 };
    expect(found).to.deep.equal([
      { line: 2, ...row },
      { line: 3, ...row },
    ]);
    expect(broken).to.be.empty;
  });

  it('is known by its name and the SHA-256 of its bytes', async () => {
    const content = `\ufeff${HEADER}\r\n${GOOD}`;
    const { source } = await scan(content);
    expect(source).to.equal(`file.csv:${createHash('sha256').update(content).digest('hex')}`);
  });

  it('may have a byte order mark, CRLF, no last line end, and empty lines', async () => {
    const { found, broken } = await scan(`\ufeff${HEADER}\r\n${GOOD}\r\n\r\n${GOOD}`);
    expect(found.map(({ line }) => line)).to.deep.equal([2, 4]);
    expect(broken).to.be.empty;
  });

  it('may name its columns in any order, and others besides', async () => {
    const { found } = await scan(`note,amount,kind,terminal,card,time,id\nx,-5,deposit,T,C,${TIME},a\n`);
    expect(found[0]).to.include({ amount: -5, kind: 'deposit', terminal: 'T', card: 'C' });
  });

  it('may quote fields, with commas, quotes and line ends in them, and its lines keep their numbers', async () => {
    const rows = `"a","${TIME}","C ""1"", x",T1,purchase,"1"\na,${TIME},C1,T1,purchase,2,"two\r\nlines"\n${GOOD},`;
    const { found, broken } = await scan(`${HEADER},note\n${rows.replace('"1"\n', '"1",\n')}\n`);
    expect(broken).to.be.empty;
    expect(found.map(({ line, card, amount }) => [line, card, amount])).to.deep.equal([
      [2, 'C "1", x', 1],
      [3, 'C1', 2],
      [5, 'C1', 100],
    ]);
  });

  it('keeps ids of 19 digits, and amounts beyond 2^53, exact', async () => {
    const { found } = await scan(`${HEADER}\na,${TIME},1234567890123456789,0042,deposit,9007199254740993\n`);
    expect(found[0]).to.include({
      card: '1234567890123456789',
      terminal: '0042',
      amount: 9_007_199_254_740_993n,
    });
  });

  for (const [what, line] of [
    ['a missing column', `a,${TIME},C1,T1,purchase`],
    ['a column too many', `${GOOD},x`],
    ['an amount with decimals', `a,${TIME},C1,T1,purchase,446.84999999999997`],
    ['no amount', `a,${TIME},C1,T1,purchase,`],
    ['an amount beyond 64 bits', `a,${TIME},C1,T1,purchase,9223372036854775808`],
    ['an unknown kind', `a,${TIME},C1,T1,refund,100`],
    ['a kind in capitals', `a,${TIME},C1,T1,PURCHASE,100`],
    ['a time without an offset', 'a,2018-03-31T23:00:00,C1,T1,purchase,100'],
    ['no card', `a,${TIME},,T1,purchase,100`],
    ['no terminal', `a,${TIME},C1,,purchase,100`],
    ['no id', `,${TIME},C1,T1,purchase,100`],
    ['a card that is no id', `a,${TIME},${'C'.repeat(65)},T1,purchase,100`],
    ['a quote in the wrong place', `a,${TIME},C1,T1,purchase,"100" x`],
    ['a quote that is never closed', `a,${TIME},"C1,T1,purchase,100`],
    ['semicolons', GOOD.replaceAll(',', ';')],
  ] as const) {
    it(`names a line with ${what}, and reads those around it`, async () => {
      const file = await scan(`${HEADER}\n${GOOD}\n${line}\n${GOOD}\n`);
      expect(brokenLines(file)).to.deep.equal([3]);
      expect(file.found.map(({ line: number }) => number)).to.deep.equal([2, 4]);
    });
  }

  it('names a line whose bytes are no UTF-8: different cards must not become one', async () => {
    const latin1 = Buffer.concat([
      Buffer.from(`${HEADER}\na,${TIME},C`),
      Buffer.from([0xe9]),
      Buffer.from(',T1,purchase,1\n'),
    ]);
    expect(brokenLines(await scan(latin1))).to.deep.equal([2]);
  });

  for (const [what, content, problem] of [
    ['nothing in it', '', /is empty/],
    ['no header', `${GOOD}\n`, /must name the columns/],
    ['a column missing in the header', 'id,time,card,kind,amount\n', /missing: terminal/],
    ['semicolons', `${HEADER.replaceAll(',', ';')}\n`, /commas/],
    ['a column named twice', `${HEADER},amount\n`, /twice: amount/],
    ['UTF-16', Buffer.from(`\ufeff${HEADER}\n`, 'utf16le'), /UTF-16/],
  ] as const) {
    it(`is refused with ${what}`, async () => {
      const error = await scan(content).then(
        () => undefined,
        (reason: unknown) => reason as Error,
      );
      expect(error?.name).to.equal('UnreadableFileError');
      expect(error?.message).to.match(problem);
    });
  }

  it('is read to its end, in pieces, however long it is', async () => {
    const { rows, found } = await scan(`${HEADER}\n${`${GOOD}\n`.repeat(20_000)}`);
    expect(rows).to.equal(20_000);
    expect(found.at(-1)?.line).to.equal(20_001);
  });
});
