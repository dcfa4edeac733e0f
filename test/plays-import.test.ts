/** `spotify-etl plays import`, as real processes: every form of an export, hostile ones, and what must not stay of them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  createAccountFiles,
  createExportFiles,
  FORBIDDEN,
  writeExportZip,
} from '../local/simulator/export-zip.ts';
import { createGetProgram, type GetProgram, type Row } from './support/get-program.ts';
import { declareSize, encrypt, rename, zip } from './support/hostile-zips.ts';

const FATES = ['new', 'known', 'repeated', 'refused', 'forgotten', 'private'] as const;

type Report = Readonly<
  Record<(typeof FATES)[number] | 'read' | 'gaps_closed' | 'paired', number>
> & {
  readonly difference_ms?: Row;
  readonly files: readonly Row[];
  readonly bad_files: readonly Row[];
  readonly refused_rows: readonly Row[];
};

const ROW = JSON.stringify([{ ts: '2025-03-09T18:04:11Z', ms_played: 40_000 }]);

let program: GetProgram;
/** Where nobody answers: no test needs Spotify, but the one that polls. */
const NOWHERE = {
  SPOTIFY_API_URL: 'http://127.0.0.1:9',
  SPOTIFY_ACCOUNTS_URL: 'http://127.0.0.1:9',
};
const NO_LOGIN = { SPOTIFY_CLIENT_ID: '', SPOTIFY_CLIENT_SECRET: '', SPOTIFY_REFRESH_TOKEN: '' };
const options = { seed: 1, rows: 2_000, nowMs: Date.now() - 86_400_000 };
let extended: { name: string; text: string }[];
let account: { name: string; text: string }[];
let libraries = 0;

beforeAll(async () => {
  program = await createGetProgram({ listener: 'normal' });
  const { catalogue } = program.spotify;
  extended = [...createExportFiles(catalogue, options)].map(({ name, rows }) => ({
    name,
    text: JSON.stringify(rows),
  }));
  account = createAccountFiles(catalogue, options);
});
afterAll(() => program.close());

const newLibrary = (): string => join(program.folder, `library-${++libraries}.db`);

