import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DashboardPlaylist } from '../../data.ts';
import { toIsoDay } from '../../numbers/calendar.ts';
import { listOverlaps, type Overlap } from '../../numbers/playlists.ts';
import { toDayOf, toDuration, toPercent } from '../format.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { NoPlaylists } from '../parts/empty.tsx';
import { Name } from '../parts/name.tsx';
import { toHash } from '../route.ts';
import { useLater, type View } from '../view.ts';
import { Playlist } from './playlist.tsx';

type Props = { readonly view: View };

type Listed = {
  readonly playlist: DashboardPlaylist;
  readonly minutes: number;
  readonly changedMs: number;
};

export function Playlists({ view }: Props): VNode {
  const { data, history, route } = view;
  const rows = useMemo(() => data.playlists.map((playlist) => toListed(data, playlist)), [data]);
  const columns = useMemo(() => toColumns(view), [history, route]);
  const later = useLater(data);
  if (data.playlists.length === 0) return <NoPlaylists />;
  const chosen = data.playlists.find(({ id }) => id === route.detail);
  if (chosen !== undefined) return <Playlist key={chosen.id} view={view} playlist={chosen} />;
  return (
    <>
      <section class="card">
        <h2>All playlists</h2>
        <DataTable
          title="All playlists"
          noun="playlist"
          rows={rows}
          columns={columns}
          keyOf={({ playlist }) => playlist.id}
          textOf={({ playlist }) => `${playlist.name} ${playlist.ownerName}`}
        />
      </section>
      {later && <Overlaps view={view} />}
    </>
  );
}

function toListed({ items }: View['data'], playlist: DashboardPlaylist): Listed {
  let ms = 0;
  for (const item of playlist.items) ms += item === null ? 0 : (items[item]?.durationMs ?? 0);
  const changedMs = playlist.versions.at(-1)?.seenAtMs ?? playlist.readAtMs;
  return { playlist, minutes: ms / 60_000, changedMs };
}

function toColumns({ history: { calendar }, route }: View): readonly Column<Listed>[] {
  return [
    {
      name: 'Name',
      value: ({ playlist }) => playlist.name,
      show: ({ playlist }) => (
        <a href={toHash({ ...route, detail: playlist.id })}>
          <Name text={playlist.name} />
        </a>
      ),
    },
    { name: 'Items', value: ({ playlist }) => playlist.items.length },
    {
      name: 'Length',
      value: ({ minutes }) => Math.round(minutes),
      show: ({ minutes }) => toDuration(minutes),
    },
    {
      name: 'Owner',
      value: ({ playlist }) => playlist.ownerName,
      show: ({ playlist }) => <Name text={playlist.ownerName} />,
    },
    {
      name: 'Last change',
      value: ({ changedMs }) => toIsoDay(calendar.dayOf(changedMs)),
      show: ({ changedMs }) => toDayOf(calendar, changedMs),
    },
    { name: 'Versions', value: ({ playlist }) => playlist.versions.length },
  ];
}

function Overlaps({ view: { data } }: Props): VNode {
  const rows = useMemo(() => listOverlaps(data), [data]);
  const nameOf = (at: number): string => data.playlists[at]?.name ?? '';
  const columns: readonly Column<Overlap>[] = [
    {
      name: 'Playlist',
      value: ({ one }) => nameOf(one),
      show: ({ one }) => <Name text={nameOf(one)} />,
    },
    {
      name: 'Other playlist',
      value: ({ other }) => nameOf(other),
      show: ({ other }) => <Name text={nameOf(other)} />,
    },
    { name: 'Songs in both', value: ({ shared }) => shared },
    {
      name: 'Share of the shorter list',
      value: ({ share }) => Math.round(share * 1000) / 10,
      show: ({ share }) => toPercent(share),
    },
  ];
  return (
    <section class="card">
      <h2>What lists have in common</h2>
      {rows.length === 0 ? (
        <p class="faint">No song is in two lists.</p>
      ) : (
        <DataTable
          title="What lists have in common"
          noun="pair"
          rows={rows}
          columns={columns}
          keyOf={({ one, other }) => `${one} ${other}`}
          textOf={({ one, other }) => `${nameOf(one)} ${nameOf(other)}`}
        />
      )}
    </section>
  );
}
