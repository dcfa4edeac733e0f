/** Songs, artists, albums and shows: all of them, in one kind of table. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { toTenth } from '../../../charts/chart.ts';
import { type History, MUSIC, SPOKEN } from '../../numbers/history.ts';
import { toMonths } from '../../numbers/times.ts';
import { listTops, type TopKind, type TopRow } from '../../numbers/tops.ts';
import { createNewArtistsChart, createSpokenChart, createTopChart } from '../charts.ts';
import { toCount, toPercent } from '../format.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { NoneInTime, NoPlays } from '../parts/empty.tsx';
import { Figure } from '../parts/figure.tsx';
import { PAGES } from '../route.ts';
import { useLater, type View } from '../view.ts';
import { ARTIST, FirstListens, Forgotten, NAME, PLAYS, toDates } from './finds.tsx';

type RanksProps = { readonly kind: TopKind; readonly view: View };
type Ranked = TopRow & { readonly rank: number };

const NOUNS = { songs: 'song', artists: 'artist', albums: 'album', shows: 'show' } as const;

export function Ranks({ kind, view }: RanksProps): VNode {
  const { data, history, measure, period } = view;
  const rows = useMemo(
    () =>
      listTops(history, kind, { ...period, by: measure }).map((row, at) => ({
        ...row,
        rank: at + 1,
      })),
    [history, kind, measure, period],
  );
  const title = `Top ${PAGES[kind].toLowerCase()}`;
  const chart = useMemo(() => createTopChart(title, rows, measure), [rows]);
  const columns = useMemo(() => toColumns(history, kind), [history, kind]);
  const later = useLater(history);
  if (data.plays.length === 0) return <NoPlays />;
  if (rows.length === 0) {
    return (
      <>
        <NoneInTime view={view} kind={kind === 'shows' ? SPOKEN : MUSIC} />
        {kind === 'songs' && <Forgotten view={view} />}
      </>
    );
  }
  return (
    <>
      <Figure chart={chart} />
      <section class="card">
        <h2>All {PAGES[kind].toLowerCase()}</h2>
        <DataTable
          title={`All ${PAGES[kind].toLowerCase()}`}
          noun={NOUNS[kind]}
          rows={rows}
          columns={columns}
          keyOf={({ key }) => key}
          textOf={({ artist, name }) => `${name} ${artist}`}
        />
      </section>
      {later && <More kind={kind} view={view} />}
    </>
  );
}

function toColumns(history: History, kind: TopKind): readonly Column<Ranked>[] {
  const hasArtist = kind === 'songs' || kind === 'albums';
  return [
    { name: '#', value: ({ rank }) => rank },
    NAME,
    ...(hasArtist ? [ARTIST] : []),
    PLAYS,
    {
      name: 'Minutes',
      value: ({ minutes }) => toTenth(minutes),
      show: ({ minutes }) => toCount(minutes),
    },
    {
      name: 'Skipped',
      value: ({ skipped, starts }) => toTenth((skipped / starts) * 100),
      show: ({ skipped, starts }) => toPercent(skipped / starts),
    },
    ...toDates(history),
  ];
}

function More({ kind, view }: RanksProps): VNode | null {
  if (kind === 'artists') return <NewArtists view={view} />;
  if (kind === 'shows') return <SpokenMonths view={view} />;
  return kind === 'songs' ? (
    <>
      <FirstListens view={view} />
      <Forgotten view={view} />
    </>
  ) : null;
}

type ViewProps = { readonly view: View };

function SpokenMonths({ view: { history, measure, period } }: ViewProps): VNode {
  const chart = useMemo(
    () => createSpokenChart(toMonths(history, period), measure),
    [history, measure, period],
  );
  return <Figure chart={chart} />;
}

function NewArtists({ view: { history, period } }: ViewProps): VNode {
  const chart = useMemo(() => createNewArtistsChart(toMonths(history, period)), [history, period]);
  return <Figure chart={chart} />;
}