async function write(name: string, content: Buffer | string): Promise<string> {
  const path = join(program.folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

const run = (args: readonly string[]) =>
  program.run(['plays', 'import', ...args], { ...NOWHERE, ...NO_LOGIN });

/** The report of an import that succeeds, whose rows are all accounted for. */
async function importInto(library: string, ...args: string[]): Promise<Report> {
  const { code, stderr, stdout } = await run([...args, '--library', library, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = JSON.parse(stdout) as Report;
  expect(FATES.reduce((sum, fate) => sum + report[fate], 0)).toBe(report.read);
  return report;
}

const rowsOf = (files: readonly { readonly text: string }[]): number =>
  files.reduce((sum, { text }) => sum + (JSON.parse(text) as unknown[]).length, 0);
const playsIn = (library: string): Row[] =>
  program.query(
    'SELECT ended_at, uri, kind, ms_played, counted, device, country, incognito FROM play JOIN item USING (item_id) ORDER BY export_key, account_key',
    library,
  );

test('every form of one export gives the same plays', async () => {
  const zipPath = join(program.folder, 'my_spotify_data.zip');
  await writeExportZip(zipPath, extended);
  const folder = join(program.folder, 'unpacked');
  const loose: string[] = [];
  for (const { name, text } of extended) await write(join('unpacked', name), text);
  for (const [index, { name, text }] of extended.entries()) {
    // With a byte order mark, under the names that people give.
    const renamed = name.replace(/^.*\//, `Mes données ${index}/`).replace('.json', '.json.json');
    loose.push(await write(join('loose', renamed), `\uFEFF${text}`));
  }
  await write('unpacked/__MACOSX/._endsong_0.json', 'not JSON');
  const shouted = await write(
    'SHOUTED.ZIP',
    await zip(extended.map(({ name, text }) => ({ name: name.toUpperCase(), content: text }))),
  );
  const library = newLibrary();

  const report = await importInto(library, zipPath);

  expect(report).toMatchObject({ read: rowsOf(extended), known: 0, refused: 0, gaps_closed: 0 });
  expect(report).toMatchObject({ paired: 0, bad_files: [], refused_rows: [] });
  expect(report.new).toBe(playsIn(library).length);
  expect(report.private).toBeGreaterThan(0);
  expect(report.repeated).toBeGreaterThan(0);
  expect(report.files.map(({ name }) => name).sort()).toEqual(
    extended.map(({ name }) => name).sort(),
  );
  const bytes = await readFile(library);
  expect(await importInto(library, zipPath)).toMatchObject({ new: 0, known: report.new });
  expect((await readFile(library)).equals(bytes)).toBe(true);
  for (const places of [[folder], loose, [shouted]]) {
    const other = newLibrary();
    expect(await importInto(other, ...places)).toMatchObject({ new: report.new });
    expect(playsIn(other)).toEqual(playsIn(library));
    // Whatever form comes next, it is the same export.
    expect(await importInto(library, ...places)).toMatchObject({
      new: 0,
      known: report.new,
      read: report.read,
    });
  }
});

test('account data alone is taken and said to be the lesser, and with the extended history it adds what is newer', async () => {
  const only = await write(
    'account.zip',
    await zip(account.map(({ name, text }) => ({ name, content: text }))),
  );
  const library = newLibrary();
  const said = await run([only, '--library', library]);
  expect(said).toMatchObject({ code: 0, stderr: '' });
  expect(said.stdout).toMatch(/^\d files of the account data\.\nThat is the last 12 months/);
  expect(playsIn(library).length).toBeGreaterThan(100);
  const uris = program.query("SELECT 1 FROM item WHERE uri LIKE 'spotify:track:%'", library);
  expect(uris.length).toBeGreaterThan(10);

  const both = await write(
    'both.zip',
    await zip([...account, ...extended].map(({ name, text }) => ({ name, content: text }))),
  );
  const fresh = newLibrary();
  await importInto(library, both);
  const report = await importInto(fresh, both);

  expect(report.known).toBeGreaterThan(100);
  // What it took by name alone stays so.
  const withoutUris = (place: string) => playsIn(place).map(({ uri, ...row }) => row);
  expect(withoutUris(library)).toEqual(withoutUris(fresh));
});

test('plays that were polled are joined, and the summary fits into 80 columns', async () => {
  const library = newLibrary();
  const { catalogue } = program.spotify;
  const polls = await program.run(['plays', 'collect', '--library', library, '--quiet']);
  expect(polls).toMatchObject({ code: 0, stderr: '' });
  program.spotify.clearRequests();
  const zipPath = join(program.folder, 'now.zip');
  await writeExportZip(zipPath, createExportFiles(catalogue, { ...options, nowMs: Date.now() }));
  const copy = newLibrary();
  await writeFile(copy, await readFile(library));

  const report = await importInto(library, zipPath);
  const { code, stderr, stdout } = await run([zipPath, '--library', copy]);

  expect(report.paired).toBeGreaterThan(40);
  expect(Object.keys(report.difference_ms ?? {})).toEqual(['median', 'p95', 'p99', 'largest']);
  expect(playsIn(library).length).toBe(report.new + 50 - report.paired);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`${report.paired} plays known from polls too.`);
  const lines = stdout.split('\n').filter((line) => !line.startsWith('Library: '));
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).toMatch(/new +│ +[\d,]+ │[^]*Next: {4}npx spotify-etl plays top songs\n$/);
  expect(program.spotify.requests()).toEqual([]);
});

test('nothing of what must not leave an export is stored or printed', async () => {
  const odd = { ...(JSON.parse(extended[0]?.text ?? '[]') as Row[])[0], ts: 'never' };
  const strange = [odd, FORBIDDEN.userName, [FORBIDDEN.ipAddress], { ts: FORBIDDEN.userAgent }];
  const refused = { name: 'MyData/endsong_99.json', text: JSON.stringify(strange) };
  const damaged = { name: 'MyData/endsong_98.json', text: `[{"username":"${FORBIDDEN.userName}"` };
  const files = [...account, ...extended, refused, damaged];
  const path = await write(
    'all.zip',
    await zip(files.map(({ name, text }) => ({ name, content: text }))),
  );
  const library = newLibrary();
  // Who holds it open keeps the log of its writes.
  await importInto(library, await write('endsong_0.json', ROW));
  const reader = new DatabaseSync(library);
  reader.prepare('SELECT 1 FROM play').get();

  const finished = [
    await run([path, '--library', library, '--json']),
    await run([path, '--library', library, '--with-country']),
    await program.run(['plays', 'list', '--json', '--library', library]),
    await program.run(['sql', 'SELECT * FROM import', '--json', '--library', library]),
  ];
  await run([path, '--library', newLibrary()]);

  const places = [library, `${library}-wal`, join(program.folder, `library-${libraries}.db`)];
  const stored = await Promise.all(places.map((place) => readFile(place, 'latin1')));
  reader.close();
  const written = [...stored, ...finished.flatMap(({ stderr, stdout }) => [stdout, stderr])];
  expect(stored.filter((text) => text.length < 10_000)).toEqual([]);
  const found = Object.entries(FORBIDDEN).filter(([, marker]) =>
    written.some((text) => text.includes(marker)),
  );
  expect(found).toEqual([]);
  expect(finished[0]?.code).toBe(1);
  expect((JSON.parse(finished[0]?.stdout ?? '') as Report).refused_rows).toEqual(
    [
      'Its time cannot be read.',
      'It is not an object.',
      'It is not an object.',
      'Its time cannot be read.',
    ].map((reason, index) => ({ file: refused.name, index, reason })),
  );
  expect(finished[0]?.stderr).toBe(
    `✖ ${damaged.name} was not imported. It is not a list in JSON.\n`,
  );
  expect(finished[1]?.stderr).toContain(`! ${refused.name}, row 0: Its time cannot be read.\n`);
});

test('countries and plays of private sessions come when asked for', async () => {
  const path = join(program.folder, 'private.zip');
  await writeExportZip(path, extended);
  const library = newLibrary();
  const { private: hidden } = await importInto(library, path);
  expect(playsIn(library).filter(({ country, incognito }) => country ?? incognito)).toEqual([]);

  expect(await importInto(library, path, '--with-private')).toMatchObject({
    new: hidden,
    private: 0,
  });
  const other = newLibrary();
  await importInto(other, path, '--with-private', '--with-country');

  const countries = new Set(playsIn(other).map(({ country }) => country));
  expect([...countries]).toEqual(expect.arrayContaining(['DE', 'ZZ']));
  expect(playsIn(other).filter(({ incognito }) => incognito === 1)).toHaveLength(hidden);
});

const good = { name: 'MyData/endsong_0.json', content: ROW };
const bad = { name: 'MyData/endsong_1.json', content: ROW };

test.each<[string, string | RegExp, () => Promise<Buffer>]>([
  ['is encrypted', 'It is encrypted.', async () => encrypt(await zip([bad, good]))],
  [
    'says that it has 2 GB',
    'It is 2000 MB unpacked. More than 64 MB are not read: Spotify’s files are 13 MB.'.replace(
      '’',
      "'",
    ),
    async () => declareSize(await zip([bad, good]), 2_000_000_000),
  ],
  [
    'unpacks to more than it says',
    /^It is damaged: .*too many bytes/,
    async () =>
      declareSize(await zip([{ ...bad, content: Buffer.alloc(50_000_000, 0x20) }, good]), 1_000),
  ],
  ['is no JSON', 'It is not a list in JSON.', () => zip([{ ...bad, content: ROW.slice(1) }, good])],
  ['is no list', 'It is not a list in JSON.', () => zip([{ ...bad, content: '{}' }, good])],
  ['is empty', 'It is not a list in JSON.', () => zip([{ ...bad, content: '' }, good])],
])('one file of a zip that %s is named, and the other is imported', async (_, reason, make) => {
  const path = await write('hostile.zip', await make());
  const library = newLibrary();

  const { code, stderr, stdout } = await run([path, '--library', library, '--json']);

  const report = JSON.parse(stdout) as Report;
  expect(code).toBe(1);
  expect(report).toMatchObject({ read: 1, new: 1, bad_files: [{ name: bad.name }] });
  expect(report.bad_files[0]?.reason).toEqual(
    typeof reason === 'string' ? reason : expect.stringMatching(reason),
  );
  expect(stderr).toBe(`✖ ${bad.name} was not imported. ${String(report.bad_files[0]?.reason)}\n`);
  expect(playsIn(library)).toHaveLength(1);
});

const many = (count: number, name: string, content = '') =>
  zip(Array.from({ length: count }, (_, index) => ({ name: `${name}_${index}.json`, content })));

test.each<[string, RegExp, () => Promise<Buffer | string>]>([
  [
    'has a name that leads out of it',
    /cannot be read: .*\.\.\/evil/,
    async () =>
      rename(await zip([{ ...bad, name: 'xx/evil/endsong_0.json' }]), 'xx/evil', '../evil'),
  ],
  [
    'has a name that begins at the root',
    /cannot be read: .*\/evil/,
    async () => rename(await zip([{ ...bad, name: 'xevil/endsong_0.json' }]), 'xevil', '/evil'),
  ],
  [
    'has 20,000 files',
    /has 20000 files\. An export of Spotify has a few dozen/,
    () => many(20_000, 'x'),
  ],
  [
    'unpacks to 5 GB in all',
    /these files are 5000 MB\. More than 4096 MB are not read/,
    async () => {
      const bytes = await many(100, 'endsong', ROW);
      const entry = Buffer.from('PK\u0001\u0002', 'latin1');
      for (let at = bytes.indexOf(entry); at >= 0; at = bytes.indexOf(entry, at + 1)) {
        bytes.writeUInt32LE(50_000_000, at + 24);
      }
      return bytes;
    },
  ],
  [
    'is cut short',
    /is no zip file, or a damaged one/,
    async () => (await zip([good, bad])).subarray(0, -40),
  ],
  ['is no zip', /is no zip file, or a damaged one/, () => Promise.resolve('Dear customer')],
  ['is empty', /is no zip file, or a damaged one/, () => Promise.resolve('')],
  [
    'has nothing of interest',
    /has no streaming history of Spotify/,
    () => zip([{ name: 'MyData/Userdata.json', content: '{}' }]),
  ],
])('a zip that %s ends in one line, and makes no library', async (_, line, make) => {
  const path = await write('hostile.zip', await make());
  const library = newLibrary();

  const { code, stderr, stdout } = await run([path, '--library', library]);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(line);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  await expect(readFile(library)).rejects.toThrow('ENOENT');
});

test.each([
  { args: [], says: /missing required argument 'file'/ },
  { args: ['nothing.zip'], says: /There is nothing at nothing\.zip/ },
  { args: ['.', '--sideways'], says: /unknown option '--sideways'/ },
  { args: ['--help'], code: 0, says: /Examples:.*Exit codes: 0 done, 1 failed/s },
])('plays import $args is answered', async ({ args, code = 2, says }) => {
  const finished = await run(args);
  expect(finished.code).toBe(code);
  expect(finished.stdout + finished.stderr).toMatch(says);
});
