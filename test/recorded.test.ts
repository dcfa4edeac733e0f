/**
 * Replies of the real Spotify, as recorded by others, through the whole system. The recordings are not part of the project:
 * RECORDED_DIR names their folder, by default ../shared/recorded. Without one these tests are skipped and say so.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { present } from '../etl/model/omit-absent.ts';
import { listItems } from '../etl/model/playlist-items.ts';
import { playlistRecordSchema } from '../etl/model/records.ts';
import { createGetProgram } from './support/get-program.ts';
import { createWorld, type Row, type World } from './support/world.ts';

const RECORDED_DIR = resolve(process.env.RECORDED_DIR ?? join('..', 'shared', 'recorded'));

type Wire = Record<string, unknown>;

const isObject = (value: unknown): value is Wire =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): Wire[] => (Array.isArray(value) ? value.filter(isObject) : []);
const field = (value: unknown, name: string): unknown =>
  isObject(value) ? value[name] : undefined;

/** Every object in the recordings, wherever it stands. */
function* walk(value: unknown): Generator<Wire> {
  if (Array.isArray(value)) for (const member of value) yield* walk(member);
  if (!isObject(value)) return;
  yield value;
  for (const member of Object.values(value)) yield* walk(member);
}

function readRecordings(): Wire[] {
  if (!existsSync(RECORDED_DIR)) return [];
  return readdirSync(RECORDED_DIR, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(RECORDED_DIR, file), 'utf8')) as Wire);
}

/** Recorded playlists with their items, by ID: the playlist's own object, or a page that names it in its address. */
function recordedItems(recordings: readonly Wire[]): Map<string, Wire[]> {
  const items = new Map<string, Wire[]>();
  for (const recording of recordings) {
    if (recording.type === 'playlist') {
      const page = isObject(recording.items) ? recording.items : recording.tracks;
      if (Array.isArray(field(page, 'items'))) {
        items.set(String(recording.id), list(field(page, 'items')));
      }
    }
    const id = /playlists\/(\w{22})\/(?:items|tracks)/.exec(String(recording.href))?.[1];
    if (id !== undefined && !items.has(id)) items.set(id, list(recording.items));
  }
  return items;
}

const recordings = readRecordings();
const playlists = recordedItems(recordings);
const suite = playlists.size > 0 ? describe : describe.skip;
const why = playlists.size > 0 ? '' : ` (skipped: no recordings in ${RECORDED_DIR})`;

suite(`Recorded playlists of the real Spotify${why}`, () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld({ recordedDir: RECORDED_DIR });
  });

  afterAll(async () => {
    await world.close();
  });

  test('are all known to the simulator', () => {
    expect(new Set(world.spotify.recordedPlaylistIds())).toEqual(new Set(playlists.keys()));
  });

  test('go through get into a library, every item with its place and its date', async () => {
    const program = await createGetProgram({ recordedDir: RECORDED_DIR });
    const { code, stderr } = await program.run(['get', '--quiet', ...playlists.keys()]);
    const stored = Map.groupBy(
      program.query('SELECT playlist_id, added_at FROM playlist_item ORDER BY position'),
      ({ playlist_id: id }) => id,
    );
    await program.close();

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const [id, items] of playlists) {
      expect((stored.get(id) ?? []).map(({ added_at }) => added_at)).toEqual(
        items.map(({ added_at }) => added_at),
      );
    }
  });

  test.each([...playlists.keys()])('%s is stored as it was recorded', async (playlistId) => {
    const items = playlists.get(playlistId) ?? [];
    const contents = items.map((item) => (isObject(item.item) ? item.item : item.track));
    const tracks = contents.filter(
      (content, index) =>
        typeof field(content, 'id') === 'string' &&
        field(content, 'type') === 'track' &&
        items[index]?.is_local !== true,
    );

    const { status, body } = await world.ingest(playlistId);

    expect({ status, detail: body.detail }).toEqual({ status: 200, detail: undefined });
    const stored = await world.rows();
    const playlist = stored.playlist.find((row) => row.playlist_id === playlistId);
    expect(playlist?.playlist_num_items).toBe(items.length);
    expect(playlist?.playlist_tracks).toEqual(tracks.map((track) => field(track, 'id')));
    expect(playlist?.playlist_skipped).toEqual({
      episode: contents.filter((content) => field(content, 'type') === 'episode').length,
      local: items.filter((item) => item.is_local === true).length,
      unavailable: contents.filter((content) => content === null).length,
    });
    const positions = listItems(playlistRecordSchema.parse(playlist));
    expect(positions.map(({ kind, name, ...position }) => position)).toEqual(
      items.map(({ added_at, added_by }, position) => ({
        position,
        ...present({ uri: field(contents[position], 'uri'), added_at }),
        ...(field(added_by, 'id') !== '' && present({ added_by: field(added_by, 'id') })),
      })),
    );
    for (const track of tracks) {
      expectRow(stored.track, track, {
        track_duration: field(track, 'duration_ms'),
        track_explicit: field(track, 'explicit'),
        track_number: field(track, 'track_number'),
        track_disc_number: field(track, 'disc_number'),
        track_isrc: field(field(track, 'external_ids'), 'isrc'),
        track_album: field(field(track, 'album'), 'id'),
        track_artists: idsOf(field(track, 'artists')),
      });
      const album = field(track, 'album');
      expectRow(stored.album, album, {
        album_type: field(album, 'album_type'),
        album_release_date: field(album, 'release_date'),
        album_release_date_precision: field(album, 'release_date_precision'),
        album_num_tracks: field(album, 'total_tracks'),
        album_artists: idsOf(field(album, 'artists')),
      });
      for (const artist of [...list(field(track, 'artists')), ...list(field(album, 'artists'))]) {
        expectRow(stored.artist, artist, {});
      }
    }
  });

  test('fill the tables with nothing that was not recorded', async () => {
    const stored = await world.rows();
    const recorded = new Set([...walk(recordings)].map((object) => object.id));
    for (const table of ['track', 'album', 'artist'] as const) {
      const strangers = stored[table].filter((row) => !recorded.has(row[`${table}_id`]));
      expect(strangers).toEqual([]);
      expect(stored[table].length).toBeGreaterThan(100);
    }
  });

  test('that show only their metadata are refused as not readable', async () => {
    const metadataOnly = [...walk(recordings)].filter(
      ({ type, id }) => type === 'playlist' && typeof id === 'string' && !playlists.has(id),
    );
    const ids = [...new Set(metadataOnly.map(({ id }) => String(id)))].slice(0, 5);

    const answers = await Promise.all(ids.map((id) => world.ingest(id)));

    expect(ids.length).toBeGreaterThan(0);
    expect(answers.map(({ body }) => body.code)).toEqual(ids.map(() => 'PLAYLIST_NOT_READABLE'));
  });
});

function idsOf(artists: unknown): unknown[] {
  return list(artists)
    .map((artist) => artist.id)
    .filter((id) => typeof id === 'string');
}

/** The row of this object has these values and the common ones; what was not recorded is absent. */
function expectRow(rows: readonly Row[], object: unknown, values: Row): void {
  const id = field(object, 'id');
  const type = String(field(object, 'type'));
  const row = rows.find((candidate) => candidate[`${type}_id`] === id);
  const expected: Row = {
    [`${type}_uri`]: `spotify:${type}:${String(id)}`,
    [`${type}_url`]: `https://open.spotify.com/${type}/${String(id)}`,
    [`${type}_name`]: field(object, 'name'),
    ...values,
  };
  const present = Object.entries(expected).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  expect(row).toMatchObject(Object.fromEntries(present));
}
