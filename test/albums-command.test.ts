/** `spotify-etl albums`, as real processes against the simulated Spotify. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGetProgram, type GetProgram } from './support/get-program.ts';

let program: GetProgram;
/** Artists with albums, and one without. */
let artists: string[];
let silent: string;
let files = 0;

beforeAll(async () => {
  program = await createGetProgram();
  const { artists: all, discographies } = program.spotify.catalogue;
  const ids = [...all.keys()];
  // So many that a listing is of one page or two, as in the issue of three artists.
  artists = ids.filter((id) => {
    const albums = discographies.of(id)?.filter(({ album }) => album.type === 'album') ?? [];
    return albums.length > 3 && albums.length <= 20;
  });
  silent = ids.find((id) => discographies.of(id)?.length === 0) ?? '';
});
afterAll(() => program.close());

type Env = Readonly<Record<string, string>>;

/** Commands on an artists file and a library of their own. */
function createStudy(env: Env = {}) {
  files += 1;
  const [file, library] = [`artists-${files}.csv`, `library-${files}.db`];
  const own = ['--artists', file, '--library', library];
  const run = (args: readonly string[], more: Env = {}) =>
    program.run(['albums', ...args], { ...env, ...more });
  return {
    file: join(program.folder, file),
    library: join(program.folder, library),
    add: (...links: string[]) => run(['add', ...links, ...own]),
    collect: (...args: string[]) => run(['collect', ...args, ...own]),
    collectWith: (more: Env, ...args: string[]) => run(['collect', ...args, ...own], more),
    report: (...args: string[]) => run(['report', ...args, ...own]),
    purge: (...args: string[]) => run(['purge', ...args, '--library', library]),
    run,
  };
}

const countCalls = (): number => {
  const calls = program.spotify.requests().filter(({ path }) => path.startsWith('/v1/'));
  program.spotify.clearRequests();
  return calls.length;
};

async function hashFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
  const hashes = paths.sort().map(async (path) => {
    const hash = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    return `${path.slice(folder.length)} ${hash}`;
  });
  return await Promise.all(hashes);
}

