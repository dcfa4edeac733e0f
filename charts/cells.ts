/** Cells of a heat map: how much each of them is, and how they are drawn. */
import { LABEL } from './axes.ts';
import { toCount } from './chart.ts';
import { colour, HEAT } from './colours.ts';

type Place = { readonly x: number; readonly y: number };

export type Cell = Place & {
  readonly width: number;
  readonly height: number;
  /** 0 for nothing, up to 5. */
  readonly level: number;
  /** Something can be missing. */
  readonly isGap: boolean;
};

export type Label = Place & {
  readonly text: string;
  readonly align?: 'left' | 'right' | 'center';
  readonly isStrong?: boolean;
};

type Levels = {
  readonly levelOf: (value: number) => number;
  /** The least value of level 1, 2 and so on, and then the greatest value. */
  readonly bounds: readonly number[];
};

/** The share of the values below each level: much is rare, and one wild day does not pale the others. */
const SHARES = [0, 0.35, 0.65, 0.85, 0.96];

/** Levels of values that are more than nothing. */
export function toLevels(values: Iterable<number>): Levels {
  const sorted = Float64Array.from([...values].filter((value) => value > 0)).sort();
  const steps = SHARES.length;
  const least = SHARES.map((share) => Math.ceil(sorted[Math.floor(share * sorted.length)] ?? 0));
  const distinct = [...new Set(least)].filter((value) => value > 0);
  const first = steps - distinct.length;
  return {
    bounds: [...distinct, Math.ceil(sorted.at(-1) ?? 0)],
    levelOf: (value) => {
      if (value <= 0) return 0;
      const at = distinct.findLastIndex((bound) => value >= bound);
      return Math.max(1, first + at + 1);
    },
  };
}

/** The rows of `cells` are those of the chart's table. */
export function drawCells(cells: readonly Cell[]): object {
  return custom(cells, ({ height, isGap, level, width, x, y }) => {
    const fill = colour(HEAT[level] ?? 'heat0');
    const decal = { ...HATCHED, color: colour(level === 0 ? 'hollow' : 'background') };
    return {
      type: 'rect',
      shape: { x, y, width, height, r: 2.5 },
      style: { fill, ...(isGap && { decal }) },
      // With its own colour again: a brighter one cannot be computed from the name of a variable.
      emphasis: { style: { fill, stroke: colour('accent'), lineWidth: 2.5 } },
    };
  });
}

/** Diagonal lines. */
const HATCHED = {
  dashArrayX: [1, 0],
  dashArrayY: [1, 3],
  rotation: -Math.PI / 4,
};

export function drawLabels(labels: readonly Label[]): object {
  const series = custom(labels, ({ align = 'left', isStrong = false, text, x, y }) => ({
    type: 'text',
    style: {
      x,
      y,
      text,
      align,
      verticalAlign: 'middle',
      fill: isStrong ? colour('text') : LABEL.color,
      font: `${isStrong ? 600 : 400} ${isStrong ? 13 : 11}px ${LABEL.fontFamily}`,
    },
  }));
  return { ...series, silent: true };
}

type Legend = Levels & {
  readonly unit: string;
  readonly hasGaps: boolean;
  /** What does not fit into it goes into a second line. */
  readonly width: number;
};

/** What the colours mean, in a line that begins at a place. */
export function drawLegend(place: Place, { bounds, hasGaps, unit, width }: Legend): object[] {
  const cells: Cell[] = [];
  const labels: Label[] = [];
  let { x, y } = place;
  const add = (cell: { readonly level: number; readonly isGap: boolean }, text: string): void => {
    const room = 30 + text.length * 6.2;
    if (x + room > width + 14) [x, y] = [place.x, y + 18];
    cells.push({ ...cell, x, y, width: 12, height: 12 });
    labels.push({ x: x + 17, y: y + 7, text });
    x += room;
  };
  const first = HEAT.length - bounds.length;
  add({ level: 0, isGap: false }, 'none');
  for (const [at, least] of bounds.slice(0, -1).entries()) {
    const isLast = at === bounds.length - 2;
    const most = isLast ? bounds[at + 1] : (bounds[at + 1] ?? 0) - 1;
    const range = most === least ? toCount(least) : `${toCount(least)}–${toCount(most ?? 0)}`;
    add({ level: first + at + 1, isGap: false }, isLast ? `${range} ${unit}` : range);
  }
  if (hasGaps) add({ level: 0, isGap: true }, 'gap');
  return [{ ...drawCells(cells), silent: true }, drawLabels(labels)];
}

type Params = { readonly dataIndex: number };

/** Draws a thing for each, at places that are pixels already. */
function custom<Thing>(things: readonly Thing[], draw: (thing: Thing) => object): object {
  return {
    type: 'custom',
    coordinateSystem: 'none',
    data: things.map((_, at) => [at]),
    renderItem: ({ dataIndex }: Params) => {
      const thing = things[dataIndex];
      return thing === undefined ? undefined : draw(thing);
    },
  };
}
