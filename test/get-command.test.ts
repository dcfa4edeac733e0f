/** What a person types to have a library: `get`, `sql` and `history`, as real processes against the simulated Spotify. */
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import {
  createGetProgram,
  expectedItems,
  type GetProgram,
  itemsByList,
  parseLines,
} from './support/get-program.ts';
import { keepOwnPlaylists } from './support/listed-user.ts';
import { hasSqld, startSqld } from './support/sqld.ts';

let program: GetProgram;
let lists: ReturnType<typeof keepOwnPlaylists>;

beforeAll(async () => {
  program = await createGetProgram();
  lists = keepOwnPlaylists(program.spotify, 60).filter(({ items }) => items.length > 0);
  await program.run(['get', '--all', '--liked']);
});
beforeEach(() => {
  program.spotify.clearRequests();
});
afterAll(() => program.close());

const apiCalls = (): number =>
  program.spotify.requests().filter(({ path }) => path.startsWith('/v1/')).length;

test('--all --liked has every item of every list in its place, with when and by whom it was added', () => {
  const stored = itemsByList(program.query);

  for (const list of lists) expect(stored.get(list.id)).toEqual(expectedItems(list));
  expect(stored.get('liked')).toEqual(
    program.spotify.catalogue.liked.items.map(({ addedAt, trackId }, position) => ({
      position,
      uri: `spotify:track:${trackId}`,
      added_at: addedAt,
      added_by: null,
    })),
  );
});

test('a second run asks for the lists only, and says what it found as JSON', async () => {
  const finished = await program.run(['get', '--all', '--liked', '--json']);

  expect(finished).toMatchObject({ code: 0, stderr: '' });
  const lines = parseLines(finished);
  expect(lines.at(-1)).toMatchObject({
    type: 'summary',
    loaded: 0,
    left: 0,
    library: program.libraryFile,
  });
  const [first] = lists;
  expect(lines).toContainEqual({
    type: 'playlist',
    playlist_id: first?.id,
    playlist_name: first?.name,
    status: 'unchanged',
    counts: { items: first?.items.length },
  });
  expect(lines).toContainEqual(
    expect.objectContaining({ type: 'playlist', playlist_id: 'liked', status: 'unchanged' }),
  );
  // 60 lists are two pages, and Liked Songs one.
  expect(apiCalls()).toBe(3);
});

test('what changed is read again, and what the list was is kept', async () => {
  const changed = lists.at(-1);
  if (changed === undefined) throw new Error('There is no list.');
  const before = itemsByList(program.query).get(changed.id);
  const seen = new Date().toISOString();
  program.spotify.appendTracks(changed.id, 2);

  const { code, stdout } = await program.run(['get', changed.id]);
  const history = await program.run(['history', changed.id, '--json']);
  const then = await program.run(['history', changed.id, '--at', seen, '--json']);
  const people = await program.run(['history', changed.name]);
  const since = await program.run(['history', changed.id, '--diff', seen]);

  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('1 loaded') });
  expect(JSON.parse(history.stdout)).toMatchObject({
    playlist_id: changed.id,
    versions: [
      { came: [{ name: expect.stringContaining(' – ') }, {}], went: [], reordered: false },
      { items: before?.length },
    ],
  });
  expect(JSON.parse(then.stdout)).toMatchObject({
    playlist_id: changed.id,
    playlist_name: changed.name,
  });
  const { items } = JSON.parse(then.stdout) as { items: { position: number; added_at: string }[] };
  expect(items.map(({ added_at, position }) => ({ added_at, position }))).toEqual(
    before?.map(({ added_at, position }) => ({ added_at, position })),
  );
  expect(people.stdout).toMatch(/2 versions\n.* 2 came\n {2}\+ .* – .*\n {2}\+ /);
  expect(since.stdout).toContain('2 came');
});

