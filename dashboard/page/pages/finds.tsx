/** Songs that are new, and songs that were forgotten. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { toIsoDay } from '../../numbers/calendar.ts';
import {
  type FirstListen,
  findKnownTime,
  listFirstListens,
  listForgotten,
} from '../../numbers/favourites.ts';
import type { History } from '../../numbers/history.ts';
import { toMonths } from '../../numbers/times.ts';
import type { TopRow } from '../../numbers/tops.ts';
import { createFirstListensChart } from '../charts.ts';
import { toDayOf } from '../format.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Figure } from '../parts/figure.tsx';
import { Name } from '../parts/name.tsx';
import type { View } from '../view.ts';

type ViewProps = { readonly view: View };

export const NAME: Column<TopRow> = {
  name: 'Name',
  value: ({ name }) => name,
  show: ({ artist, name }) => (
    <>
      <Name text={name} />
      {artist !== name && artist !== '' && (
        <small class="narrow">
          <Name text={artist} />
        </small>
      )}
    </>
  ),
};

export const ARTIST: Column<TopRow> = {
  name: 'Artist',
  value: ({ artist }) => artist,
  show: ({ artist }) => <Name text={artist} />,
  isWide: true,
};

export const PLAYS: Column<TopRow> = { name: 'Plays', value: ({ plays }) => plays };

/** The first and the last listen of all time. */
export function toDates({ calendar }: History): readonly Column<TopRow>[] {
  const toDate = (name: string, msOf: (row: TopRow) => number): Column<TopRow> => ({
    name,
    value: (row) => toIsoDay(calendar.dayOf(msOf(row))),
    show: (row) => toDayOf(calendar, msOf(row)),
  });
  return [
    toDate('First listen', ({ firstMs }) => firstMs),
    toDate('Last listen', ({ lastMs }) => lastMs),
  ];
}

export function FirstListens({ view }: ViewProps): VNode {
  const { data, history, period } = view;
  const { calendar } = history;
  const chart = useMemo(
    () => createFirstListensChart(toMonths(history, period)),
    [history, period],
  );
  const rows = useMemo(() => listFirstListens(history, period), [history, period]);
  const columns = useMemo(() => toFirstColumns(history), [history]);
  const known = findKnownTime(data);
  return (
    <>
      <Figure chart={chart} />
      <section class="card">
        <h2>First listens</h2>
        {known !== undefined && (
          <p class="faint">
            Your history has no gap from {toDayOf(calendar, known.firstMs)} to{' '}
            {toDayOf(calendar, known.lastMs)}. What was first heard at another time may be older
            than it seems.
          </p>
        )}
        <DataTable
          title="First listens"
          noun="song"
          rows={rows}
          columns={columns}
          keyOf={({ row }) => row.key}
          textOf={({ row }) => `${row.name} ${row.artist}`}
        />
      </section>
    </>
  );
}

function toFirstColumns({ calendar }: History): readonly Column<FirstListen>[] {
  const orEarlier = (isExact: boolean): string => (isExact ? '' : ' or earlier');
  return [
    ofRow(NAME),
    ofRow(ARTIST),
    {
      name: 'First listen',
      value: ({ isExact, row }) => `${toIsoDay(calendar.dayOf(row.firstMs))}${orEarlier(isExact)}`,
      show: ({ isExact, row }) => `${toDayOf(calendar, row.firstMs)}${orEarlier(isExact)}`,
    },
    { name: 'Plays since', value: ({ row }) => row.plays },
  ];
}

function ofRow({ show, value, ...column }: Column<TopRow>): Column<FirstListen> {
  return {
    ...column,
    value: ({ row }) => value(row),
    ...(show && { show: ({ row }: FirstListen) => show(row) }),
  };
}

export function Forgotten({ view: { history, today } }: ViewProps): VNode {
  const rows = useMemo(() => listForgotten(history, today), [history, today]);
  const columns = useMemo(() => [NAME, ARTIST, PLAYS, ...toDates(history)], [history]);
  return (
    <section class="card">
      <h2>Forgotten favourites</h2>
      <p class="faint">
        Songs that you played 20 times or more, and not once in the last 365 days.
        {rows.length === 0 && ' There are none.'}
      </p>
      {rows.length > 0 && (
        <DataTable
          title="Forgotten favourites"
          noun="song"
          rows={rows}
          columns={columns}
          keyOf={({ key }) => key}
          textOf={({ artist, name }) => `${name} ${artist}`}
        />
      )}
    </section>
  );
}
