/** Rows without end, made as they are asked for: what an export of large tables reads. */
import { createHash } from 'node:crypto';
import type { RowSource } from '../../app/picture.ts';
import type { PlaylistRecord, Table, TrackRecord } from '../../etl/model/records.ts';

const PAGE_ROWS = 500;
const NAMES = ['Loud Balcony', '=SUM(A1)', 'a "quoted", name', 'two\nlines', 'Ä 東京 🎵', ''];
const ITEMS_PER_LIST = 1_000;
/** Every so many items one is not a track. */
const OTHER_EVERY = 100;
const FIRST_SECOND = 1_600_000_000;

/** Looks as an ID of Spotify's does, in no order. */
function generateId(kind: string, index: number): string {
  return createHash('sha256').update(`${kind} ${index}`).digest('hex').slice(0, 22);
}

const nameOf = (index: number): string => `${NAMES[index % NAMES.length] ?? ''} ${index}`;

function addressesOf(kind: Table, id: string): Record<string, string> {
  return {
    [`${kind}_id`]: id,
    [`${kind}_uri`]: `spotify:${kind}:${id}`,
    [`${kind}_url`]: `https://open.spotify.com/${kind}/${id}`,
  };
}

/** The rows of a number, always the same. */
function createRow(table: Table, index: number, counts: Record<Table, number>): object {
  const artist = (at: number): string => generateId('artist', at % counts.artist);
  const id = generateId(table, index);
  const row = { ...addressesOf(table, id), [`${table}_name`]: nameOf(index) };
  switch (table) {
    case 'artist':
      return row;
    case 'album':
      return {
        ...row,
        album_type: 'album',
        album_release_date: '1981-12-15',
        album_num_tracks: 10,
        album_artists: [artist(index)],
      };
    case 'track':
      return {
        ...row,
        track_duration: 100_000 + (index % 300_000),
        track_explicit: index % 7 === 0,
        track_isrc: `ZZK1G${index}`,
        track_disc_number: 1,
        track_number: 1 + (index % 20),
        track_album: generateId('album', index % counts.album),
        track_artists: [artist(index), artist(index + 1)],
      } satisfies Partial<TrackRecord>;
    case 'playlist':
      return { ...row, ...createItems(index, counts.track) };
  }
}

function createItems(list: number, tracks: number): Partial<PlaylistRecord> {
  const positions = Array.from({ length: ITEMS_PER_LIST }, (_, position) => position);
  const [others, songs] = [true, false].map((isOther) =>
    positions.filter((position) => (position % OTHER_EVERY === 0) === isOther),
  );
  return {
    playlist_snapshot_id: `snapshot ${list}`,
    playlist_num_items: ITEMS_PER_LIST,
    playlist_tracks: (songs ?? []).map((at) =>
      generateId('track', (list * ITEMS_PER_LIST + at) % tracks),
    ),
    playlist_others: (others ?? []).map((position) => ({
      position,
      kind: 'local' as const,
      uri: `spotify:local:::Song+${position}:100`,
      name: `Song ${position}`,
    })),
    playlist_added_at: positions.map((position) => FIRST_SECOND + position),
    playlist_added_by: positions.map((position) => position % 2),
    playlist_contributors: ['ada', 'bob'],
    playlist_skipped: { episode: 0, local: ITEMS_PER_LIST / OTHER_EVERY, unavailable: 0 },
    extracted_at: '2026-11-20T08:00:00.000Z',
    run_id: 'generated',
  };
}

/** Tables of this many rows in all, half of them tracks, and lists with as many items as there are rows. */
export function generateRows(
  rows: number,
  toIndex: (position: number) => number = (position) => position,
): RowSource {
  const counts = {
    playlist: Math.ceil(rows / ITEMS_PER_LIST),
    track: rows / 2,
    album: rows / 4,
    artist: rows / 4,
  };
  return {
    countRows: (table) => Promise.resolve(counts[table]),
    listPages: function* (table) {
      const size = table === 'playlist' ? 1 : PAGE_ROWS;
      for (let start = 0; start < counts[table]; start += size) {
        const length = Math.min(size, counts[table] - start);
        yield Array.from({ length }, (_, at) => ({
          ...createRow(table, toIndex(start + at), counts),
        }));
      }
    },
  };
}
