/** What `npx spotify-etl` starts, in a checkout and as a package. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CLI } from './support/cli.ts';

const COMMANDS = [
  'trigger',
  'login',
  'logout',
  'doctor',
  'deploy-check',
  'playlists',
  'export',
  'verify',
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

  // It reads serverless.yml beside it for the names of the tables.
  const nowhere = ['--stage', 'local', '--endpoint-url', 'http://127.0.0.1:9', '--out', folder];
  const exported = run(process.execPath, [cli, 'export', ...nowhere], { cwd: folder });

  await expect(exported).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('http://127.0.0.1:9'),
  });
  expect(packed?.files.map(({ path }) => path).filter((path) => path.endsWith('.ts'))).toEqual([]);
});

test('deploy-check names what is missing on a machine with nothing set', async () => {
  const env = { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true', HOME: folder };

  const checked = run(process.execPath, [CLI, 'deploy-check'], { cwd: folder, env });

  await expect(checked).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/✖ client ID[\s\S]*✖ credentials/),
  });
});