test('sql answers as a table no wider than 80 columns, as JSON and as CSV', async () => {
  const select =
    'SELECT playlist_id, playlist_name AS name, playlist_num_items FROM playlist ORDER BY 1';
  const json = await program.run(['sql', '--json', select]);
  const csv = await program.run(['sql', '--csv', `${select};`]);
  const none = await program.run(['sql', 'SELECT * FROM playlist WHERE false']);
  const bad = await program.run(['sql', 'DROP TABLE playlist']);

  expect(JSON.parse(json.stdout)).toEqual(program.query(select));
  expect(parse(csv.stdout, { columns: true })).toHaveLength(program.query(select).length);
  expect(none).toMatchObject({ code: 0, stdout: '', stderr: 'No rows.\n' });
  expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining('near "DROP"') });
});

const server = hasSqld ? test : test.skip;
server(`on a libSQL server${hasSqld ? '' : ' (skipped: no sqld for this machine)'}`, async () => {
  const sqld = await startSqld();
  const { id = '', items = [] } = lists.at(-2) ?? {};
  const at = { TURSO_DATABASE_URL: sqld.url };
  const got = await program.run(['get', id], at);
  const asked = await program.run(
    ['sql', '--json', 'SELECT count(*) AS items FROM playlist_item'],
    at,
  );
  const known = await program.run(['history', id], at);
  await sqld.close();

  expect(got).toMatchObject({ code: 0, stdout: expect.stringContaining(sqld.url) });
  expect(JSON.parse(asked.stdout)).toEqual([{ items: items.length }]);
  expect(known.stdout).toContain('first seen');
});

test('too few calls: the smallest lists are read, and it says when to go on', async () => {
  const library = join(program.folder, 'few.db');
  const args = ['get', '--all', '--library', library];
  const { code, stderr } = await program.run(args, {
    SPOTIFY_DAILY_CALLS: '12',
    SPOTIFY_RESERVED_CALLS: '0',
  });

  expect(code).toBe(75);
  expect(stderr).toMatch(
    /budget of calls .* \d+ lists are not read yet\. Go on after .* with the same command\.\n$/,
  );
  const sizes = program.query('SELECT playlist_num_items AS items FROM playlist', library);
  const smallest = lists.map(({ items }) => items.length).sort((one, other) => one - other);
  expect(sizes.length).toBeGreaterThan(5);
  expect(Math.max(...sizes.map(({ items }) => Number(items)))).toBeLessThanOrEqual(
    smallest[sizes.length] ?? 0,
  );

  expect((await program.run(args)).code).toBe(0);
});

test('an unreadable list costs one line, and the others are read', async () => {
  const { id = '' } = lists[0] ?? {};
  const library = join(program.folder, 'some.db');
  const { code, stderr } = await program.run([
    'get',
    '37i9dQZF1DXcBWIGoYBM5M',
    id,
    '--quiet',
    '--library',
    library,
  ]);

  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringContaining('37i9dQZF1DXcBWIGoYBM5M: Spotify'),
  ]);
  expect(program.query('SELECT playlist_id FROM playlist', library)).toEqual([{ playlist_id: id }]);
});

test.each([
  { args: ['get'], code: 2, line: /Which playlists\?/ },
  { args: ['get', 'nonsense'], code: 2, line: /nonsense: It must be/ },
  { args: ['get', '--all', '--quiet'], code: 1, line: /Nobody is logged in/, refreshToken: '' },
  {
    args: ['sql', 'SELECT 1', '--library', 'none.db'],
    code: 2,
    line: /no library at none\.db yet/,
  },
  { args: ['history', 'Nowhere'], code: 2, line: /has no list Nowhere/ },
  { args: ['history', 'liked', '--at', '2001-01-01'], code: 2, line: /knows this list since 20/ },
  { args: ['history', 'liked', '--at', 'May'], code: 2, line: /Give a day/ },
  { args: ['sql', 'SELECT 1', '--library', __filename], code: 1, line: /is not a SQLite database/ },
])('$args: one line, and nothing is asked', async ({ args, code, line, refreshToken }) => {
  const env = refreshToken === undefined ? {} : { SPOTIFY_REFRESH_TOKEN: refreshToken };
  const finished = await program.run(args, env);

  expect(finished).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(line) });
  expect(apiCalls()).toBe(0);
});

test("a library is one account's", async () => {
  program.query("UPDATE meta SET value = 'ada' WHERE key = 'account_id'");
  const { code, stderr } = await program.run(['get', '--all']);

  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^✖ The library .* belongs to the Spotify account ada, .*\n$/),
  });
});
