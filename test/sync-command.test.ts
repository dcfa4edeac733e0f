/** `spotify-etl sync`, as real processes against the simulated Spotify. */
import { writeFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueItem, CataloguePlaylist } from '../local/simulator/catalogue-model.ts';
import { logInAnew } from '../local/simulator/test-login.ts';
import { toUri } from '../local/simulator/writes-api.ts';
import { createGetProgram, type GetProgram } from './support/get-program.ts';

const HEADER = 'name,source,target,mode,apply,max_removals';

let program: GetProgram;
let tracks: CatalogueItem[];
let file: string;
let lists = 0;

beforeAll(async () => {
  program = await createGetProgram();
  file = join(program.folder, 'syncs.csv');
  const added = { addedAt: '2026-01-01T00:00:00Z', addedBy: null };
  tracks = [...program.spotify.catalogue.tracks.keys()].map((trackId) => ({
    kind: 'track',
    trackId,
    ...added,
  }));
});
afterAll(() => program.close());
beforeEach(async () => {
  await rm(file, { force: true });
});

const add = (items: readonly CatalogueItem[]): CataloguePlaylist => {
  lists += 1;
  return program.spotify.addPlaylist(`List ${lists}`, items);
};
const listOf = ({ id }: Pick<CataloguePlaylist, 'id'>): unknown[] =>
  (program.spotify.catalogue.playlists.get(id)?.items ?? []).map(toUri);
const urisOf = (items: readonly CatalogueItem[]): unknown[] => items.map(toUri);
const write = (...rows: string[]): Promise<void> =>
  writeFile(file, `${[HEADER, ...rows].join('\n')}\n`);
const sync = (...args: string[]) => program.run(['sync', ...args]);
const onFile = (...args: string[]) => sync(...args, '--file', file);
const parse = (text: string): Record<string, unknown> => {
  const value: unknown = JSON.parse(text);
  const { pairs } = value as { pairs: Record<string, unknown>[] };
  return pairs[0] ?? {};
};

test('plan shows, writes nothing and exits with 3; apply does it; then there is nothing to do', async () => {
  const source = add(tracks.slice(300, 330));
  const target = add(tracks.slice(0, 300));
  await write(`Inbox,${source.id},spotify:playlist:${target.id},append,ask,`);

  const planned = await onFile('plan');
  expect(planned).toMatchObject({ code: 3, stderr: '' });
  expect(planned.stdout).toMatch(/^\+ 301 .* – /m);
  expect(planned.stdout).toMatch(
    /\nPlan: 30 to add, 0 to remove, 0 to move · 1 write, 1 check\.\n$/,
  );
  expect(listOf(target)).toHaveLength(300);

  const asked = await onFile('apply');
  expect(asked).toMatchObject({ code: 3 });
  expect(listOf(target)).toHaveLength(300);

  program.spotify.clearRequests();
  const applied = await onFile('apply', '--yes', '--json');
  expect(applied).toMatchObject({ code: 0, stderr: '' });
  expect(parse(applied.stdout)).toMatchObject({
    ...{ name: 'Inbox', mode: 'append', add: 30, remove: 0, move: 0, not_copyable: 0 },
    ...{ write_calls: 1, check_calls: 1, held: [], applied: true },
  });
  expect(listOf(target)).toEqual(urisOf(tracks.slice(0, 330)));
  const calls = program.spotify.requests().map(({ method }) => method);
  expect(calls.slice(calls.indexOf('POST', 1))).toEqual(['POST', 'GET']);

  expect(await onFile('plan')).toMatchObject({ code: 0, stderr: '' });
  expect(await onFile('apply', '--yes', '--quiet')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: '',
  });
  expect(await readFile(file, 'utf8')).toMatch(
    /^name,.*,last_run,response\nInbox,.*,append,ask,,20/,
  );
});

