/** What `npx spotify-etl` starts, and that the one file of most tests is the same program. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BUNDLED_CLI, INSTALLED_CLI } from './support/cli.ts';

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

const print = async (file: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)(file, args)).stdout;

test('npx spotify-etl lists every command', async () => {
  const help = await print('npx', 'spotify-etl', '--help');

  expect([...help.matchAll(/^ {2}([\w-]+) {2,}\w/gm)].map(([, name]) => name)).toEqual([
    ...COMMANDS,
    'help',
  ]);
});

test.each(COMMANDS)('%s is the same from its sources and in one file', async (command) => {
  const help = await print(process.execPath, INSTALLED_CLI, command, '--help');

  expect(help).toContain(`Usage: spotify-etl ${command} `);
  expect(await print(process.execPath, BUNDLED_CLI, command, '--help')).toBe(help);
});
