import { EtlError } from '../../etl/errors.ts';
import { loadPlaylist } from '../../etl/load/playlist.ts';
import { ITEM_ATTRIBUTES, toItemAttributes } from '../../etl/model/playlist-items.ts';
import type { PlaylistRecord, PlaylistRecords } from '../../etl/model/records.ts';
import { LIBRARIES, startFileLibrary, type TestLibrary } from '../../test/support/libraries.ts';
import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import type { Database, Statement } from './database.ts';
import { LibraryRepository } from './library-repository.ts';
import { type DatedVersion, listVersions } from './playlist-history.ts';

const at = (minutes: number): string => new Date(START_MS + minutes * 60_000).toISOString();

/** A list of these tracks, read so many minutes after the start. */
function recordsOf(
  tracks: readonly string[],
  minutes: number,
  more: Partial<PlaylistRecord> = {},
): PlaylistRecords {
  return {
    playlist: {
      playlist_id: 'list',
      playlist_uri: 'spotify:playlist:list',
      playlist_url: 'https://open.spotify.com/playlist/list',
      playlist_name: 'Road Trip',
      playlist_snapshot_id: `snapshot-${minutes}`,
      playlist_num_items: tracks.length,
      ...toItemAttributes(tracks.map((id) => ({ kind: 'track', track: { id } }))),
      playlist_skipped: { episode: 0, local: 0, unavailable: 0 },
      extracted_at: at(minutes),
      run_id: `run-${minutes}`,
      ...more,
    },
    tracks: [...new Set(tracks)].map((id) => ({
      track_id: id,
      track_uri: `spotify:track:${id}`,
      track_url: `https://open.spotify.com/track/${id}`,
      track_name: `A song whose name is about as long as names are, ${id}`,
      track_album: `album-${id}`,
      track_artists: [`artist-${id}`],
    })),
    albums: [...new Set(tracks)].map((id) => ({
      album_id: `album-${id}`,
      album_uri: `spotify:album:${id}`,
      album_url: `https://open.spotify.com/album/${id}`,
    })),
    artists: [...new Set(tracks)].map((id) => ({
      artist_id: `artist-${id}`,
      artist_uri: `spotify:artist:${id}`,
      artist_url: `https://open.spotify.com/artist/${id}`,
    })),
  };
}

const ITEMS = 'SELECT position, uri, added_at, added_by FROM playlist_item ORDER BY position';
const idOf = (index: number): string => String(index).padStart(22, 'x');

async function loadInto(
  world: TestLibrary,
  records: PlaylistRecords,
  wrap?: (database: Database) => Database,
): Promise<void> {
  const clock = createVirtualClock();
  const library = world.open({ clock, ...(wrap && { wrap }) });
  const limits = { clock, deadlineAt: START_MS + 600_000 };
  await loadPlaylist(new LibraryRepository(library, limits), records);
}

async function versionsOf(world: TestLibrary): Promise<DatedVersion[]> {
  const found: DatedVersion[] = [];
  for await (const version of listVersions(world.open(), 'list')) found.push(version);
  return found;
}