test('a new list is created when there is something to put into it, and its link recorded', async () => {
  const source = add([]);
  await write(`New,${source.id},new:Archive of mine,mirror,auto,`);
  expect(await onFile('apply')).toMatchObject({ code: 0, stderr: '' });
  expect(await readFile(file, 'utf8')).toContain(',new:Archive of mine,mirror,auto,,20');

  program.spotify.editPlaylist(source.id, () => tracks.slice(0, 3));
  expect((await onFile('plan')).stdout).toMatch(
    /^New \(mirror\)\nCreates the list Archive of mine, for you alone\.\n\+ 1 .+ – /,
  );
  const applied = await onFile('apply', '--json');
  expect(applied).toMatchObject({ code: 0, stderr: '' });
  const [, id = ''] =
    /open\.spotify\.com\/playlist\/(\w+)/.exec(await readFile(file, 'utf8')) ?? [];
  expect(parse(applied.stdout)).toMatchObject({ applied: true, target_id: id, write_calls: 1 });
  expect(listOf({ id })).toEqual(urisOf(tracks.slice(0, 3)));
  expect(program.spotify.catalogue.playlists.get(id)).toMatchObject({
    name: 'Archive of mine',
    isPublic: false,
  });
});

test('a dated pair shows which list it makes, makes it, and has no other to make in that week', async () => {
  const source = add(tracks.slice(0, 3));
  await write(`W,${source.id},new:Weekly,dated,ask,`);
  const { stdout } = await onFile('plan');
  const [, name = ''] =
    /^Creates the list (Weekly \d{4}-W\d\d), for you alone\.$/m.exec(stdout) ?? [];
  expect(name).not.toBe('');
  expect(await onFile('apply', '--yes')).toMatchObject({ code: 0, stderr: '' });
  const made = [...program.spotify.catalogue.playlists.values()].filter(
    (list) => list.name === name,
  );
  expect(made.map(listOf)).toEqual([urisOf(tracks.slice(0, 3))]);

  program.spotify.editPlaylist(source.id, () => tracks.slice(0, 4));
  const more = await onFile('plan');
  expect(more.stdout).not.toContain('Creates');
  expect(more.stdout).toMatch(/^Plan: 1 to add/m);
});

test('an inbox that asks is shown, asked about, and not emptied without an answer', async () => {
  const source = add(tracks.slice(0, 30));
  const target = add([]);
  await write(`I,${source.id},${target.id},inbox,ask,`);
  await onFile('apply', 'I', '--yes');
  program.spotify.editPlaylist(source.id, () => [...tracks.slice(0, 2), ...tracks.slice(50, 53)]);
  for (const further of [[], ['--quiet']]) {
    expect(await onFile('apply', ...further)).toMatchObject({ code: 3 });
    expect([listOf(source).length, listOf(target).length]).toEqual([5, 30]);
  }
  const applied = await onFile('apply', '--yes', '--json');
  expect(parse(applied.stdout)).toMatchObject({ add: 3, clear: 5, cleared: 5, applied: true });
  expect([listOf(source).length, listOf(target).length]).toEqual([0, 33]);
});

test('ten pairs that a run has written cost the next apply the listing and nothing else', async () => {
  const rows = Array.from({ length: 10 }, (_none, at) => {
    const [source, target] = [add(tracks.slice(at, at + 40)), add(tracks.slice(0, 40))];
    return `T${at},${source.id},${target.id},append,auto,`;
  });
  await write(...rows);
  expect(await onFile('apply', '--quiet')).toMatchObject({ code: 0 });
  program.spotify.clearRequests();

  expect(await onFile('apply', '--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' });

  const paths = program.spotify
    .requests()
    .flatMap(({ path }) => (path.startsWith('/v1') ? path : []));
  expect(new Set(paths)).toEqual(new Set(['/v1/me/playlists']));
  const { size } = program.spotify.catalogue.playlists;
  expect(paths.length).toBeLessThanOrEqual(Math.ceil(size / 50));
});

test('a mirror of 30 is one PUT and one check, keeps what is yours, and undo takes it back', async () => {
  const source = add(tracks.slice(0, 30));
  const target = add([]);
  await write(`M,${source.id},${target.id},mirror,auto,30`);
  await onFile('apply', 'M');
  program.spotify.editPlaylist(source.id, () => tracks.slice(30, 60));
  program.spotify.clearRequests();
  const applied = await onFile('apply', 'M', '--json');
  expect(parse(applied.stdout)).toMatchObject({ remove: 30, write_calls: 1, check_calls: 1 });
  const calls = program.spotify
    .requests()
    .filter(({ path, query }) => path.includes(target.id) && query.fields !== 'snapshot_id');
  expect(calls.map(({ method }) => method)).toEqual(['GET', 'PUT', 'GET']);
  expect(listOf(target)).toEqual(urisOf(tracks.slice(30, 60)));

  const shown = await sync('undo', 'M');
  expect(shown).toMatchObject({ code: 3, stderr: '' });
  expect(shown.stdout).toMatch(/Dates added.* do not come back\.\nNothing was done/);
  expect(listOf(target)).toEqual(urisOf(tracks.slice(30, 60)));
  expect(await sync('undo', 'M', '--yes', '--quiet')).toMatchObject({ code: 0, stderr: '' });
  expect(listOf(target)).toEqual(urisOf(tracks.slice(0, 30)));
});

