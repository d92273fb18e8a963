/** Line plots as SVG: no more than what the benches show, and no library to keep. */

export interface Series {
  readonly name: string;
  readonly color: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A span of the x axis that is shaded, or (without `to`) a moment that is marked. */
export interface Mark {
  readonly name: string;
  readonly from: number;
  readonly to?: number;
}

export interface Plot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly marks?: readonly Mark[];
}

export interface Axis {
  readonly name: string;
  readonly logarithmic?: boolean;
}

interface Scale {
  readonly ticks: readonly number[];
  readonly place: (value: number) => number;
}

const [WIDTH, HEIGHT] = [900, 420];
const BOX = { left: 70, right: 20, top: 60, bottom: 50 };
const TEXT = 'font-family="sans-serif" font-size="12" fill="#333"';

export function renderPlot({ title, x, y, series, marks = [] }: Plot): string {
  const points = series.flatMap((each) => each.points);
  const ends = marks.flatMap(({ from, to = from }) => [from, to]);
  const across = scaleOf([...points.map(([at]) => at), ...ends], x, [BOX.left, WIDTH - BOX.right]);
  const up = scaleOf([...points.map(([, at]) => at), ...(y.logarithmic === true ? [] : [0])], y, [
    HEIGHT - BOX.bottom,
    BOX.top,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${BOX.left}" y="22" ${TEXT} font-weight="bold">${escaped(title)}</text>`,
    ...marks.map((mark) => renderMark(mark, across)),
    ...up.ticks.map((tick) => {
      const at = round(up.place(tick));
      return `<path d="M${BOX.left} ${at}H${WIDTH - BOX.right}" stroke="#ddd"/><text x="${BOX.left - 8}" y="${at + 4}" text-anchor="end" ${TEXT}>${label(tick)}</text>`;
    }),
    ...across.ticks.map((tick) => {
      const at = round(across.place(tick));
      // A long number at the right edge ends there, or it would be cut off.
      const [place, anchor] = at > WIDTH - 2 * BOX.right ? [WIDTH - 4, 'end'] : [at, 'middle'];
      return `<text x="${place}" y="${HEIGHT - BOX.bottom + 18}" text-anchor="${anchor}" ${TEXT}>${label(tick)}</text>`;
    }),
    `<text x="${(BOX.left + WIDTH - BOX.right) / 2}" y="${HEIGHT - 12}" text-anchor="middle" ${TEXT}>${escaped(x.name)}</text>`,
    `<text transform="translate(16 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle" ${TEXT}>${escaped(y.name)}</text>`,
    ...series.map(({ name, color, points: line }, at) => {
      const path = line.map(([px, py]) => `${round(across.place(px))} ${round(up.place(py))}`).join('L');
      const legend = BOX.left + at * 150;
      return `<path d="M${path}" fill="none" stroke="${color}" stroke-width="1.5"/><path d="M${legend} 40h20" stroke="${color}" stroke-width="3"/><text x="${legend + 26}" y="44" ${TEXT}>${escaped(name)}</text>`;
    }),
    '</svg>\n',
  ].join('\n');
}

function renderMark({ name, from, to }: Mark, { place }: Scale): string {
  const [left, height] = [round(place(from)), HEIGHT - BOX.bottom - BOX.top];
  const width = to === undefined ? 1.5 : round(place(to)) - left;
  const fill = to === undefined ? '#c00' : '#fe9';
  return `<rect x="${left}" y="${BOX.top}" width="${width}" height="${height}" fill="${fill}"/><text x="${left + 4}" y="${BOX.top + (to === undefined ? 28 : 14)}" ${TEXT}>${escaped(name)}</text>`;
}

function scaleOf(
  values: readonly number[],
  { logarithmic = false }: Axis,
  [start, end]: readonly [number, number],
): Scale {
  const measure = logarithmic ? (value: number) => Math.log10(Math.max(value, Number.MIN_VALUE)) : Number;
  const measured = values.filter((value) => !logarithmic || value > 0).map(measure);
  let [low, high] = measured.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  );
  if (logarithmic) [low, high] = [Math.floor(low), Math.ceil(high)];
  const step = logarithmic ? 1 : niceStep((high - low) / 8);
  const first = Math.ceil(low / step);
  const count = Math.max(0, Math.floor(high / step + 1e-9) - first + 1);
  const ticks = Array.from({ length: count }, (_, at) => (first + at) * step);
  const span = high - low || 1;
  return {
    ticks: logarithmic ? ticks.map((tick) => 10 ** tick) : ticks,
    place: (value) => start + ((Math.max(measure(value), low) - low) / span) * (end - start),
  };
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least || 1));
  return power * ([1, 2, 5].find((each) => each * power >= least) ?? 10);
}

function label(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString('en');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
