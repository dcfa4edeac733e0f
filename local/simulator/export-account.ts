/** Spotify's account data of the simulated user: the last year, by name alone, and files that are nobody's business. */
import { type Catalogue, type CatalogueItem } from './catalogue-model.ts';
import { FORBIDDEN, type Listen } from './export-heard.ts';
import { createListens, type HistoryOptions } from './export-listens.ts';

type AccountOptions = HistoryOptions & {
  /** As before 2024: other names, in another folder. */
  readonly isOld?: boolean | undefined;
};

const YEAR_MS = 365 * 86_400_000;
const ROWS_PER_FILE = 10_000;
const PLAYLISTS = 40;
const UNREAD = ['Userdata', 'Payments', 'SearchQueries', 'Identity', 'Inferences', 'Follow'];

/** What was played in private is not in it. */
export function createAccountFiles(
  catalogue: Catalogue,
  { isOld = false, ...options }: AccountOptions,
): { name: string; text: string }[] {
  const folder = isOld ? 'MyData' : 'Spotify Account Data';
  const sinceMs = options.nowMs - YEAR_MS;
  const listens = [...createListens(catalogue, options)].filter(
    ({ endedAtMs, isPrivate }) => endedAtMs >= sinceMs && !isPrivate,
  );
  const files = [
    ...cutIntoFiles(isOld ? 'StreamingHistory' : 'StreamingHistory_music_', listens, toMusicRow),
    ...cutIntoFiles('StreamingHistory_podcast_', listens, toPodcastRow),
    ...cutIntoFiles('StreamingHistory_audiobook_', listens, toAudiobookRow),
    { name: 'Playlist1', content: { playlists: listPlaylists(catalogue) } },
    { name: 'YourLibrary', content: listLibrary(catalogue) },
    ...UNREAD.map((name) => ({ name, content: { value: FORBIDDEN.account } })),
  ];
  return files.map(({ name, content }) => ({
    name: `${folder}/${name}.json`,
    text: JSON.stringify(content, null, 2),
  }));
}

function cutIntoFiles(
  name: string,
  listens: readonly Listen[],
  toRow: (listen: Listen) => object | undefined,
): { name: string; content: unknown }[] {
  const rows = listens.flatMap((listen) => toRow(listen) ?? []);
  const files = Array.from({ length: Math.ceil(rows.length / ROWS_PER_FILE) });
  return files.map((_, index) => ({
    name: `${name}${index}`,
    content: rows.slice(index * ROWS_PER_FILE, (index + 1) * ROWS_PER_FILE),
  }));
}

function toMusicRow({ endedAtMs, heard, msPlayed }: Listen): object | undefined {
  if (heard.kind !== 'track' && heard.kind !== 'local') return undefined;
  const { artist, name } = heard;
  if (artist === null || name === null) return undefined;
  return { endTime: toMinute(endedAtMs), artistName: artist, trackName: name, msPlayed };
}

function toPodcastRow({ endedAtMs, heard, msPlayed }: Listen): object | undefined {
  if (heard.kind !== 'episode') return undefined;
  const names = { podcastName: heard.show, episodeName: heard.name };
  return { endTime: toMinute(endedAtMs), ...names, msPlayed };
}

function toAudiobookRow({ endedAtMs, heard, msPlayed }: Listen): object | undefined {
  if (heard.kind !== 'chapter') return undefined;
  const names = { audiobookName: heard.book, chapterName: heard.name, authorName: 'Nobody' };
  return { endTime: toMinute(endedAtMs), ...names, msPlayed };
}

/** Spotify: minutes, UTC. */
function toMinute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

function listPlaylists(catalogue: Catalogue): object[] {
  const own = [...catalogue.playlists.values()].filter(({ access }) => access === 'own');
  return own.slice(0, PLAYLISTS).map(({ description, items, name }) => ({
    name,
    lastModifiedDate: '2026-01-01',
    description,
    numberOfFollowers: 0,
    collaborators: [],
    items: items.map((item) => toPlaylistItem(catalogue, item)),
  }));
}

function toPlaylistItem(catalogue: Catalogue, item: CatalogueItem): object {
  const entry = { track: null, episode: null, audiobook: null, localTrack: null };
  const addedDate = item.addedAt?.slice(0, 10) ?? null;
  if (item.kind === 'local') {
    const names = [item.artistName, item.albumName, item.name].map(encodeURIComponent).join(':');
    return { ...entry, localTrack: { uri: `spotify:local:${names}` }, addedDate };
  }
  if (item.kind !== 'track') return { ...entry, addedDate };
  const { album, artist, track, uri } = nameTrack(catalogue, item.trackId);
  const named = { trackName: track, artistName: artist, albumName: album, trackUri: uri };
  return { ...entry, track: named, addedDate };
}

function listLibrary(catalogue: Catalogue): object {
  const tracks = catalogue.liked.items.map(({ trackId }) => nameTrack(catalogue, trackId));
  return { tracks, albums: [], shows: [], episodes: [], bannedTracks: [], artists: [], other: [] };
}

function nameTrack({ albums, artists, tracks }: Catalogue, trackId: string) {
  const { albumId = '', name: track = '' } = tracks.get(trackId) ?? {};
  const { artistIds: [artistId = ''] = [], name: album = '' } = albums.get(albumId) ?? {};
  const artist = artists.get(artistId)?.name ?? '';
  return { artist, album, track, uri: `spotify:track:${trackId}` };
}