test('an undo after your own edit takes back only what the run did', async () => {
  const source = add(tracks.slice(5, 8));
  const target = add(tracks.slice(0, 3));
  await write(`U,${source.id},${target.id},append,auto,`);
  await onFile('apply', 'U');
  program.spotify.editPlaylist(target.id, (items) => [...tracks.slice(10, 12), ...items.slice(1)]);
  expect(await sync('undo', 'U', '--yes', '--json')).toMatchObject({ code: 0, stderr: '' });
  expect(listOf(target)).toEqual(urisOf([...tracks.slice(10, 12), ...tracks.slice(1, 3)]));
  const log = await sync('log', 'U', '--json');
  expect(JSON.parse(log.stdout)).toMatchObject({
    runs: [
      { kind: 'take-back', outcome: 'done', added: 0, removed: 3 },
      { kind: 'append', writes: 1, added: 3, removed: 0 },
    ],
  });
  const { runs } = JSON.parse(log.stdout) as { runs: { run_id: string }[] };
  const short = runs[1]?.run_id.slice(0, 8) ?? '';
  expect((await sync('log', 'U')).stdout).toMatch(
    new RegExp(`│ U +│ undo +│ +│ +-3 │ done.*\\n.*│ U +│ append │ +\\+3 │ +│ done +│ ${short} │`),
  );
  expect((await sync('undo', 'U', '--run', short, '--json')).code).toBe(0);
  expect(await sync('undo', 'U', '--run', '')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^✖ --run is .*, which more than one run begins with/) as string,
  });
});

test('a plan in a file is carried out as it is, or refused with what has changed', async () => {
  const source = add(tracks.slice(0, 4));
  const target = add(tracks.slice(4, 6));
  const plan = join(program.folder, 'plan.json');
  await write(`P,${source.id},${target.id},append-newest-first,ask,`);
  expect(await onFile('plan', '--out', plan, '--quiet')).toMatchObject({ code: 3, stdout: '' });
  // What the source has since is not in the plan.
  program.spotify.editPlaylist(source.id, () => tracks.slice(7, 9));
  program.spotify.editPlaylist(target.id, (items) => [...items, ...tracks.slice(9, 10)]);
  const stale = await onFile('apply', '--plan', plan);
  expect(stale).toMatchObject({ code: 1 });
  expect(stale.stdout).toMatch(/The target has changed since the plan\. Nothing was done\./);
  expect(stale.stderr).toMatch(/^\+ .+\n$/);
  expect(listOf(target)).toEqual(urisOf([...tracks.slice(4, 6), ...tracks.slice(9, 10)]));

  program.spotify.editPlaylist(target.id, (items) => items.slice(0, 2));
  expect(await onFile('apply', '--plan', plan)).toMatchObject({ code: 0, stderr: '' });
  expect(listOf(target)).toEqual(urisOf(tracks.slice(0, 6)));

  // A plan to append empties no inbox.
  await write(`P,${source.id},${target.id},append,ask,`);
  program.spotify.editPlaylist(source.id, () => tracks.slice(20, 22));
  await onFile('plan', '--out', plan, '--quiet');
  await write(`P,${source.id},${target.id},inbox,ask,`);
  expect(await onFile('apply', '--plan', plan)).toMatchObject({
    code: 1,
    stderr: '✖ P: The row of P has changed since the plan. Make a new one.\n',
  });
  expect([listOf(source).length, listOf(target).length]).toEqual([2, 6]);

  // What is not in the plan is not applied: not where the plan is empty, and not by name.
  const [other, rest] = [add(tracks.slice(0, 1)), add([])];
  await write(`P,${source.id},,append,ask,`, `Q,${other.id},${rest.id},append,auto,`);
  await onFile('plan', 'P', '--out', plan);
  expect(await onFile('apply', '--plan', plan, '--json')).toMatchObject({ code: 0 });
  expect(await onFile('apply', 'Q', '--plan', plan)).toMatchObject({ code: 2 });
  expect(listOf(rest)).toEqual([]);
});

