/** A chart with its words, its numbers and its files. */
import type { VNode } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Chart, WIDE_WIDTH } from '../../../charts/chart.ts';
import { drawSvg } from '../../../charts/draw.ts';
import { type ShownChart, showChart } from '../../../charts/show.ts';
import { saveCsv, saveFile, toFileName, withFixedColours } from '../save.ts';
import { FoldedTable } from './plain-table.tsx';

type FigureProps = {
  readonly chart: Chart;
  /** Gets the row of the table whose mark was clicked. */
  readonly onSelect?: ((row: number) => void) | undefined;
  /** Moves through the marks with the keyboard. */
  readonly keys?: ChartKeys | undefined;
};

export type ChartKeys = {
  /** The row that is marked. */
  readonly row: number | undefined;
  readonly help: string;
  readonly onKey: (event: KeyboardEvent) => void;
};

export function Figure({ chart, keys, onSelect }: FigureProps): VNode {
  const id = useId();
  const { description, title } = chart;
  return (
    <figure class="card">
      <figcaption>
        <h2 id={id}>{title}</h2>
        <p>{description}</p>
      </figcaption>
      <Picture chart={chart} keys={keys} labelledBy={id} onSelect={onSelect} />
      <div class="tools">
        <FoldedTable table={chart.table} title={title} />
        <span class="files">
          <button
            type="button"
            aria-label={`SVG: ${title}`}
            onClick={() => {
              const svg = withFixedColours(drawSvg(chart, WIDE_WIDTH));
              saveFile(`${toFileName(title)}.svg`, 'image/svg+xml', svg);
            }}
          >
            SVG
          </button>
          <button
            type="button"
            aria-label={`CSV: ${title}`}
            onClick={() => {
              saveCsv(title, chart.table);
            }}
          >
            CSV
          </button>
        </span>
      </div>
    </figure>
  );
}

type PictureProps = FigureProps & { readonly labelledBy: string };

function Picture({ chart, keys, labelledBy, onSelect }: PictureProps): VNode {
  const frame = useRef<HTMLDivElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const shown = useDrawing(place, { chart, onSelect, width });
  useEffect(() => {
    shown.current?.mark(keys?.row);
  }, [chart, keys?.row]);
  return (
    <div
      ref={frame}
      {...(keys && {
        ...{ role: 'region', tabIndex: 0, 'aria-labelledby': labelledBy },
        'aria-description': keys.help,
        onKeyDown: keys.onKey,
      })}
    >
      <div
        ref={place}
        class="chart"
        role="img"
        aria-label={chart.description}
        style={{ height: `${chart.heightOf(width)}px` }}
      />
    </div>
  );
}

type Ref<Thing> = { readonly current: Thing | null };

type Drawing = Pick<FigureProps, 'chart' | 'onSelect'> & {
  /** 0 until it is known. */
  readonly width: number;
};

function useDrawing(place: Ref<HTMLElement>, { chart, onSelect, width }: Drawing): Ref<ShownChart> {
  const shown = useRef<ShownChart | null>(null);
  const select = useRef(onSelect);
  select.current = onSelect;
  useLayoutEffect(() => {
    const { current: element } = place;
    if (element === null || width === 0) return undefined;
    const height = chart.heightOf(width);
    const draw = (): void => {
      shown.current ??= showChart(element, {
        size: { width, height },
        onSelect: (row) => select.current?.(row),
      });
      shown.current.draw(chart, width);
      // So that paper can shrink it.
      element.querySelector('svg')?.setAttribute('viewBox', `0 0 ${width} ${height}`);
    };
    // What is seen comes first.
    if (element.getBoundingClientRect().top < innerHeight) {
      draw();
      return undefined;
    }
    const timer = setTimeout(draw);
    return () => {
      clearTimeout(timer);
    };
  }, [chart, width]);
  useEffect(() => () => shown.current?.dispose(), []);
  return shown;
}

/** 0 until it is known. */
function useWidth(ref: Ref<HTMLElement>): number {
  const [width, set] = useState(0);
  useLayoutEffect(() => {
    const { current: element } = ref;
    if (element === null) return undefined;
    const measure = (): void => {
      set(element.clientWidth);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  return width;
}
