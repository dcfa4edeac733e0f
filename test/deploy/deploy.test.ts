/** The README's section Deploy, done on an emulated AWS by whoever has just cloned this repository. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Account, expectedRowsOf, openAccount } from './account.ts';
import { readCommands } from './console-blocks.ts';
import type { Finished } from './shell.ts';

const DEPLOY_BUDGET_MS = 60_000;
const SIZES = [1, 50, 101, 1_000];
const API_ADDRESS = /https:\/\/(\w+)\.execute-api\.[\w-]+\.amazonaws\.com\/(\w+)/;
const ADDRESS_IN_README = /https:\/\/….execute-api.….amazonaws.com\/dev/;

let account: Account;
let commands: string[];
/** Where the emulator serves what API Gateway would serve at its own address. */
let endpoint: string;

beforeAll(async () => {
  commands = await readCommands(resolve('README.md'), '## Deploy');
  account = await openAccount();
});

afterAll(async () => {
  await account.close();
});

/** The command of the README that starts like this. */
function fromReadme(start: string): string {
  const found = commands.find((line) => line.startsWith(start));
  if (found === undefined) throw new Error(`README.md has no "${start}" below "## Deploy".`);
  return found;
}

async function run(line: string): Promise<Finished & { readonly durationMs: number }> {
  const startedAt = performance.now();
  const finished = await account.shellOf().run(line);
  const durationMs = Math.round(performance.now() - startedAt);
  console.info(
    `$ ${line}\n${finished.output}\n${durationMs} ms, exit code ${finished.code ?? '-'}`,
  );
  return { ...finished, durationMs };
}

test('all', async () => {
  for (const line of commands.slice(0, 4)) {
    const finished = await run(line);
    expect(finished.code).toBe(0);
    const [, api, stage] = API_ADDRESS.exec(finished.output) ?? [];
    if (api !== undefined)
      endpoint = `${account.emulator.url}/restapis/${api}/${stage ?? ''}/_user_request_`;
  }
  const { catalogue } = account.spotify;
  const playlists = SIZES.map((size) => catalogue.playlistOfSize(size));
  const lines = playlists.map(({ id }) => `spotify:playlist:${id},False,`);
  await writeFile(
    join(account.folder, 'playlists.csv'),
    ['playlist_uri,request_sent,response', ...lines, ''].join('\n'),
  );
  const trigger = fromReadme('npx spotify-etl trigger').replace(
    ADDRESS_IN_README,
    `${endpoint} --sign`,
  );
  await run(trigger);
  await run('npx sls deploy');
  expect(await account.rows('dev')).toEqual(expectedRowsOf(catalogue, playlists));
  await run('npx sls remove');
  await run('aws cloudformation describe-stacks');
  await run('aws dynamodb list-tables');
  await run('aws logs describe-log-groups');
  await run('aws s3 ls');
  expect(await account.rows('dev')).toEqual(expectedRowsOf(catalogue, playlists));
  console.info(account.emulator.output());
});
