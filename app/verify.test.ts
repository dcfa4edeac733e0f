import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { TABLE_KEYS, type Table } from '../etl/model/records.ts';
import type { StoredRow } from './app.ts';
import type { RowSource } from './picture.ts';
import { type Finding, type Verdict, verifyRows } from './verify.ts';

type Tables = Readonly<Record<Table, readonly StoredRow[]>>;
type Verified = { readonly findings: readonly Finding[]; readonly verdict: Verdict };

const TABLES = ['playlist', 'track', 'album', 'artist'] as const;
const POOL = 6;

let folder: string;
let previous: string | undefined;

beforeEach(async () => {
  previous = process.env.TMPDIR;
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-verify-test-'));
  process.env.TMPDIR = folder;
});

afterEach(async () => {
  // Whatever came of it.
  expect(await readdir(folder)).toEqual([]);
  if (previous === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = previous;
  await rm(folder, { recursive: true });
});

const idOf = (table: Table, index: number): string => `${table}${index}`.padEnd(22, '0');

function sourceOf(
  tables: Tables,
  toPages: (rows: readonly StoredRow[]) => readonly (readonly StoredRow[])[] = (rows) => [rows],
): RowSource {
  return {
    countRows: () => Promise.resolve(undefined),
    listPages: function* (table) {
      yield* toPages(tables[table]);
    },
  };
}

async function verify(
  source: RowSource,
  options: Partial<Parameters<typeof verifyRows>[1]> = {},
): Promise<Verified> {
  const findings: Finding[] = [];
  const verdict = await verifyRows(source, {
    onFinding: (finding) => findings.push(finding),
    ...options,
  });
  return { findings, verdict };
}

function link(table: Table, index: number): StoredRow {
  const id = idOf(table, index);
  return {
    [TABLE_KEYS[table]]: id,
    [`${table}_uri`]: `spotify:${table}:${id}`,
    [`${table}_url`]: `https://open.spotify.com/${table}/${id}`,
  };
}

/** Nothing is wrong with it. What is no track comes first, and nobody knows who added it. */
function playlistOf(
  index: number,
  list: { readonly tracks: readonly number[]; readonly others: number; readonly counts: object },
): StoredRow {
  const items = list.tracks.length + list.others;
  const positions = Array.from({ length: items }, (_, position) => position);
  return {
    ...link('playlist', index),
    playlist_snapshot_id: 'A',
    playlist_num_items: items,
    playlist_tracks: list.tracks.map((track) => idOf('track', track)),
    playlist_others: positions
      .slice(0, list.others)
      .map((position) => ({ position, kind: 'local' })),
    playlist_added_at: positions.map(() => 1_600_000_000),
    playlist_added_by: positions.map((position) => (position < list.others ? -1 : 0)),
    playlist_contributors: ['ada'],
    playlist_skipped: list.counts,
    extracted_at: '2026-11-20T12:00:00.000Z',
    run_id: 'run-1',
  };
}

const indexes = fc.array(fc.nat(POOL - 1), { maxLength: 4 });
const skipped = fc.record({ episode: fc.nat(3), local: fc.nat(3), unavailable: fc.nat(3) });

/** Every row of the pool, with references among them: nothing is wrong. */
const soundTables: fc.Arbitrary<Tables> = fc
  .record({
    playlists: fc.array(fc.record({ tracks: indexes, skipped }), { maxLength: 4 }),
    tracks: fc.array(fc.record({ album: fc.option(fc.nat(POOL - 1)), artists: indexes }), {
      minLength: POOL,
      maxLength: POOL,
    }),
    albums: fc.array(indexes, { minLength: POOL, maxLength: POOL }),
  })
  .map(({ albums, playlists, tracks }) => ({
    playlist: playlists.map(({ skipped: counts, tracks: inList }, index) => {
      const others = Object.values(counts).reduce((sum, count) => sum + count, 0);
      return playlistOf(index, { tracks: inList, others, counts });
    }),
    track: tracks.map(({ album, artists }, index) => ({
      ...link('track', index),
      ...(album === null ? {} : { track_album: idOf('album', album) }),
      track_artists: artists.map((artist) => idOf('artist', artist)),
    })),
    album: albums.map((artists, index) => ({
      ...link('album', index),
      album_artists: artists.map((artist) => idOf('artist', artist)),
    })),
    artist: Array.from({ length: POOL }, (_, index) => link('artist', index)),
  }));

type Damage = {
  readonly kind: 'lost' | 'malformed' | 'miscounted' | 'misnamed';
  readonly table: Table;
  readonly index: number;
};

const damages: fc.Arbitrary<Damage[]> = fc.uniqueArray(
  fc.record({
    kind: fc.constantFrom('lost', 'malformed', 'miscounted', 'misnamed'),
    table: fc.constantFrom(...TABLES),
    index: fc.nat(POOL - 1),
  }),
  { maxLength: 6, selector: ({ index, table }) => `${table} ${index}` },
);

function spoil(row: StoredRow, { kind, table }: Damage): StoredRow[] {
  switch (kind) {
    case 'lost':
      return [];
    case 'malformed':
      return [{ ...row, [`${table}_url`]: null }];
    case 'misnamed':
      return [{ ...row, [TABLE_KEYS[table]]: 'no ID' + String(row[TABLE_KEYS[table]]) }];
    case 'miscounted':
      return table === 'playlist' ? [{ ...row, playlist_num_items: 99 }] : [row];
  }
}

function damage(tables: Tables, done: readonly Damage[]): Tables {
  const spoilt = (table: Table): StoredRow[] =>
    tables[table].flatMap((row, index) => {
      const one = done.find((each) => each.table === table && each.index === index);
      return one === undefined ? [row] : spoil(row, one);
    });
  return {
    playlist: spoilt('playlist'),
    track: spoilt('track'),
    album: spoilt('album'),
    artist: spoilt('artist'),
  };
}

const listOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');

const referencesOf = (row: StoredRow): (readonly [Table, string])[] => [
  ...listOf(row.playlist_tracks).map((to) => ['track', to] as const),
  ...listOf(row.track_album).map((to) => ['album', to] as const),
  ...listOf(row.track_artists).map((to) => ['artist', to] as const),
  ...listOf(row.album_artists).map((to) => ['artist', to] as const),
];

type Expected = {
  readonly lines: string[];
  readonly affected: number;
  /** As few playlists as lead to all that any playlist leads to. */
  readonly fewest: number;
};

/** The same question, answered by looking everything up in memory. */
function expected(tables: Tables): Expected {
  const lines: string[] = [];
  const ids = Object.fromEntries(
    TABLES.map((table) => [table, new Set(tables[table].map((row) => row[TABLE_KEYS[table]]))]),
  );
  /** What is wrong below a row, and with it. */
  const faults = new Map<string, Set<string>>();
  for (const table of ['artist', 'album', 'track', 'playlist'] as const) {
    for (const row of tables[table]) {
      const id = String(row[TABLE_KEYS[table]]);
      const name = `${table} ${id}`;
      const references = referencesOf(row);
      const below = references.flatMap(([to, toId]) => [...(faults.get(`${to} ${toId}`) ?? [])]);
      const dangling = references.filter(([to, toId]) => ids[to]?.has(toId) !== true);
      lines.push(...dangling.map(([to, toId]) => `missing ${to} ${toId} of ${name}`));
      const isMalformed = id.startsWith('no ID') || row[`${table}_url`] === null;
      if (isMalformed) lines.push(`malformed ${name}`);
      const isMiscounted = row.playlist_num_items === 99;
      if (isMiscounted) lines.push(`count ${id}`);
      const missing = dangling.map(([to, toId]) => `${to} ${toId}`);
      const own = isMalformed || isMiscounted ? [name] : [];
      faults.set(name, new Set([...below, ...missing, ...own]));
    }
  }
  const led = [...faults].flatMap(([name, found]) =>
    name.startsWith('playlist') && !name.includes('no ID') && found.size > 0 ? [found] : [],
  );
  const all = new Set(led.flatMap((found) => [...found]));
  const sizes = Array.from({ length: 2 ** led.length }, (_, bits) => {
    const chosen = led.filter((_found, index) => (bits >> index) % 2 === 1);
    const covered = new Set(chosen.flatMap((found) => [...found]));
    return covered.size === all.size ? chosen.length : led.length;
  });
  return { lines: [...new Set(lines)].sort(), affected: led.length, fewest: Math.min(...sizes) };
}

function toLine(finding: Finding): string {
  switch (finding.kind) {
    case 'dangling':
      return `missing ${finding.table} ${finding.id} of ${finding.from.table} ${finding.from.id}`;
    case 'malformed':
      return `malformed ${finding.table} ${finding.id}`;
    case 'count':
      return `count ${finding.id}`;
    case 'import':
      return `import ${finding.id}`;
  }
}

describe('verifyRows', () => {
  it('finds exactly what was planted, and loads as few playlists as lead to it', async () => {
    await fc.assert(
      fc.asyncProperty(soundTables, damages, async (sound, done) => {
        const tables = damage(sound, done);

        const { findings, verdict } = await verify(sourceOf(tables));

        const { affected, fewest, lines } = expected(tables);
        expect(findings.map(toLine).sort()).toEqual(lines);
        expect(done.length > 0 || lines.length === 0).toBe(true);
        expect(verdict.affected).toBe(affected);
        expect(verdict.toLoad).toHaveLength(fewest);
        expect(verdict.rows).toEqual({
          playlist: tables.playlist.length,
          track: tables.track.length,
          album: tables.album.length,
          artist: tables.artist.length,
        });
      }),
      { numRuns: 150 },
    );
  });

  it('finds the same in the same order, whatever the order of rows and the pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        soundTables,
        damages,
        fc.integer({ min: 1, max: 7 }),
        async (sound, done, size) => {
          const tables = damage(sound, done);
          const once = await verify(sourceOf(tables));
          const source = sourceOf(tables, (rows) => {
            const reversed = rows.toReversed();
            return rows.flatMap((_, index) =>
              index % size === 0 ? [reversed.slice(index, index + size)] : [],
            );
          });

          expect(await verify(source)).toEqual(once);
        },
      ),
      { numRuns: 60 },
    );
  });

  const track = { ...link('track', 1), track_album: idOf('album', 1), track_artists: [] };
  const playlists = [1, 2, 3].map((index) =>
    playlistOf(index, {
      tracks: [1, 1],
      others: 0,
      counts: { episode: 0, local: 0, unavailable: 0 },
    }),
  );
  const broken: Tables = { playlist: playlists, track: [track], album: [], artist: [] };

  it('says why a playlist is affected, and how many items it has', async () => {
    const { findings, verdict } = await verify(sourceOf(broken));

    expect(findings).toEqual([
      {
        kind: 'dangling',
        table: 'album',
        id: idOf('album', 1),
        from: { table: 'track', id: idOf('track', 1) },
      },
    ]);
    expect(verdict.affected).toBe(3);
    expect(verdict.toLoad).toEqual([
      {
        id: idOf('playlist', 1),
        why: `album ${idOf('album', 1)} is missing`,
        moreReasons: 0,
        items: 2,
        calls: 1,
      },
    ]);
  });

  it.each([
    [{ playlist_added_at: [1] }, 'playlist_added_at has 1 entries for 2 items'],
    [{ playlist_added_by: [] }, 'playlist_added_by has 0 entries for 2 items'],
    [{ playlist_contributors: [] }, 'playlist_added_by has a number beyond playlist_contributors'],
    [
      { playlist_others: [{ position: 2, kind: 'local' }] },
      'playlist_others has 0 positions for 0 items',
    ],
    [{ playlist_added_at: undefined }, 'playlist_added_at is missing'],
  ])('finds a playlist whose lists are not parallel: %j', async (damaged, why) => {
    const tables = { ...broken, track: [], playlist: [{ ...playlists[0], ...damaged }] };

    const { verdict } = await verify(sourceOf(tables));

    expect(verdict.findings.malformed).toBe(1);
    expect(verdict.toLoad).toMatchObject([{ id: idOf('playlist', 1), items: 2 }]);
    const { findings } = await verify(sourceOf(tables));
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'malformed', table: 'playlist', why }),
    );
  });

  it('knows Liked Songs as a playlist, and under no other ID than theirs', async () => {
    const [first] = playlists;
    const withId = (playlist_id: string): Tables => ({
      ...broken,
      album: [link('album', 1)],
      playlist: [{ ...first, playlist_id }],
    });

    expect((await verify(sourceOf(withId('liked:ada')))).findings).toEqual([]);
    expect((await verify(sourceOf(withId('loved:ada')))).verdict.findings.malformed).toBe(1);
  });

  it('counts what nothing refers to, and what no repair reaches', async () => {
    const tables = { ...broken, playlist: [], artist: [link('artist', 1)] };

    const { verdict } = await verify(sourceOf(tables));

    expect(verdict).toMatchObject({
      findings: { dangling: 1, malformed: 0, count: 0 },
      unreferenced: { track: 1, album: 0, artist: 1 },
      affected: 0,
      toLoad: [],
      unreached: 1,
      firstUnreached: [{ table: 'track', id: idOf('track', 1) }],
    });
  });

  it('takes a row of any shape', async () => {
    const value = fc.oneof(fc.anything(), fc.array(fc.string()), fc.string());
    const row = fc.record({
      playlist_id: fc.string({ minLength: 1 }),
      playlist_tracks: value,
      playlist_skipped: value,
      playlist_num_items: value,
    });
    await fc.assert(
      fc.asyncProperty(row, async (one) => {
        const { verdict } = await verify(sourceOf({ ...broken, playlist: [one] }));

        expect(verdict.findings.malformed).toBe(1);
      }),
    );
  });

  it('ends in the middle where it is stopped', async () => {
    const stop = new AbortController();
    const stopped = verify(sourceOf(broken), {
      signal: stop.signal,
      onProgress: ({ rows, table }) => {
        if (table === 'track' && rows === 0) stop.abort();
      },
    });

    await expect(stopped).rejects.toThrow('aborted');
  });

  it('hands on what the read throws', async () => {
    const source = {
      ...sourceOf(broken),
      listPages: () => {
        throw new Error('the line broke');
      },
    };

    await expect(verify(source)).rejects.toThrow('the line broke');
  });
});