test('guards hold what is too much, say how to go on, and exit with 1', async () => {
  const source = add(tracks.slice(0, 60));
  const target = add([]);
  await write(`G,${source.id},${target.id},mirror,auto,`);
  await onFile('apply');
  program.spotify.editPlaylist(source.id, () => tracks.slice(21, 61));
  const planned = await onFile('plan', '--json');
  expect(planned).toMatchObject({ code: 3, stderr: '' });
  expect(parse(planned.stdout)).toMatchObject({
    add: 1,
    remove: 21,
    write_calls: 1,
    held: ['removals'],
  });
  const applied = await onFile('apply');
  expect(applied).toMatchObject({ code: 1, stderr: '' });
  expect(applied.stdout).toMatch(/Held: 21 removals.* --allow-removals 21$/m);
  expect(listOf(target)).toEqual(urisOf(tracks.slice(0, 61)));
  expect(await onFile('apply', 'G', '--allow-removals', '21')).toMatchObject({ code: 0 });
  expect(listOf(target)).toEqual(urisOf(tracks.slice(21, 61)));

  program.spotify.editPlaylist(source.id, () => []);
  expect(parse((await onFile('apply', '--json')).stdout)).toMatchObject({
    held: ['empty'],
    applied: false,
  });
  expect(listOf(target)).toHaveLength(40);
  expect(await onFile('apply', 'G', '--allow-empty', '--allow-removals', '40')).toMatchObject({
    code: 0,
  });
  expect(listOf(target)).toEqual([]);
});

test('an exact mirror is confirmed once', async () => {
  const source = add(tracks.slice(0, 3));
  const target = add(tracks.slice(2, 8));
  await write(`E,${source.id},${target.id},mirror-exact,auto,10`);
  expect(parse((await onFile('apply', '--json')).stdout)).toMatchObject({
    held: ['exact'],
    writes: 0,
  });
  expect(await onFile('apply', '--confirm-exact')).toMatchObject({ code: 2 });
  expect(await onFile('apply', 'E', '--confirm-exact')).toMatchObject({ code: 0 });
  program.spotify.editPlaylist(source.id, () => tracks.slice(1, 3));
  expect(await onFile('apply')).toMatchObject({ code: 0 });
  expect(listOf(target)).toEqual(urisOf(tracks.slice(1, 3)));
});

test('poison is named and set aside, and everything else goes on', async () => {
  const source = add(tracks.slice(100, 140));
  const target = add(tracks.slice(0, 2));
  const poison = String(urisOf(tracks)[117]);
  program.spotify.configure({ poison: [poison] });
  await write(`Poison,${source.id},${target.id},append,auto,`);
  const applied = await onFile('apply', '--json');
  program.spotify.configure({ poison: [] });
  expect(applied).toMatchObject({ code: 0, stderr: '' });
  expect(parse(applied.stdout)).toMatchObject({ not_addable: [poison], applied: true });
  const rest = urisOf(tracks.slice(100, 140)).filter((uri) => uri !== poison);
  expect(listOf(target)).toEqual([...urisOf(tracks.slice(0, 2)), ...rest]);
  expect(await onFile('apply', '--quiet')).toMatchObject({ code: 0, stdout: '' });
});