describe('three artists', () => {
  let study: ReturnType<typeof createStudy>;
  beforeAll(async () => {
    study = createStudy();
    await study.add(...artists.slice(0, 3).map((id) => `spotify:artist:${id}`));
    countCalls();
  });

  test('are added without a call, once each', async () => {
    const again = await study.add(`https://open.spotify.com/artist/${artists[0]}?si=1`);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('0 artists added');
    expect((await readFile(study.file, 'utf8')).split('\n')[0]).toBe(
      'artist_uri,name,market,albums,listed_at,response',
    );
    expect(countCalls()).toBe(0);
  });

  test('a dry run shows the plan, and makes no call', async () => {
    const { code, stdout } = await study.collect('--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Plan: 3 artists to list, 0 known albums to measure: at most \d+ calls\./,
    );
    expect(countCalls()).toBe(0);
    const { stdout: json } = await study.collect('--dry-run', '--json');
    expect(JSON.parse(json)).toMatchObject({
      calls_made: 0,
      artists_complete: 0,
      artists_total: 3,
    });
  });

  test('are collected within the plan, and not again', async () => {
    const first = JSON.parse((await study.collect('--json')).stdout) as Record<string, number>;
    const made = countCalls();
    expect(first).toMatchObject({ calls_made: made, artists_complete: 3, artists_total: 3 });
    expect(made).toBeLessThanOrEqual(first.calls_planned ?? 0);
    expect(first.families).toBeLessThan(first.albums ?? 0);

    const second = JSON.parse((await study.collect('--json')).stdout) as Record<string, number>;
    expect(second).toEqual({ ...first, calls_planned: 0, calls_made: 0 });
    expect(countCalls()).toBe(0);
  });

  test('cost at most six calls in the next week, and what is new besides', async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const aWeekAgo = new Date(Date.now() - 7 * 86_400_000).toISOString();
    const age = (): void => {
      const database = new DatabaseSync(study.library);
      database.exec(
        `UPDATE artist_listing SET listed_at = '${aWeekAgo}', checked_at = '${aWeekAgo}'`,
      );
      database.close();
    };
    age();
    const quiet = JSON.parse((await study.collect('--json')).stdout) as Record<string, number>;
    expect(quiet.calls_made).toBe(3);
    expect(countCalls()).toBeLessThanOrEqual(6);

    age();
    program.spotify.releaseAlbum(artists[0] ?? '', {
      name: 'Fresh',
      date: '2026-11-27',
      tracks: 60,
    });
    const fresh = JSON.parse((await study.collect('--json')).stdout) as Record<string, number>;
    expect(fresh.albums).toBe((quiet.albums ?? 0) + 1);
    expect(fresh.calls_made).toBeLessThanOrEqual(6 + 2);
    expect(fresh.calls_made).toBeLessThanOrEqual(fresh.calls_planned ?? 0);
    countCalls();
  });

  test('have a length that is the sum of their tracks', () => {
    const rows = program.query(
      'SELECT album_id, album_duration FROM album WHERE album_duration IS NOT NULL',
      study.library,
    );
    const { discographies } = program.spotify.catalogue;
    expect(rows.length).toBeGreaterThan(10);
    for (const { album_duration: length, album_id: id } of rows) {
      const { tracks = [] } = discographies.find(String(id)) ?? {};
      expect(length).toBe(tracks.reduce((sum, { durationMs }) => sum + durationMs, 0));
    }
  });

  test('are the same report twice, byte for byte, in two processes', async () => {
    const [one, other] = ['one', 'other'].map((name) => join(program.folder, name));
    const args = ['--day', '2026-11-28', '--out'];
    const { code, stderr, stdout } = await study.report(...args, one ?? '');
    await study.report(...args, other ?? '');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('too narrow to trust');
    expect(await hashFolder(other ?? '')).toEqual(await hashFolder(one ?? ''));
    expect((await hashFolder(one ?? '')).map((line) => line.split(' ')[0])).toEqual([
      '/album-length/v1/dataset=album/year=2026/month=11/day=26/part-0.parquet',
      '/album-length/v1/dataset=family/year=2026/month=11/day=26/part-0.parquet',
      ...['artists.svg', 'decades.svg', 'report.csv', 'report.html'].map((name) => `/${name}`),
      ...['summary.json', 'trend.svg'].map((name) => `/${name}`),
    ]);
    expect(countCalls()).toBe(0);
  });

  test('have a summary and a table that agree', async () => {
    const folder = join(program.folder, 'one');
    const summary = JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    const [head, ...rows] = (await readFile(join(folder, 'report.csv'), 'utf8')).trim().split('\n');
    expect(head).toBe(
      'Artist,Album Name,Album Duration MS,Year Released,release_date,tracks,editions,market,artist_id,album_id,excluded,year_uncertain',
    );
    expect(rows).toHaveLength(Number(summary.families_total));
    expect(summary).toMatchObject({ artists_total: 3, week: '2026-11-26', market: 'US' });
    expect(Object.keys(summary)).toEqual(
      expect.arrayContaining([
        ...['slope_minutes_per_decade', 'sen_interval', 'interval', 'p_value'],
        ...['within_artist_slope', 'families', 'artists', 'excluded'],
      ]),
    );
    const page = await readFile(join(folder, 'report.html'), 'utf8');
    expect(page).toContain('3 of 3 artists complete');
    expect(page).toContain('Survivors only.');
    expect(page).not.toMatch(/<script|src="http|href="http/);
  });

  test('are taken out again', async () => {
    expect(await study.purge()).toMatchObject({ code: 3 });
    expect(await study.purge('--yes')).toMatchObject({ code: 0, stderr: '' });
    for (const table of ['artist_listing', 'album', 'track', 'artist', 'item']) {
      expect(program.query(`SELECT count(*) AS n FROM ${table}`, study.library)).toEqual([
        { n: 0 },
      ]);
    }
  });
});

test('a day that allows few calls ends with a coverage line, and the next one goes on', async () => {
  const study = createStudy({ SPOTIFY_DAILY_CALLS: '30', SPOTIFY_RESERVED_CALLS: '0' });
  await study.add(...artists.slice(10, 15).map((id) => `spotify:artist:${id}`));
  countCalls();
  const first = await study.collect();
  const made = countCalls();
  expect(first.code).toBe(75);
  expect(made).toBeLessThanOrEqual(30);
  expect(first.stdout).toMatch(/\d of 5 artists complete/);
  expect(first.stdout).toContain('The same command goes on');

  const again = JSON.parse((await study.collect('--json')).stdout) as Record<string, number>;
  expect(again).toMatchObject({ calls_made: 0, artists_total: 5 });
  expect(countCalls()).toBe(0);
  // The next day, with the calls that are left: what is known costs exactly what was planned.
  const plan = await study.collectWith({ SPOTIFY_DAILY_CALLS: '0' }, '--dry-run');
  expect(plan.stdout).toMatch(/known albums? to measure/);
  const rest = await study.collectWith({ SPOTIFY_DAILY_CALLS: '0' }, '--json');
  expect(JSON.parse(rest.stdout)).toMatchObject({ artists_complete: 5 });
  const last = await study.collect('--json');
  expect(last.code).toBe(0);
});

