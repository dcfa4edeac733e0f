/** Names of every script and none go from Spotify's reply to the tables and come back as they were. */
import { expectedRows, withoutRun } from './support/expected-rows.ts';
import { showcaseOfSize } from './support/showcase.ts';
import { createWorld, type World } from './support/world.ts';

const NAMES = {
  composed: 'Beyonc\u00e9',
  decomposed: 'Beyonce\u0301',
  emoji: '\u{1f469}\u200d\u{1f3a4} \u{1f1eb}\u{1f1ee}',
  'right to left': '\u05e9\u05dc\u05d5\u05dd \u202e\u0645\u0631\u062d\u0628\u0627',
  'with a zero in it': 'a\u0000b',
  'that steers a terminal': '\u001b[31mred\r\nnext \u200e\u2066\u2069',
  'beyond the first plane': '\u{20000}\u{10ffff}',
  'of ten kilobytes': '\u6771\u4eac'.repeat(1_700),
  'that a sheet would run': '=IMPORTXML("x")',
  empty: '',
};

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

test('names come back from the tables as Spotify has them, and a second run finds nothing to write', async () => {
  const playlist = showcaseOfSize(world, 57);
  const { albums, artists, playlists, tracks } = world.spotify.catalogue;
  const names = Object.values(NAMES);
  const tracksInIt = playlist.items.flatMap((item) =>
    item.kind === 'track' ? (tracks.get(item.trackId) ?? []) : [],
  );
  for (const [index, name] of names.entries()) {
    const track = tracksInIt[index];
    if (track === undefined) throw new Error('The list has too few tracks');
    tracks.set(track.id, { ...track, name });
    const album = albums.get(track.albumId);
    if (album !== undefined) albums.set(album.id, { ...album, name });
    const artist = artists.get(track.artistIds[0] ?? '');
    if (artist !== undefined) artists.set(artist.id, { ...artist, name });
  }
  playlists.set(playlist.id, { ...playlist, name: names.join(' ') });

  const { body } = await world.ingest(playlist.id);

  const message = String(body.message);
  expect(message).toContain('Beyonc\u00e9');
  expect(message).not.toMatch(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]|\[31m/u);
  expect(body.playlist_name).toBe(names.join(' '));
  const stored = withoutRun(await world.rows());
  const renamed = playlists.get(playlist.id) ?? playlist;
  expect(stored).toEqual(expectedRows(world.spotify.catalogue, renamed, 'C'));
  const seen = new Set(stored.track.map(({ track_name }) => track_name));
  for (const name of names) expect(seen).toContain(name);
  // A new snapshot of the same: all is compared, and only the row of the playlist differs.
  playlists.set(playlist.id, { ...renamed, snapshotId: 'AAAAnew' });
  expect((await world.ingest(playlist.id)).body).toMatchObject({
    written: { playlist: 1, track: 0, album: 0, artist: 0 },
  });
});

test('half a surrogate pair, which UTF-8 cannot hold, is replaced once and for all', async () => {
  const playlist = showcaseOfSize(world, 24);
  const { playlists, tracks } = world.spotify.catalogue;
  const [track] = playlist.items.flatMap((item) =>
    item.kind === 'track' ? (tracks.get(item.trackId) ?? []) : [],
  );
  if (track === undefined) throw new Error('The list has no track');
  tracks.set(track.id, { ...track, name: 'half \ud83d of it' });

  await world.ingest(playlist.id);

  const names = (await world.rows()).track.map(({ track_name }) => track_name);
  expect(names).toContain('half \ufffd of it');
  playlists.set(playlist.id, { ...playlist, snapshotId: 'AAAAnew' });
  expect((await world.ingest(playlist.id)).body).toMatchObject({
    written: { playlist: 1, track: 0, album: 0, artist: 0 },
  });
});
