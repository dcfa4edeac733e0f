/** What a newcomer types first. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackDashboard } from '../dashboard/unpack.ts';
import { createLocalPrograms } from './support/local-programs.ts';

test('npm start loads some playlists, shows what came of it, and finds them unchanged the next time', async () => {
  const local = await createLocalPrograms();
  const first = await local.finish('local/start.ts');
  const dashboard = join(local.dataDir, 'dashboard.html');
  const { mode } = await stat(dashboard);
  const [, packed = ''] = /id="data">([^<]*)</.exec(await readFile(dashboard, 'utf8')) ?? [];
  const { playlists, plays } = await unpackDashboard(packed);
  const second = await local.finish('local/start.ts');
  await local.close();

  expect(first).toMatchObject({ code: 0 });
  expect(first.output.match(/\bloaded\b/g)?.length).toBeGreaterThanOrEqual(5);
  for (const text of ['Road Trip', 'spotify-etl sql', '│ hours', 'plays top artists', 'curl ']) {
    expect(first.output).toContain(text);
  }
  const week = /polls, (\d+) new plays?, 0 gaps/;
  expect(Number(week.exec(first.output)?.[1])).toBeGreaterThan(300);
  expect(first.output.trim().split('\n').at(-1)).toBe(`Look at it: ${dashboard}`);
  expect(mode & 0o777).toBe(0o600);
  expect(playlists).toHaveLength(5);
  expect(plays.length).toBeGreaterThan(300);
  expect(second.output).toMatch(/ [01] polls?, \d new plays?, 0 gaps/);
  expect(second).toMatchObject({ code: 0 });
  expect(second.output).not.toMatch(/\bloaded\b/);
  expect(second.output.match(/\bunchanged\b/g)?.length).toBeGreaterThanOrEqual(5);
});

test('npm start with an own app and nobody logged in ends with the login command, before anything is exported', async () => {
  const local = await createLocalPrograms();
  local.environment.SPOTIFY_CLIENT_ID = 'own0client';
  const { code, output } = await local.finish('local/start.ts', '3cEYpjA9oz9GiPac4AsH4n');
  await local.close();

  expect(code).toBe(2);
  expect(output.trim().split('\n').at(-1)).toBe('  npx spotify-etl login');
  expect(output).not.toContain('export');
});
