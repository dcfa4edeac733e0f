/** The output of `playlists`. */
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import pc from 'picocolors';
import type { PlaylistEntry, PlaylistListing } from '../../etl/model/playlist-listing.ts';
import { visible } from '../../lib/plain-text.ts';

/** Wide enough for a name and the URI. A narrower terminal gets the ID; every command takes both. */
const WIDE_COLUMNS = 100;
/** All columns but the name, with the gaps between them. */
const REST_WIDTH = { id: 13 + 6 + 9 + 22 + 8, uri: 13 + 6 + 9 + 39 + 8 };
const NARROWEST_NAME = 12;
const WIDEST_NAME = 50;
const READABLE = '✔';

const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '' },
  middle: '  ',
};
const STATE_COLOURS = {
  new: pc.green,
  changed: pc.yellow,
  unchanged: pc.dim,
  unknown: pc.dim,
} as const;

/** The playlists as a table, at most `columns` wide on a terminal; elsewhere without a limit. */
export function playlistsTable(
  playlists: readonly PlaylistEntry[],
  columns = Number.POSITIVE_INFINITY,
): string {
  const isNarrow = columns < WIDE_COLUMNS;
  const table = new Table({
    head: ['  name', 'relation', 'items', 'state', isNarrow ? 'ID' : 'URI'].map((name) =>
      pc.dim(name),
    ),
    chars: NO_LINES,
    colAligns: ['left', 'left', 'right', 'left', 'left'],
    colWidths: [nameWidth(columns, isNarrow)],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const playlist of playlists) {
    const { items, playlist_id: id, playlist_uri: uri, relation, state } = playlist;
    table.push([
      toName(playlist),
      relation,
      items ?? '–',
      STATE_COLOURS[state](state),
      isNarrow ? id : uri,
    ]);
  }
  // The table fills each line up to its width.
  return table.toString().replace(/ +$/gm, '');
}

function nameWidth(columns: number, isNarrow: boolean): number {
  const room = columns - (isNarrow ? REST_WIDTH.id : REST_WIDTH.uri);
  return Math.min(WIDEST_NAME, Math.max(NARROWEST_NAME, room));
}

function toName({ playlist_name: name, readable }: PlaylistEntry): string {
  const text = visible(name).trim();
  return `${readable ? pc.green(READABLE) : ' '} ${text === '' ? pc.dim('(no name)') : text}`;
}

/** The number of each kind, and the calls. */
export function countsLine({ complete, counts, total }: PlaylistListing, calls: number): string {
  const shown = counts.owned + counts.collaborative + counts.followed + counts.spotify_made;
  const kinds = [
    ...(['new', 'changed', 'unchanged'] as const).map((state) => [state, counts[state]] as const),
    ['of unknown state', counts.unknown] as const,
    ['withheld by Spotify', counts.empty] as const,
  ];
  const states = kinds.filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind}`);
  const all = complete ? `${shown} playlists` : `${shown} playlists of a list of ${total}`;
  return `${all}, ${counts.readable} readable (${READABLE}): ${states.join(', ') || 'none'}; ${calls} call${calls === 1 ? '' : 's'}.`;
}

/** A bar on standard error while a long list is read. `stop` removes it. */
export function createBar(): { update: (read: number, total: number) => void; stop: () => void } {
  const bar = new SingleBar({
    format: 'reading the list {bar} {value} of {total}',
    barsize: 24,
    clearOnComplete: true,
    gracefulExit: false,
  });
  return {
    update: (read, total) => {
      // Spotify's count can be too low.
      const size = Math.max(1, read, total);
      if (!bar.isActive) bar.start(size, 0);
      bar.setTotal(size);
      bar.update(read);
    },
    stop: () => {
      bar.stop();
    },
  };
}
