/** The lists with the names of what is in them: one readable file, or one for each list. */
import type { Picture, SelectedRow } from '../../app/picture.ts';
import { type CsvOptions, csvForm, type TextForm } from '../shared/text-form.ts';
import { toFileNames } from './file-names.ts';
import { type ExportFile, textFile } from './files.ts';
import { listPlaylists, readItems } from './items.ts';

/** Columns, and the SQL that fills them. */
type Columns = Readonly<Record<string, string>>;

type View = { readonly columns: Columns; readonly where: string };

const TITLE = "coalesce(track.row->>'track_name', value->>'name')";
const URI = "value->>'uri'";
const ADDED_BY = "value->>'added_by'";
const LINK = `CASE value->>'kind' WHEN 'local' THEN ${URI} ELSE coalesce(
  track.row->>'track_url', 'https://open.spotify.com/' || replace(substr(${URI}, 9), ':', '/')) END`;

/** An attribute of the artists that a row names, with commas between. */
function ofArtists(list: 'track.track_artists' | 'album.album_artists', attribute: string): string {
  const [from, ids] = list.split('.');
  return `(SELECT group_concat(one, ', ') FROM (SELECT ${attribute} AS one
    FROM json_each(${from}.row, '$.${ids}') AS named
    CROSS JOIN stored AS artist ON artist.kind = 'artist' AND artist.id = named.value ORDER BY named.key))`;
}

const FLAT: Columns = {
  playlist: ":list->>'name'",
  position: "value->>'position' + 1",
  title: TITLE,
  artists: ofArtists('track.track_artists', "artist.row->>'artist_name'"),
  album: "album.row->>'album_name'",
  added_at: "value->>'added_at'",
  added_by: ADDED_BY,
  length: `(track.row->>'track_duration' / 60000) || ':'
    || printf('%02d', track.row->>'track_duration' / 1000 % 60)`,
  link: LINK,
};

const URI_OF_ARTIST = "artist.row->>'artist_uri'";
const NAME_OF_ARTIST = String.raw`replace(artist.row->>'artist_name', ',', '\,')`;

/** The columns of https://github.com/watsonbox/exportify (`PlaylistExporter.tsx`), in its order. */
const EXPORTIFY: Columns = {
  'Track URI': URI,
  'Track Name': TITLE,
  'Artist URI(s)': ofArtists('track.track_artists', URI_OF_ARTIST),
  'Artist Name(s)': ofArtists('track.track_artists', NAME_OF_ARTIST),
  'Album URI': "album.row->>'album_uri'",
  'Album Name': "album.row->>'album_name'",
  'Album Artist URI(s)': ofArtists('album.album_artists', URI_OF_ARTIST),
  'Album Artist Name(s)': ofArtists('album.album_artists', NAME_OF_ARTIST),
  'Album Release Date': "album.row->>'album_release_date'",
  'Album Image URL': "album.row->>'album_image_url'",
  'Disc Number': "track.row->>'track_disc_number'",
  'Track Number': "track.row->>'track_number'",
  'Track Duration (ms)': "track.row->>'track_duration'",
  // Spotify gives it to no app any more.
  'Track Preview URL': 'NULL',
  Explicit: "track.row->'track_explicit'",
  Popularity: "track.row->>'track_popularity'",
  ISRC: "track.row->>'track_isrc'",
  'Added By': `'spotify:user:' || (${ADDED_BY})`,
  'Added At': "value->>'added_at'",
};

const M3U8: Columns = {
  seconds: "coalesce(track.row->>'track_duration' / 1000, -1)",
  artists: FLAT.artists ?? '',
  title: TITLE,
  link: LINK,
};

function* listEntries(
  picture: Picture,
  { id, name }: { readonly id: string; readonly name: string },
  { columns, where }: View,
): Generator<SelectedRow> {
  const list = JSON.stringify({ name, items: readItems(picture, id) });
  const selected = Object.entries(columns).map(([column, sql]) => `${sql} AS "${column}"`);
  yield* picture.list(
    `SELECT ${selected.join(', ')} FROM json_each(:list, '$.items') AS item
      LEFT JOIN stored AS track ON track.kind = 'track' AND track.id = substr(${URI}, 15)
        AND ${URI} LIKE 'spotify:track:%'
      LEFT JOIN stored AS album ON album.kind = 'album' AND album.id = track.row->>'track_album'
      WHERE ${where} ORDER BY item.key`,
    { list },
  );
}

export function flatFiles(picture: Picture, options: CsvOptions): ExportFile[] {
  const form = csvForm(Object.keys(FLAT), options);
  return [textFile('playlist_items_flat.csv', listFlat(picture), form)];
}

function* listFlat(picture: Picture): Generator<SelectedRow> {
  for (const list of listPlaylists(picture)) {
    yield* listEntries(picture, list, { columns: FLAT, where: 'true' });
  }
}

export function exportifyFiles(picture: Picture, options: CsvOptions): ExportFile[] {
  const form = csvForm(Object.keys(EXPORTIFY), options);
  return filePerList(picture, { extension: 'csv', columns: EXPORTIFY, toForm: () => form });
}

export function m3u8Files(picture: Picture): ExportFile[] {
  const toForm = (name: string): TextForm<SelectedRow> => ({
    head: toM3u8Lines(['#EXTM3U', `#PLAYLIST:${name}`]),
    toText: (page) => toM3u8Lines(page.flatMap(toExtinf)),
  });
  return filePerList(picture, { extension: 'm3u8', columns: M3U8, toForm });
}

function toExtinf({ artists, link, seconds, title }: SelectedRow): string[] {
  const names = [artists, title].filter((name) => name !== null && name !== '');
  return [`#EXTINF:${String(seconds)},${names.join(' - ')}`, String(link)];
}

/** Nothing in a line ends it. */
function toM3u8Lines(lines: readonly string[]): string {
  return lines.map((line) => `${line.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')}\n`).join('');
}

type PerList = {
  readonly extension: string;
  readonly columns: Columns;
  readonly toForm: (name: string) => TextForm<SelectedRow>;
};

/** Not what Spotify has withdrawn. */
const LINKED = `${URI} IS NOT NULL`;

function filePerList(picture: Picture, { columns, extension, toForm }: PerList): ExportFile[] {
  const lists = listPlaylists(picture);
  const names = toFileNames(lists.map(({ name }) => name));
  return lists.map((list, index) => {
    const name = `playlists/${names[index]}.${extension}`;
    return textFile(
      name,
      listEntries(picture, list, { columns, where: LINKED }),
      toForm(list.name),
    );
  });
}