describe.each(LIBRARIES)('a list in a library in %s', (_, start) => {
  let world: TestLibrary;
  beforeAll(async () => {
    world = await start();
  });
  afterEach(() => world.empty());
  afterAll(() => world.close());

  const load = (records: PlaylistRecords, wrap?: (database: Database) => Database): Promise<void> =>
    loadInto(world, records, wrap);
  const versions = (): Promise<DatedVersion[]> => versionsOf(world);

  it('has a row for each of its positions, counted from 0, repeats among them', async () => {
    await load(recordsOf(['a', 'b', 'a'], 0));

    expect(await world.query(ITEMS)).toEqual(
      ['a', 'b', 'a'].map((id, position) => ({
        position,
        uri: `spotify:track:${id}`,
        added_at: null,
        added_by: null,
      })),
    );
  });

  it('keeps every version, each as it was, however many changes there were', async () => {
    const records = [
      recordsOf(['a', 'b', 'c'], 0),
      recordsOf(['b', 'c'], 1),
      recordsOf(['b', 'c'], 2, { playlist_name: 'Road Trip 2', playlist_public: true }),
      recordsOf(['c', 'b', 'a', 'a'], 3, { playlist_name: 'Road Trip 2', playlist_public: true }),
      recordsOf([], 4, { playlist_name: 'Road Trip 2', playlist_public: false }),
    ];
    for (const each of records) await load(each);

    expect(await versions()).toEqual(records.map(toVersion).reverse());
    expect(await world.query('SELECT version, part FROM playlist_version ORDER BY 1')).toEqual(
      [1, 2, 3, 4].map((version) => ({ version, part: 0 })),
    );
  });

  it('has no new version where it was read again and is the same', async () => {
    await load(recordsOf(['a'], 0));
    await load(recordsOf(['a'], 5, { playlist_snapshot_id: 'snapshot-0' }));

    expect(await versions()).toEqual([toVersion(recordsOf(['a'], 0))]);
    expect(await world.query('SELECT extracted_at, seen_at FROM playlist')).toEqual([
      { extracted_at: at(5), seen_at: at(0) },
    ]);
  });

  it('is one version though the answer to its write was lost', async () => {
    await load(recordsOf(['a'], 0));
    let isLost = false;
    await load(recordsOf(['b'], 1), (database) => ({
      ...database,
      run: async (statements, timeoutMs) => {
        const results = await database.run(statements, timeoutMs);
        if (isLost || !statements.some(isListWrite)) return results;
        isLost = true;
        throw new EtlError('TABLE_UNAVAILABLE', 'no answer');
      },
    }));

    expect(isLost).toBe(true);
    expect(await versions()).toEqual([recordsOf(['b'], 1), recordsOf(['a'], 0)].map(toVersion));
  });

  it('keeps what another run stored between its read and its write', async () => {
    await load(recordsOf(['a', 'b'], 0));
    let others = 1;
    await load(recordsOf(['c'], 9), (database) => ({
      ...database,
      run: async (statements, timeoutMs) => {
        if (statements.some(isListWrite) && others < 3) {
          await load(recordsOf(['b'], others));
          others += 1;
        }
        return await database.run(statements, timeoutMs);
      },
    }));

    expect((await versions()).map(({ items }) => items.map(({ uri }) => uri?.at(-1)))).toEqual([
      ['c'],
      ['b'],
      ['b'],
      ['a', 'b'],
    ]);
  });

  it('writes only the positions that differ', async () => {
    const sent: unknown[] = [];
    await load(recordsOf(['a', 'b', 'c', 'd'], 0));
    await load(recordsOf(['a', 'x', 'c'], 1), (database) => ({
      ...database,
      run: async (statements, timeoutMs) => {
        sent.push(...statements.flatMap(({ args = {} }) => args.items ?? []));
        return await database.run(statements, timeoutMs);
      },
    }));

    expect(sent).toEqual(['[{"position":1,"uri":"spotify:track:x"}]']);
  });

  it('of 11,000 items is loaded, changed at its top and given back', async () => {
    const tracks = Array.from({ length: 11_000 }, (_each, index) => idOf(index));
    const [before, after] = [recordsOf(tracks, 0), recordsOf(['new', ...tracks.slice(0, -1)], 1)];
    await load(before);
    await load({ ...after, ...recordsOf(['new'], 1), playlist: after.playlist });

    expect((await versions()).map(toText)).toEqual([after, before].map(toVersion).map(toText));
    expect(await world.query('SELECT count(*) AS tracks FROM track')).toEqual([{ tracks: 11_001 }]);
  });

  it('keeps a version that is longer than libSQL takes a text', async () => {
    const before = recordsOf(['a'], 0, { playlist_description: 'x😀'.repeat(750_000) });
    await load(before);
    await load(recordsOf(['a'], 1, { playlist_description: '' }));

    expect((await versions()).at(-1)).toEqual(toVersion(before));
  });
});

/** How large it gets is the same for both. */
test('a list of a thousand items grows with 100 changes by less than a twentieth of 100 copies of it', async () => {
  const world = await startFileLibrary();
  const size = async (): Promise<number> => {
    const [row] = await world.query(
      'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
    );
    return Number(row?.bytes);
  };
  const lists = changes(Array.from({ length: 1_000 }, (_each, index) => idOf(index)));
  const loads = lists.map((list, index) => recordsOf(list, 1 + index));
  await loadInto(world, recordsOf([...new Set(lists.flat())], 0, { playlist_id: 'all' }));
  const sizes: number[] = [];

  for (const { playlist } of loads) {
    sizes.push(await size());
    await loadInto(world, { playlist, tracks: [], albums: [], artists: [] });
  }

  const [before = 0, once = 0] = sizes;
  const growth = (await size()) - once;
  expect(loads).toHaveLength(101);
  expect(growth / (100 * (once - before))).toBeLessThan(1 / 20);
  const expected = loads.map(toVersion).map(toText).reverse();
  expect((await versionsOf(world)).map(toText)).toEqual(expected);
  await world.close();
});

const isListWrite = ({ sql }: Statement): boolean => sql.startsWith('INSERT INTO playlist ');

function toVersion({ playlist }: PlaylistRecords): DatedVersion {
  const { extracted_at, playlist_tracks, run_id, ...others } = playlist;
  const attributes = Object.fromEntries(
    Object.entries(others).filter(([name]) => !ITEM_ATTRIBUTES.some((item) => item === name)),
  );
  const items = playlist_tracks.map((id) => ({ uri: `spotify:track:${id}` }));
  return { attributes, items, seenAt: extracted_at };
}

/** Long lists are compared faster so. */
function toText({ attributes, items, seenAt }: DatedVersion): string {
  const entries = Object.entries(attributes).sort().map(String);
  return [seenAt, ...entries, ...items.map(({ uri }) => uri)].join(' ');
}

/** A list and what it is after each of 100 changes, as people make them. */
function changes(list: readonly string[]): string[][] {
  const lists = [[...list]];
  for (let index = 0; index < 100; index += 1) {
    const now = lists.at(-1) ?? [];
    const place = (index * 389) % now.length;
    const [moved = ''] = now.slice(place);
    lists.push(
      [
        ['at the top', ...now].with(0, idOf(5_000 + index)),
        [...now, ...Array.from({ length: 12 }, (_, more) => idOf(6_000 + 12 * index + more))],
        now.toSpliced(place, 1),
        now.toSpliced(place, 30),
        [...now.toSpliced(place, 1), moved],
        index === 5 ? now.toSorted() : [moved, ...now.toSpliced(place, 1)],
      ][index % 6] ?? [],
    );
  }
  return lists;
}