describe('bad input is one clear line before any write', () => {
  const own = (): string => add(tracks.slice(0, 2)).id;
  const foreign = (): string =>
    [...program.spotify.catalogue.playlists.values()].find(({ access }) => access === 'foreign')
      ?.id ?? '';

  test.each([
    ['another mode', () => [`B,${own()},${own()},merge,auto,`], /the mode is merge/],
    ['another word for apply', () => [`B,${own()},${own()},,soon,`], /apply is soon/],
    ['no number', () => [`B,${own()},${own()},,auto,few`], /max_removals is few/],
    [
      'no playlist',
      () => [`B,spotify:album:${own()},new:x,,auto,`],
      /the source does not name a playlist/,
    ],
    ['a target without a name', () => [`B,${own()},new:,,auto,`], /new: without a name/],
    [
      'a foreign target',
      () => [`B,${own()},${foreign()},,auto,`],
      /another account|does not serve/,
    ],
  ])('%s', async (_what, rows, message) => {
    await write(...rows());
    program.spotify.clearRequests();
    const { code, stderr } = await onFile('apply');
    expect({ code, lines: stderr.split('\n').length }).toEqual({ code: 1, lines: 2 });
    expect(stderr).toMatch(message);
    expect(
      program.spotify
        .requests()
        .filter(({ method, path }) => method !== 'GET' && path !== '/api/token'),
    ).toEqual([]);
  });

  test('the source as the target, and two pairs for one target unless both append', async () => {
    const [source, target] = [own(), own()];
    await write(
      `Same,${target},${target},,auto,`,
      `Fine,${source},${own()},,auto,`,
      `One,${source},${target},,auto,`,
      `Two,${source},${target},mirror,auto,`,
    );
    const { code, stderr, stdout } = await onFile('apply', '--json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/Same: Line 2: the source is the target\./);
    expect(stderr).toMatch(/One: It writes to the same target as Two/);
    expect(stderr).toMatch(/Two: It writes to the same target as (One|Same)/);
    expect(JSON.parse(stdout)).toMatchObject({ pairs: [{ name: 'Fine' }] });
  });

  test('a new list counts as the one that it has become, however its name is spaced', async () => {
    const source = own();
    await write(`One,${source},new:Shared,,auto,`);
    await onFile('apply');
    const [, id = ''] =
      /open\.spotify\.com\/playlist\/(\w+)/.exec(await readFile(file, 'utf8')) ?? [];
    await write(
      `One,${source},${id},,auto,`,
      `Two,${own()},new: Shared,mirror,auto,`,
      `Self,${id},new:Shared,,auto,`,
    );
    const { code, stderr } = await onFile('apply');
    expect(code).toBe(1);
    expect(stderr).toMatch(/Two: It writes to the same target as (One|Self)/);
    expect(stderr).toMatch(/Self: Line 4: the source is the target\./);
    expect(listOf({ id })).toHaveLength(2);
  });

  test('a list that is full', async () => {
    const source = add(tracks.slice(0, 2));
    const { id } = program.spotify.catalogue.playlistOfSize(10_000);
    program.spotify.editPlaylist(source.id, () => [...tracks.slice(-1), ...tracks.slice(0, 1)]);
    program.spotify.editPlaylist(id, (items) => items.flatMap(() => tracks.slice(0, 1)));
    await write(`Full,${source.id},${id},,auto,`);
    const { code, stderr } = await onFile('apply');
    expect(code).toBe(1);
    expect(stderr).toMatch(/would have 10001.*\n$/);
  });

  test('an unknown name, and no file', async () => {
    await write(`B,${own()},${own()},,auto,`);
    expect(await onFile('plan', 'C')).toMatchObject({ code: 2, stdout: '' });
    await rm(file);
    expect((await onFile('plan')).stderr).toMatch(/There is no .*syncs\.csv here/);
  });
});

test('a login without the scopes is told so before any write', async () => {
  const login = await logInAnew(program.spotify, { scope: 'playlist-read-private' });
  const source = add(tracks.slice(0, 2));
  const target = add([]);
  await write(`Scope,${source.id},${target.id},,auto,`);
  const env = { SPOTIFY_REFRESH_TOKEN: login.refreshToken };
  const { code, stderr } = await program.run(['sync', 'apply', '--file', file], env);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /lacks a scope that changing playlists needs\. Run: npx spotify-etl login --for sync/,
  );
  expect(listOf(target)).toEqual([]);
});

test('Ctrl-C ends after the call under way, and a second apply ends where the first would have', async () => {
  const source = add(tracks.slice(600, 1050));
  const target = add(tracks.slice(500, 501));
  await write(`Stop,${source.id},${target.id},append,auto,`);
  const running = program.start(['sync', 'apply', '--file', file]);
  const stop = program.spotify.watch(({ method, path }) => {
    // A second signal would end it at once.
    if (method !== 'POST' || !path.includes(target.id)) return;
    running.child.kill('SIGINT');
    stop();
  });
  expect(await running.finished).toMatchObject({ code: 130 });
  const half = listOf(target).length;
  expect(half).toBeGreaterThan(1);
  expect(half).toBeLessThan(451);
  expect(await onFile('apply')).toMatchObject({ code: 0 });
  expect(listOf(target)).toEqual(urisOf([...tracks.slice(500, 501), ...tracks.slice(600, 1050)]));
});

