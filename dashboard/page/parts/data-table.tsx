/** A table with a search, an order and pages, so that 15,000 rows stay quick. */
import type { VNode } from 'preact';
import { useId, useMemo, useState } from 'preact/hooks';
import { quantity, toCount } from '../format.ts';
import { saveCsv } from '../save.ts';
import { Step } from './step.tsx';
import { type Column, type Sorting, searchRows, sortRows, toTable } from './table-rows.ts';

export type { Column } from './table-rows.ts';

type DataTableProps<Row> = {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** Without it there is no search. */
  readonly textOf?: (row: Row) => string;
  readonly noun: string;
};

const PAGE_ROWS = 25;

export function DataTable<Row>(props: DataTableProps<Row>): VNode {
  const { columns, noun, rows, textOf, title } = props;
  const [query, setQuery] = useState('');
  const [sorting, setSorting] = useState<Sorting>();
  const [page, setPage] = useState(0);
  const found = useMemo(() => searchRows(rows, query, textOf), [rows, query]);
  const sorted = useMemo(() => sortRows(found, columns, sorting), [found, sorting]);
  const last = Math.max(0, Math.ceil(sorted.length / PAGE_ROWS) - 1);
  const at = Math.min(page, last);
  const shown = sorted.slice(at * PAGE_ROWS, (at + 1) * PAGE_ROWS);
  return (
    <div class="data-table">
      <div class="tools">
        {textOf && (
          <Search
            title={title}
            onSearch={(text) => {
              setQuery(text);
              setPage(0);
            }}
          />
        )}
        <p class="faint" role="status">
          {quantity(found.length, noun)}
        </p>
        <button
          type="button"
          aria-label={`CSV: ${title}`}
          onClick={() => {
            saveCsv(title, toTable(sorted, columns));
          }}
        >
          CSV
        </button>
      </div>
      <Rows
        {...props}
        rows={shown}
        sorting={sorting}
        onSort={(next) => {
          setSorting(next);
          setPage(0);
        }}
      />
      {last > 0 && (
        <Pager title={title} at={at} last={last} total={sorted.length} onTurn={setPage} />
      )}
    </div>
  );
}

function Search(props: {
  readonly title: string;
  readonly onSearch: (text: string) => void;
}): VNode {
  return (
    <input
      type="search"
      placeholder="Search"
      aria-label={`Search: ${props.title}`}
      onInput={({ currentTarget }) => {
        props.onSearch(currentTarget.value);
      }}
    />
  );
}

type RowsProps<Row> = DataTableProps<Row> & {
  readonly sorting: Sorting | undefined;
  readonly onSort: (sorting: Sorting) => void;
};

function Rows<Row>({ columns, keyOf, onSort, rows, sorting, title }: RowsProps<Row>): VNode {
  const isNumber = columns.map(
    ({ value }) => rows[0] !== undefined && typeof value(rows[0]) === 'number',
  );
  const classes = columns.map(({ isWide }, column) =>
    [...(isNumber[column] ? ['number'] : []), ...(isWide ? ['wide'] : [])].join(' '),
  );
  return (
    <div class="scroller" role="region" tabIndex={0} aria-label={title}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name }, column) => (
              <Head
                key={name}
                name={name}
                class={classes[column]}
                isNumber={isNumber[column] ?? false}
                isDescending={sorting?.column === column ? sorting.isDescending : undefined}
                onSort={(isDescending) => {
                  onSort({ column, isDescending });
                }}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ name, show, value }, column) => (
                <td key={name} class={classes[column]}>
                  {show ? show(row) : toText(value(row))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type HeadProps = {
  readonly name: string;
  readonly class: string | undefined;
  readonly isNumber: boolean;
  /** Undefined: it is not sorted by this column. */
  readonly isDescending: boolean | undefined;
  readonly onSort: (isDescending: boolean) => void;
};

function Head({ class: names, isDescending, isNumber, name, onSort }: HeadProps): VNode {
  const order = isDescending === undefined ? undefined : isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={order} class={names}>
      <button
        type="button"
        onClick={() => {
          onSort(isDescending === undefined ? isNumber : !isDescending);
        }}
      >
        {name}
      </button>
    </th>
  );
}

type PagerProps = {
  readonly title: string;
  readonly at: number;
  readonly last: number;
  readonly total: number;
  readonly onTurn: (page: number) => void;
};

function Pager({ at, last, onTurn, title, total }: PagerProps): VNode {
  const id = useId();
  return (
    <nav class="tools" aria-label={`Pages: ${title}`}>
      <Step name="Previous" to={at > 0 ? at - 1 : undefined} onStep={onTurn} describedBy={id} />
      <p id={id} role="status">
        {toCount(at * PAGE_ROWS + 1)}–{toCount(Math.min(total, (at + 1) * PAGE_ROWS))} of{' '}
        {toCount(total)}
      </p>
      <Step name="Next" to={at < last ? at + 1 : undefined} onStep={onTurn} describedBy={id} />
    </nav>
  );
}

function toText(value: string | number): string {
  return typeof value === 'number' ? toCount(value) : value;
}
