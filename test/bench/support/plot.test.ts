import { expect } from 'chai';
import { renderPlot, type Plot } from '../../../bench/support/plot.js';

const PLOT: Plot = {
  title: 'Latency <of> payments & more',
  x: { name: 'seconds' },
  y: { name: 'ms', logarithmic: true },
  series: [
    {
      name: 'p99',
      color: '#d62',
      points: [
        [0, 1],
        [10, 1_000],
      ],
    },
  ],
  marks: [{ name: 'interest run', from: 2, to: 5 }],
};

describe('plots', () => {
  it('place the ends of a series at the ends of both axes', () => {
    expect(renderPlot(PLOT)).to.include('d="M70 370L880 60"');
  });

  it('label a logarithmic axis by powers of ten', () => {
    const svg = renderPlot(PLOT);
    for (const label of ['>1<', '>10<', '>100<', '>1,000<']) expect(svg).to.include(label);
  });

  it('end a long number at the right edge, where it would be cut off', () => {
    const wide: Plot = { ...PLOT, x: { name: 'cards', logarithmic: true } };
    const [series] = wide.series;
    const points = [
      [1_000, 1],
      [1_000_000, 2],
    ] as const;
    const svg = renderPlot({ ...wide, series: [{ ...series!, points }], marks: [] });
    expect(svg).to.match(/<text x="896" y="\d+" text-anchor="end"[^>]*>1,000,000</);
    expect(svg).to.match(/text-anchor="middle"[^>]*>10,000</);
  });

  it('begin a linear axis at zero', () => {
    const linear: Plot = { ...PLOT, y: { name: 'ms' } };
    expect(renderPlot(linear)).to.include('L880 60').and.to.include('M70 369.7');
  });

  it('shade a span, to scale', () => {
    expect(renderPlot(PLOT)).to.include('<rect x="232" y="60" width="243"');
  });

  it('escape what would be markup', () => {
    const svg = renderPlot(PLOT);
    expect(svg).to.include('Latency &lt;of> payments &amp; more');
    expect(svg).not.to.include('<of>');
  });

  it('are drawn also without any point', () => {
    const [series] = PLOT.series;
    const empty: Plot = { ...PLOT, series: [{ ...series!, points: [] }], marks: [] };
    expect(renderPlot(empty)).not.to.match(/NaN|Infinity/);
  });

  it('are drawn also of a single point', () => {
    const [series] = PLOT.series;
    const single: Plot = { ...PLOT, series: [{ ...series!, points: [[3, 7]] }], marks: [] };
    expect(renderPlot(single)).not.to.match(/NaN|Infinity/);
  });
});
