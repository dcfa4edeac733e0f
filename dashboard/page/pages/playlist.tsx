/** One playlist. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DashboardPlaylist } from '../../data.ts';
import { type PlaylistFigures, toPlaylistFigures } from '../../numbers/playlists.ts';
import { createAddedChart, createVersionsChart } from '../charts.ts';
import { quantity, toCount, toDayOf, toDuration } from '../format.ts';
import { Figure } from '../parts/figure.tsx';
import { Name } from '../parts/name.tsx';
import { PlainTable } from '../parts/plain-table.tsx';
import { Tile, Tiles } from '../parts/tiles.tsx';
import { toHash } from '../route.ts';
import type { View } from '../view.ts';

type Props = { readonly view: View; readonly playlist: DashboardPlaylist };

export function Playlist({ playlist, view }: Props): VNode {
  const { data, history, route } = view;
  const { calendar } = history;
  const figures = useMemo(() => toPlaylistFigures(data, playlist), [data, playlist]);
  const added = useMemo(() => createAddedChart(figures), [figures]);
  const versions = useMemo(
    () => createVersionsChart(playlist.versions, calendar),
    [playlist, calendar],
  );
  return (
    <>
      <section class="card">
        <a href={toHash({ ...route, detail: undefined })}>‹ All playlists</a>
        <h2 class="title">
          <Name text={playlist.name} />
        </h2>
        <p class="faint">
          by <Name text={playlist.ownerName} />, read on {toDayOf(calendar, playlist.readAtMs)}
          {playlist.url !== undefined && (
            <>
              {' '}
              ·{' '}
              <a href={playlist.url} rel="noreferrer" target="_blank">
                open at Spotify
              </a>
            </>
          )}
        </p>
      </section>
      <PlaylistTiles figures={figures} />
      {figures.growth.length > 0 && <Figure chart={added} />}
      {playlist.versions.length > 1 && <Figure chart={versions} />}
      <Contributors figures={figures} />
      <Duplicates figures={figures} view={view} />
    </>
  );
}

function PlaylistTiles({ figures }: { readonly figures: PlaylistFigures }): VNode {
  const { duplicates, minutes, size, songs, unavailable } = figures;
  return (
    <Tiles>
      <Tile name="Items" value={toCount(size)}>
        {quantity(songs, 'different song')}
      </Tile>
      <Tile name="Length" value={toDuration(minutes)} />
      <Tile name="More than once" value={toCount(duplicates.length)} />
      <Tile name="Not available" value={toCount(unavailable)}>
        withdrawn, or without a name
      </Tile>
    </Tiles>
  );
}

function Contributors({ figures }: { readonly figures: PlaylistFigures }): VNode | null {
  const { byContributor } = figures;
  if (byContributor.length === 0) return null;
  const table = {
    head: ['User', 'Items added'],
    rows: byContributor.map(({ added, name }) => [name, added]),
  };
  return (
    <section class="card">
      <h2>Who added</h2>
      <PlainTable title="Who added" table={table} />
    </section>
  );
}

type DuplicatesProps = { readonly figures: PlaylistFigures; readonly view: View };

function Duplicates({ figures, view }: DuplicatesProps): VNode | null {
  const { duplicates } = figures;
  if (duplicates.length === 0) return null;
  const { items } = view.data;
  const table = {
    head: ['Song', 'Artist', 'At positions'],
    rows: duplicates.map(({ item, positions }) => [
      items[item]?.name ?? '',
      items[item]?.artist ?? '',
      positions.map((position) => toCount(position + 1)).join(' · '),
    ]),
  };
  return (
    <section class="card">
      <h2>More than once</h2>
      <p class="faint">Two editions of a recording count as one song.</p>
      <PlainTable title="More than once" table={table} />
    </section>
  );
}
