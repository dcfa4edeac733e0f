/** Shows a chart in a page, where it answers to the pointer. */
import { init } from 'echarts/core';
import { LABEL } from './axes.ts';
import { type Chart, toCellText } from './chart.ts';
import { colour } from './colours.ts';
import { useAllKinds } from './kinds.ts';

type Place = NonNullable<Parameters<typeof init>[0]>;

export type ShownChart = {
  /** Draws it, or another one in its place. */
  draw(chart: Chart, width: number): void;
  /** Marks the thing of a row of the table, and shows its tip; undefined marks none. */
  mark(row: number | undefined): void;
  dispose(): void;
};

type ShowOptions = {
  readonly size: { readonly width: number; readonly height: number };
  /** Gets the row of what was clicked. */
  readonly onSelect: (row: number) => void;
};

export function showChart(place: Place, { onSelect, size }: ShowOptions): ShownChart {
  useAllKinds();
  const drawing = init(place, null, { renderer: 'svg', ...size });
  drawing.on('click', { seriesIndex: 0 }, ({ dataIndex }) => {
    onSelect(dataIndex);
  });
  return {
    draw: (chart, width) => {
      const height = chart.heightOf(width);
      if (width !== drawing.getWidth() || height !== drawing.getHeight()) {
        drawing.resize({ width, height, silent: true });
      }
      drawing.setOption(
        { animation: false, tooltip: toTooltip(chart), ...chart.toOption(width) },
        { notMerge: true },
      );
    },
    mark: (row) => {
      drawing.dispatchAction({ type: 'downplay', seriesIndex: 0 });
      if (row === undefined) return;
      drawing.dispatchAction({ type: 'highlight', seriesIndex: 0, dataIndex: row });
      drawing.dispatchAction({ type: 'showTip', seriesIndex: 0, dataIndex: row });
    },
    dispose: () => {
      drawing.dispose();
    },
  };
}

type Pointed = { readonly dataIndex: number };

function toTooltip({ tips, ...chart }: Chart): object {
  if (tips === undefined) return { show: false };
  return {
    trigger: tips,
    // A strict policy refuses the styles of HTML.
    renderMode: 'richText',
    confine: true,
    transitionDuration: 0,
    ...(tips === 'item' && { position: 'top' }),
    axisPointer: {
      type: 'shadow',
      z: 0,
      animation: false,
      shadowStyle: { color: colour('grid'), opacity: 0.5 },
    },
    backgroundColor: colour('background'),
    borderColor: colour('hollow'),
    borderWidth: 1,
    padding: [8, 10],
    textStyle: { ...LABEL, color: colour('text'), fontSize: 13 },
    formatter: (pointed: Pointed | readonly Pointed[]) => {
      const [{ dataIndex } = { dataIndex: -1 }] = [pointed].flat();
      return toTip(chart.table, dataIndex);
    },
  };
}

const LONGEST = 48;

/** The row of a table, in lines. */
function toTip({ head, rows }: Chart['table'], at: number): string {
  const [name, ...cells] = (rows[at] ?? []).map((cell) => {
    const text = toCellText(cell).replaceAll(/\p{Cc}/gu, ' ');
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  });
  return [
    name,
    ...cells.flatMap((cell, index) => (cell === '' ? [] : [`${head[index + 1]}: ${cell}`])),
  ].join('\n');
}