test('once listings are known, the calls are those of the plan', async () => {
  const study = createStudy();
  const [id = ''] = artists.slice(20);
  await study.add(id);
  program.spotify.addFault({
    match: { path: /\/tracks$/ },
    times: 'always',
    action: { type: 'status', status: 404, body: 'json', message: 'Resource not found' },
  });
  await study.collect('--json');
  program.spotify.clearFaults();
  countCalls();
  const known = JSON.parse((await study.collect('--json')).stdout) as Record<string, number>;
  expect(known.calls_made).toBe(known.calls_planned);
  expect(countCalls()).toBe(known.calls_planned);
  expect(known).toMatchObject({ artists_complete: 1 });
});

test('a plain add goes to the market of the file, and what a person has written stays', async () => {
  const study = createStudy();
  const [one = '', two = ''] = artists;
  const nobody = '0'.repeat(22);
  await study.add(one, '--market', 'de');
  expect(await study.add(two)).toMatchObject({ code: 0, stderr: '' });
  const text = await readFile(study.file, 'utf8');
  expect(text.match(/,DE,/g)).toHaveLength(2);
  await writeFile(study.file, `artist_uri,name\n${nobody},Somebody I know\n`);
  expect(await study.collect('--quiet')).toMatchObject({ code: 1 });
  expect(await readFile(study.file, 'utf8')).toContain(`${nobody},Somebody I know,`);
  // The row is not asked for again, and the artist is still not there.
  expect(await study.collect('--quiet')).toMatchObject({ code: 1, stderr: '' });
});

describe('bad input is told in a line', () => {
  const UNKNOWN = '0000000000000000000000';

  test('an unknown artist fails once, and is not asked for again', async () => {
    const study = createStudy();
    await study.add(UNKNOWN);
    const { code, stderr } = await study.collect('--quiet');
    expect(code).toBe(1);
    expect(stderr).toBe(`✖ ${UNKNOWN}: Spotify has no such artist. Check the link.\n`);
    expect(await readFile(study.file, 'utf8')).toContain('failed: Spotify has no such artist');
    countCalls();
    await study.collect('--quiet');
    expect(countCalls()).toBe(0);
  });

  test('an artist without albums is complete, and its row says so', async () => {
    const study = createStudy();
    await study.add(silent);
    expect(await study.collect('--quiet')).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(study.file, 'utf8')).toContain('Spotify lists no album in this market');
    const { code, stdout } = await study.report('--out', join(program.folder, 'empty'));
    expect(code).toBe(0);
    expect(stdout).toContain('There are too few albums or artists to say.');
  });

  test.each([
    [['add', '--playlist', `37i9dQZF1DX${'0'.repeat(11)}`], /Spotify does not serve its own lists/],
    [['add', 'https://open.spotify.com/album/4aawyAB9vmqN3uQ7FjRGTy'], /not an artist/],
    [['add'], /Which artists\?/],
    [['add', UNKNOWN, '--market', 'Germany'], /country code of two letters/],
    [['collect', '--artists', 'nowhere.csv'], /There is no nowhere\.csv yet/],
    [['report', '--out', 'x', '--artists', 'nowhere.csv'], /There is no nowhere\.csv yet/],
  ])('%j', async (args, words) => {
    const { code, stderr } = await createStudy().run(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(words);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a playlist that is not in the library', async () => {
    const study = createStudy();
    await study.add(silent);
    await study.collect('--quiet');
    const { code, stderr } = await study.add('--playlist', UNKNOWN);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no such playlist.*spotify-etl get/);
  });

  test('two markets in a file', async () => {
    const study = createStudy();
    await writeFile(study.file, `artist_uri,market\n${silent},US\n${artists[0]},DE\n`);
    const { code, stderr } = await study.collect();
    expect(code).toBe(2);
    expect(stderr).toContain('names US and DE');
  });
});

test('artists of a stored playlist are added with their names, without a call', async () => {
  const study = createStudy();
  const { id, items } = program.spotify.catalogue.playlistOfSize(50);
  await program.run(['get', id, '--library', study.library]);
  countCalls();
  expect(await study.add('--playlist', id)).toMatchObject({ code: 0, stderr: '' });
  expect(countCalls()).toBe(0);
  const lines = (await readFile(study.file, 'utf8')).trim().split(/\n(?=spotify:)/);
  const tracks = items.flatMap((item) => (item.kind === 'track' ? [item.trackId] : []));
  const first = new Set(
    tracks.map((track) => program.spotify.catalogue.tracks.get(track)?.artistIds[0]),
  );
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(
    [...first].map((artist) => `spotify:artist:${artist}`),
  );
});

test('find prints candidates, and says so if there are none', async () => {
  const { run } = createStudy();
  const found = await run(['find', 'Harbor', '--json']);
  expect(JSON.parse(found.stdout)).toHaveLength(10);
  expect(await run(['find', 'xqzxqz'])).toMatchObject({ code: 1 });
});
