/** A table without a search, of few columns. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type ChartTable, toCellText } from '../../../charts/chart.ts';

type TableProps = { readonly table: ChartTable; readonly title: string };

/** The rows are made when they are first looked at: a calendar has thousands. */
export function FoldedTable(props: TableProps): VNode {
  const [isOpen, set] = useState(false);
  return (
    <details
      onToggle={(event) => {
        set(event.currentTarget.open);
      }}
    >
      <summary>The numbers as a table</summary>
      {isOpen && <PlainTable {...props} />}
    </details>
  );
}

/** The classes of what a table of so many rows is scrolled in. */
export const scrollerOf = ({ length }: readonly unknown[]): string =>
  length > 12 ? 'scroller tall' : 'scroller';

export function PlainTable({ table, title }: TableProps): VNode {
  return (
    <div
      class={scrollerOf(table.rows)}
      role="region"
      tabIndex={0}
      aria-label={`${title}, as a table`}
    >
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
