import { expect } from 'chai';
import pc from 'picocolors';
import { renderFields, renderTable } from '../../../operator/cli/table.js';

const PLAIN = pc.createColors(false);

describe('aligned text', () => {
  it('columns are as wide as what they hold, numbers stand to the right', () => {
    const heads = [{ name: 'CARD' }, { name: 'AMOUNT', right: true }, { name: '' }];
    const rows = [
      ['C1', '5', ''],
      ['a-long-name', '1234567', 'x'],
    ];
    expect(renderTable(heads, rows, PLAIN).split('\n')).to.deep.equal([
      'CARD          AMOUNT',
      'C1                 5',
      'a-long-name  1234567  x',
    ]);
  });

  it('letters that are twice as wide count twice', () => {
    const heads = [{ name: 'CARD' }, { name: 'NOTE' }, { name: 'N', right: true }];
    const rows = [
      ['交通1', '紛失', '5'],
      ['C1', 'lost', '10'],
    ];
    expect(renderTable(heads, rows, PLAIN).split('\n')).to.deep.equal([
      'CARD   NOTE   N',
      '交通1  紛失   5',
      'C1     lost  10',
    ]);
  });

  it('colours have no width', () => {
    const colors = pc.createColors(true);
    const text = renderTable(
      [{ name: 'A' }, { name: 'B' }],
      [[{ text: 'x', paint: colors.red }, 'y']],
      colors,
    );
    expect(text.split('\n')[1]).to.equal(`${colors.red('x')}  y`);
  });

  it('what is empty is left out of a list of fields', () => {
    expect(
      renderFields(
        [
          ['card', 'C1'],
          ['inside', ''],
          ['available', '5'],
        ],
        PLAIN,
      ),
    ).to.equal('card       C1\navailable  5');
  });
});