test('Ctrl-C while reading ends at once', async () => {
  const { id } = program.spotify.catalogue.playlistOfSize(3500);
  await write(`Long,${id},new:Long,,auto,`);
  for (const command of ['plan', 'apply']) {
    program.spotify.clearRequests();
    const running = program.start(['sync', command, '--file', file]);
    const stop = program.spotify.watch(({ path }) => {
      if (!path.includes(id)) return;
      running.child.kill('SIGINT');
      stop();
    });
    expect(await running.finished).toMatchObject({
      code: 130,
      stderr: '✖ Stopped while reading. Nothing was written.\n',
    });
    expect(program.spotify.requests().length).toBeLessThan(10);
  }
});

test('a version of the library comes back as a new list, or in place', async () => {
  const list = add([...tracks.slice(0, 4), ...tracks.slice(0, 1)]);
  await program.run(['get', list.id, '--quiet']);
  program.spotify.editPlaylist(list.id, (items) => items.slice(2, 4).reverse());
  await program.run(['get', list.id, '--quiet']);
  const versions = JSON.parse((await program.run(['history', list.id, '--json'])).stdout) as {
    versions: { seen_at: string }[];
  };
  const at = versions.versions.at(-1)?.seen_at ?? '';

  expect(await sync('restore', list.id, '--at', at)).toMatchObject({ code: 3, stderr: '' });
  const restored = await sync('restore', list.id, '--at', at, '--yes', '--json');
  expect(restored).toMatchObject({ code: 0, stderr: '' });
  const id = String(parse(restored.stdout).target_id);
  expect(listOf({ id })).toEqual(urisOf([...tracks.slice(0, 4), ...tracks.slice(0, 1)]));
  expect(listOf(list)).toHaveLength(2);

  expect(await sync('restore', list.id, '--at', at, '--in-place', '--yes')).toMatchObject({
    code: 0,
  });
  expect(listOf(list)).toEqual(listOf({ id }));
});

test('add writes a row, and list shows it', async () => {
  const [source, target] = [add([]), add([])];
  const rows = ['--name', 'A b', '--source', source.id, '--target', target.id, '--mode', 'mirror'];
  expect(await onFile('add', ...rows)).toMatchObject({ code: 0, stderr: '' });
  expect(await onFile('add', ...rows)).toMatchObject({ code: 2 });
  expect(
    await onFile('add', '--name', 'x', '--source', source.id, '--target', source.id),
  ).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('The source is the target') as string,
  });
  const { stdout } = await onFile('list', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    pairs: [{ name: 'A b', source: source.id, target: target.id, mode: 'mirror', apply: 'ask' }],
    errors: [],
  });
});

test('what does not fit into the day is not begun', async () => {
  const source = add(tracks.slice(1100, 1220));
  const target = add(tracks.slice(0, 1));
  await write(`Budget,${source.id},${target.id},,auto,`);
  const library = join(program.folder, 'budget.db');
  const env = { SPOTIFY_DAILY_CALLS: '8', SPOTIFY_RESERVED_CALLS: '0' };
  const args = ['sync', 'apply', '--file', file, '--library', library, '--json'];
  const { code, stdout } = await program.run(args, env);
  expect(code).toBe(1);
  expect(parse(stdout)).toMatchObject({
    add: 120,
    write_calls: 0,
    held: ['quota'],
    applied: false,
  });
  expect(listOf(target)).toHaveLength(1);

  // A pair that was let in does not let in the next one.
  await write(`One,${source.id},${target.id},,,`, `Two,${target.id},${source.id},,,`);
  const both = ['sync', 'plan', '--file', file, '--library', library, '--json'];
  const planned = await program.run(both, env);
  expect(planned.code).toBe(75);
  expect(planned.stderr).toContain('budget');
});

