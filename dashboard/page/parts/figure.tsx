/** A chart with its words, its numbers and its files. */
import type { VNode } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Chart, type ChartTable, toCellText, WIDE_WIDTH } from '../../../charts/chart.ts';
import { drawSvg } from '../../../charts/draw.ts';
import { type ShownChart, showChart } from '../../../charts/show.ts';
import { saveCsv, saveFile, toFileName } from '../save.ts';

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
  /** The row that is in sight at first. */
  readonly start: number;
  readonly help: string;
  readonly onKey: (event: KeyboardEvent) => void;
  /** Of the mark, in pixels of a chart so wide. */
  readonly findX: (row: number, width: number) => number;
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
        <SameAsTable table={chart.table} title={title} />
        <span class="files">
          <button
            type="button"
            aria-label={`SVG: ${title}`}
            onClick={() => {
              const width = Math.max(chart.minWidth ?? 0, WIDE_WIDTH);
              saveFile(`${toFileName(title)}.svg`, 'image/svg+xml', drawSvg(chart, width));
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
  const scroller = useRef<HTMLDivElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const room = useWidth(scroller);
  const width = Math.max(room, chart.minWidth ?? 0);
  const shown = useDrawing(place, { chart, onSelect, width, isReady: room > 0 });
  useEffect(() => {
    shown.current?.mark(keys?.row);
  }, [chart, keys?.row]);
  useEffect(() => {
    const { current: element } = scroller;
    if (keys === undefined || element === null) return;
    element.scrollLeft = keys.findX(keys.row ?? keys.start, width) - room / 2;
  }, [keys?.row, keys?.start, width]);
  const isScrolled = width > room || keys !== undefined;
  return (
    <div
      ref={scroller}
      class="scroller"
      {...(isScrolled && { role: 'region', tabIndex: 0, 'aria-labelledby': labelledBy })}
      {...(keys && { 'aria-description': keys.help, onKeyDown: keys.onKey })}
    >
      <div
        ref={place}
        class="chart"
        role="img"
        aria-label={chart.description}
        style={{ width: `${width}px`, height: `${chart.height}px` }}
      />
    </div>
  );
}

type Ref<Thing> = { readonly current: Thing | null };

type Drawing = Pick<FigureProps, 'chart' | 'onSelect'> & {
  readonly width: number;
  readonly isReady: boolean;
};

function useDrawing(
  place: Ref<HTMLElement>,
  { chart, isReady, onSelect, width }: Drawing,
): Ref<ShownChart> {
  const shown = useRef<ShownChart | null>(null);
  const select = useRef(onSelect);
  select.current = onSelect;
  useLayoutEffect(() => {
    const { current: element } = place;
    if (element === null || !isReady) return undefined;
    const draw = (): void => {
      shown.current ??= showChart(element, {
        size: { width, height: chart.height },
        onSelect: (row) => select.current?.(row),
      });
      shown.current.draw(chart, width);
      // So that paper can shrink it.
      element.querySelector('svg')?.setAttribute('viewBox', `0 0 ${width} ${chart.height}`);
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
  }, [chart, width, isReady]);
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

type TableProps = { readonly table: ChartTable; readonly title: string };

/** The rows are made when they are first looked at: a calendar has thousands. */
function SameAsTable(props: TableProps): VNode {
  const [isOpen, set] = useState(false);
  return (
    <details
      onToggle={(event) => {
        set(event.currentTarget.open);
      }}
    >
      <summary>The same as a table</summary>
      {isOpen && <PlainTable {...props} />}
    </details>
  );
}

export function PlainTable({ table, title }: TableProps): VNode {
  return (
    <div class="scroller tall" role="region" tabIndex={0} aria-label={`${title}, as a table`}>
      <table>
        <thead>
          <tr>
            {table.head.map((name, column) => (
              <th key={name} scope="col" class={classOf(table.rows[0]?.[column])}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column} class={classOf(cell)}>
                  <bdi>{toCellText(cell)}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const classOf = (cell: string | number | undefined): string | undefined =>
  typeof cell === 'number' ? 'number' : undefined;
