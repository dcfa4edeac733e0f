/** `get --all` over the whole simulated user: complete, cheap, and the same after any end of the process. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createGetProgram,
  expectedItems,
  type GetProgram,
  itemsByList,
  type Row,
} from '../support/get-program.ts';
import { keepOwnPlaylists } from '../support/listed-user.ts';

const KILLS = 50;
/** Of the smallest lists; 300 are all of the user's, and take twenty minutes. */
const KILLED_LISTS = Number(process.env.KILLED_LISTS ?? 60);
const RUN_TABLES = [
  'playlist',
  'playlist_item',
  'item',
  'track',
  'album',
  'artist',
  'track_artist',
  'album_artist',
];

/** Everything but what differs from run to run. */
function contentOf({ query }: GetProgram, file: string): Row {
  const rows = RUN_TABLES.map((table) => {
    const all = query(`SELECT * FROM ${table}`, file).map(
      ({ extracted_at, item_id, run_id, seen_at, ...row }) => JSON.stringify(row),
    );
    return [table, all.sort()] as const;
  });
  return Object.fromEntries(rows);
}

describe('a user of 300 lists', () => {
  let program: GetProgram;
  beforeAll(async () => {
    program = await createGetProgram({ listener: 'normal' });
    const { code } = await program.run(['get', '--all', '--liked', '--quiet']);
    const polled = await program.run(['plays', 'collect', '--quiet']);
    expect([code, polled.code]).toEqual([0, 0]);
  });
  beforeEach(() => {
    program.spotify.clearRequests();
  });
  afterAll(() => program.close());

  test('has every readable list in the library, item by item', () => {
    const stored = itemsByList(program.query);
    const readable = [...program.spotify.catalogue.playlists.values()].filter(({ access }) =>
      ['own', 'collaborative'].includes(access),
    );

    expect(readable.length).toBeGreaterThan(250);
    for (const list of readable) expect(stored.get(list.id) ?? []).toEqual(expectedItems(list));
  });

  test('costs a call for 50 lists, and one for Liked Songs, when nothing has changed', async () => {
    const { code } = await program.run(['get', '--all', '--liked']);

    const paths = program.spotify.requests().map(({ path }) => path);
    const pages = paths.filter((path) => path === '/v1/me/playlists').length;
    expect({ code, pages }).toEqual({ code: 0, pages: 7 });
    expect(paths.filter((path) => path.startsWith('/v1/'))).toHaveLength(pages + 1);
  });

  test('gets an answer to every query of docs/queries.md', async () => {
    const page = await readFile('docs/queries.md', 'utf8');
    const queries = [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = '']) => sql);
    expect(queries).toHaveLength(23);

    for (const sql of queries) {
      const { code, stderr, stdout } = await program.run(['sql', '--json', sql]);
      expect({ sql, code, stderr }).toEqual({ sql, code: 0, stderr: '' });
      const rows = JSON.parse(stdout) as unknown[];
      // Nothing has left a list yet, and no recording has two IDs.
      if (!/track_id NOT IN|track_isrc/.test(sql))
        expect({ sql, rows }).not.toEqual({ sql, rows: [] });
    }
  });
});

describe(`a user of ${KILLED_LISTS} lists`, () => {
  let program: GetProgram;
  let undisturbed: Row;
  let undisturbedMs: number;
  const get = ['get', '--all', '--liked', '--quiet', '--library'];
  const placeOf = (name: string): string => join(program.folder, `${name}.db`);

  beforeAll(async () => {
    program = await createGetProgram();
    keepOwnPlaylists(program.spotify, KILLED_LISTS);
    const startedAt = performance.now();
    await program.run([...get, placeOf('undisturbed')]);
    undisturbedMs = performance.now() - startedAt;
    undisturbed = contentOf(program, placeOf('undisturbed'));
  });
  afterAll(() => program.close());

  test(`that is killed at ${KILLS} moments ends with the same library`, async () => {
    const phases: Record<string, number> = {};
    for (let kill = 0; kill < KILLS; kill += 1) {
      const place = placeOf(`killed-${kill}`);
      const { child, finished } = program.start([...get, place]);
      await sleep((undisturbedMs * (kill + 0.5)) / KILLS);
      child.kill('SIGKILL');
      await finished;
      const phase = phaseOf(program, place);
      phases[phase] = (phases[phase] ?? 0) + 1;

      expect((await program.run([...get, place])).code).toBe(0);

      expect(contentOf(program, place)).toEqual(undisturbed);
      expect(program.query('SELECT * FROM playlist_version', place)).toEqual([]);
    }
    process.stdout.write(`Killed ${JSON.stringify(phases)}\n`);
  });

  test('that is read by two processes at once loses nothing and keeps to the budget and the pace', async () => {
    program.spotify.clearRequests();
    const limits = {
      SPOTIFY_DAILY_CALLS: '60',
      SPOTIFY_RESERVED_CALLS: '0',
      SPOTIFY_BURST_CALLS: '10',
      SPOTIFY_CALLS_PER_SECOND: '10',
    };
    const place = placeOf('two');
    const startedAt = Date.now();
    const runs = await Promise.all([
      program.run([...get, place], limits),
      program.run([...get, place], limits),
    ]);
    const seconds = (Date.now() - startedAt) / 1000;

    expect(runs.map(({ code }) => code)).toEqual([75, 75]);
    const calls = program.spotify.requests().filter(({ path }) => path.startsWith('/v1/')).length;
    expect(calls).toBeLessThanOrEqual(Math.min(60, 10 + 10 * seconds));

    const further = await Promise.all([program.run([...get, place]), program.run([...get, place])]);

    expect(further.map(({ code }) => code)).toEqual([0, 0]);
    expect(contentOf(program, place)).toEqual(undisturbed);
  });
});

/** How far a killed run had come. */
function phaseOf({ query }: GetProgram, place: string): string {
  try {
    const [counts] = query(
      'SELECT (SELECT count(*) FROM playlist) AS lists, (SELECT count(*) FROM track) AS tracks, (SELECT count(*) FROM item WHERE uri NOT IN (SELECT uri FROM playlist_item WHERE uri IS NOT NULL)) AS loose',
      place,
    );
    if (counts?.lists === 0)
      return counts.tracks === 0 ? 'before the first list' : 'in the first list';
    return Number(counts?.loose) > 0 ? 'within a list' : 'between two lists, or in the listing';
  } catch {
    return 'before there were tables';
  }
}
