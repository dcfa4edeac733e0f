import type { VNode } from 'preact';
import type { Measure } from '../../numbers/history.ts';
import type { TopRow } from '../../numbers/tops.ts';
import { toCount } from '../format.ts';
import { Name } from './name.tsx';

type TopListProps = {
  readonly title: string;
  readonly rows: readonly TopRow[];
  readonly measure: Measure;
  /** Where all of them are. */
  readonly href: string | undefined;
};

const SHOWN = 10;

export function TopList({ href, measure, rows, title }: TopListProps): VNode {
  return (
    <section class="card top">
      <h2>{title}</h2>
      {rows.length === 0 && <p class="faint">Nothing in this time.</p>}
      <TopRows rows={rows.slice(0, SHOWN)} measure={measure} />
      {href !== undefined && rows.length > SHOWN && (
        <a href={href}>
          All {toCount(rows.length)} <span class="sr-only">of {title}</span>
        </a>
      )}
    </section>
  );
}

export function TopRows({ measure, rows }: Pick<TopListProps, 'measure' | 'rows'>): VNode {
  const most = rows[0]?.[measure] ?? 0;
  return (
    <ol>
      {rows.map((row) => (
        <li key={row.key}>
          <span class="names">
            <Name text={row.name} />
            {row.artist !== '' && row.artist !== row.name && (
              <small>
                <Name text={row.artist} />
              </small>
            )}
          </span>
          <span class="amount">{toCount(row[measure])}</span>
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${most === 0 ? 0 : (row[measure] / most) * 100}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}