describe('an undo and a restore', () => {
  test('hold a rewrite above 100 items until --allow-rewrite', async () => {
    const source = add(tracks.slice(0, 150).reverse());
    const target = add(tracks.slice(0, 150));
    const uris = listOf(target);
    await write(`Exact,${source.id},${target.id},mirror-exact,auto,`);
    expect(await onFile('apply', 'Exact', '--confirm-exact')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/Held: .*--allow-rewrite/) as string,
    });
    await program.run(['get', target.id, '--quiet']);
    const args = ['apply', 'Exact', '--confirm-exact', '--allow-rewrite', '--quiet'];
    expect(await onFile(...args)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(listOf(target)).toEqual(listOf(source));

    const commands = [
      ['undo', 'Exact'],
      ['restore', target.id, '--in-place'],
    ];
    for (const command of commands) {
      const held = await sync(...command, '--yes', '--json');
      expect({ command, code: held.code }).toEqual({ command, code: 1 });
      expect(parse(held.stdout)).toMatchObject({ held: ['rewrite'], applied: false });
      expect(await sync(...command, '--yes', '--quiet')).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/^! Held: .*--allow-rewrite/) as string,
      });
      expect(listOf(target)).toEqual(listOf(source));
      const done = await sync(...command, '--yes', '--allow-rewrite', '--quiet');
      expect(done).toMatchObject({ code: 0, stdout: '', stderr: '' });
      expect(listOf(target)).toEqual(uris);
      program.spotify.editPlaylist(target.id, (items) => items.toReversed());
    }
  });

  test('are held by the budget of the day, and exit with 1', async () => {
    const source = add(tracks.slice(0, 210));
    const target = add(tracks.slice(300, 301));
    await write(`Q,${source.id},${target.id},,auto,`);
    const library = ['--library', join(program.folder, 'quota.db')];
    await onFile('apply', ...library);
    // What the apply and a read cost, and too little for the writes.
    const env = { SPOTIFY_DAILY_CALLS: '23', SPOTIFY_RESERVED_CALLS: '0' };
    const held = await program.run(['sync', 'undo', 'Q', '--yes', '--json', ...library], env);
    expect(held).toMatchObject({ code: 1 });
    expect(parse(held.stdout)).toMatchObject({ held: ['quota'], applied: false });
    expect(listOf(target)).toHaveLength(211);
  });
});

describe('what happens to one pair does not touch the others', () => {
  const two = async (): Promise<[CataloguePlaylist, CataloguePlaylist, CataloguePlaylist]> => {
    const [source, one, other] = [add(tracks.slice(0, 2)), add([]), add([])];
    const second = add(tracks.slice(0, 2));
    await write(`One,${source.id},${one.id},,auto,`, `Two,${second.id},${other.id},,auto,`);
    return [one, other, second];
  };

  test('where an error ends everything, what was done is printed and recorded', async () => {
    const [one, other, second] = await two();
    const stop = program.spotify.watch(({ path }) => {
      if (path.includes(second.id)) program.spotify.configure({ premium: false });
    });
    const { code, stderr, stdout } = await onFile('apply', '--json');
    stop();
    program.spotify.configure({ premium: true });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^✖ .*Premium/i) });
    expect(JSON.parse(stdout)).toMatchObject({
      pairs: [{ name: 'One', applied: true }],
      errors: [{ name: 'Two', message: expect.stringMatching(/Premium/i) as string }],
    });
    expect([listOf(one).length, listOf(other).length]).toEqual([2, 0]);
    const rows = (await readFile(file, 'utf8')).split('\n');
    expect(rows[1]).toMatch(/^One,.*,20.*,"2 added, 0 removed, 0 moved\."$/);
    expect(rows[2]).toMatch(/^Two,.*,20.*Premium/i);
  });

  test('a run that cannot be recorded is told, and the other is applied and recorded', async () => {
    const [one, other, second] = await two();
    const text = await readFile(file, 'utf8');
    const stop = program.spotify.watch(({ method, path }) => {
      if (method === 'POST' && path.includes(one.id)) writeFileSync(file, 'name\n');
      if (path.includes(second.id)) writeFileSync(file, text);
    });
    const { code, stderr, stdout } = await onFile('apply', '--json');
    stop();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^✖ One: The run could not be recorded in .*syncs\.csv\. .*\n$/);
    expect(JSON.parse(stdout)).toMatchObject({
      pairs: [
        { name: 'One', applied: true },
        { name: 'Two', applied: true },
      ],
      errors: [{ name: 'One' }],
    });
    expect(await readFile(file, 'utf8')).toMatch(/\nOne,.*,auto,\nTwo,.*2 added/);
    expect(listOf(other)).toHaveLength(2);
  });

  test('a row that has changed since the plan', async () => {
    const [one, other] = await two();
    const plan = join(program.folder, 'plan.json');
    await onFile('plan', '--out', plan, '--quiet');
    await writeFile(file, (await readFile(file, 'utf8')).replace(one.id, add([]).id));
    const { code, stderr, stdout } = await onFile('apply', '--plan', plan, '--json');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: '✖ One: The row of One has changed since the plan. Make a new one.\n',
    });
    expect(JSON.parse(stdout)).toMatchObject({ pairs: [{ name: 'Two', applied: true }] });
    expect([listOf(one).length, listOf(other).length]).toEqual([0, 2]);
  });
});
