/** What `npx spotify-etl` starts, in a checkout and as a package. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { openLibrary } from '../app/library.ts';
import { BUILT_CLI, CLI } from './support/cli.ts';

const COMMANDS = [
  'login',
  'doctor',
  'get',
  'sql',
  'history',
  'plays',
  'sync',
  'albums',
  'dashboard',
  'local',
  'playlists',
  'trigger',
  'export',
  'pull',
  'verify',
  'deploy-check',
  'logout',
  'completion',
];

const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-installed-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('npx spotify-etl lists every command', async () => {
  const { stdout } = await run('npx', ['spotify-etl', '--help']);

  expect([...stdout.matchAll(/^ {2}([\w-]+) {2,}\w/gm)].map(([, name]) => name)).toEqual([
    ...COMMANDS,
    'help',
  ]);
});

test.each(COMMANDS)('%s has a help of its own', async (command) => {
  const { stdout } = await run(process.execPath, [CLI, command, '--help']);

  expect(stdout).toContain(`Usage: spotify-etl ${command} `);
});

test('--version is that of the package', async () => {
  const { stdout } = await run(process.execPath, [CLI, '--version']);

  expect(`"version": "${stdout.trim()}"`).toBe(
    /"version": ".*?"/.exec(await readFile('package.json', 'utf8'))?.[0],
  );
});

test.each(['bash', 'zsh', 'fish'])(
  'completion for %s names every command and its options',
  async (shell) => {
    const { stdout } = await run(process.execPath, [CLI, 'completion', shell]);

    for (const command of COMMANDS) expect(stdout).toContain(command);
    expect(stdout).toContain('clear-cooldown');
    expect(stdout).toContain('leave-out');
  },
);

test.each([
  ['doctor --cl', '--clear-cooldown'],
  ['get --all --li', '--liked --library'],
  ['pla', 'playlists plays'],
  ['plays ta', 'take-back'],
  ['plays top', 'top'],
  ['plays --h', '--help'],
  ['plays collect --', '--every --dry-run --library --json --quiet --help'],
  ['plays top songs --ti', '--time-zone'],
  ['plays gaps --e', ''],
])('bash completes %s', async (typed, completed) => {
  const { stdout } = await run(process.execPath, [CLI, 'completion', 'bash']);
  const words = typed.split(' ');
  const line = `COMP_WORDS=(spotify-etl ${typed}) COMP_CWORD=${words.length}; _spotify_etl; echo "\${COMPREPLY[*]}"`;

  const { stdout: reply } = await run('bash', ['-c', `${stdout}\n${line}`]);

  const sorted = (names: string): string[] => names.trim().split(' ').sort();
  expect(sorted(reply)).toEqual(sorted(completed));
});

test.each(['local', 'deploy-check'])(
  '%s says in one line that it needs a checkout',
  async (command) => {
    const packed = join(folder, 'packed');
    await cp(dirname(BUILT_CLI), join(packed, 'dist'), { recursive: true });
    await cp(resolve('package.json'), join(packed, 'package.json'));

    const started = run(process.execPath, [join(packed, 'dist', 'spotify-etl.cjs'), command]);

    await expect(started).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^.*works only in a checkout.*\n$/) as string,
    });
  },
);

test('help shows that of a command', async () => {
  const { stdout } = await run(process.execPath, [CLI, 'help', 'verify']);

  expect(stdout).toContain('Usage: spotify-etl verify ');
});

test('code that the tsconfig of the current folder names is not run', async () => {
  const stranger = join(folder, 'stranger');
  await mkdir(stranger);
  await writeFile(join(stranger, 'evil.ts'), "process.stdout.write('stranger');");
  const paths = { commander: ['./evil.ts'], picocolors: ['./evil.ts'] };
  const tsconfig = { compilerOptions: { baseUrl: '.', paths } };
  await writeFile(join(stranger, 'tsconfig.json'), JSON.stringify(tsconfig));

  const { stdout } = await run(process.execPath, [CLI, 'export', '--help'], { cwd: stranger });

  expect(stdout).toMatch(/^Usage: spotify-etl export/);
});

test('the package runs without a checkout and without other packages', async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder]);
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  await run('tar', ['-xf', join(folder, packed?.filename ?? ''), '-C', folder]);
  const cli = join(folder, 'package', 'cli', 'spotify-etl.cjs');

  // It reads serverless.yml next to it for the names of the tables.
  const nowhere = ['--stage', 'local', '--endpoint-url', 'http://127.0.0.1:9', '--out', folder];
  const exported = run(process.execPath, [cli, 'export', ...nowhere], { cwd: folder });

  await expect(exported).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('http://127.0.0.1:9'),
  });
  const files = packed?.files.map(({ path }) => path) ?? [];
  expect(files.filter((path) => path.endsWith('.ts'))).toEqual([]);
  // The schema of a library, which is read when one is made.
  expect(files).toContain('stores/sqlite/migrations/001.sql');

  const library = join(folder, 'library.db');
  const opened = openLibrary({ place: library, authToken: undefined });
  await opened.run([{ sql: 'SELECT 1' }]);
  await opened.close();
  const out = join(folder, 'dashboard.html');
  await run(process.execPath, [cli, 'dashboard', '--library', library, '--out', out], {
    cwd: folder,
  });
  expect((await readFile(out, 'utf8')).length).toBeGreaterThan(500_000);
});

test('deploy-check names what is missing on a machine with nothing set', async () => {
  const env = { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', HOME: folder };

  const checked = run(process.execPath, [CLI, 'deploy-check'], { cwd: folder, env });

  await expect(checked).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/✖ client ID[\s\S]*✖ credentials/),
  });
});
