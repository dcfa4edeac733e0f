/** A stage that was deployed while the function `walk` went over the file, and is deployed again. */
import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { type Account, openAccount } from './account.ts';
import {
  deployFrom,
  findBucket,
  openObject,
  readText,
  startExecution,
  waitForEnd,
} from './file-executions.ts';
import { cloneRepository } from './shell.ts';

/** The last state with `walk`. */
const BEFORE = 'd8671c2';

// A shallow clone, or a copy of the files alone, does not have it.
const hasBefore = spawnSync('git', ['cat-file', '-e', BEFORE]).status === 0;
const inWholeClone = hasBefore ? describe : describe.skip;
const skipped = hasBefore ? '' : ` (skipped: this clone does not reach back to ${BEFORE})`;

let account: Account;

/** A checkout of that state. */
async function checkOut(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-clone-'));
  const archive = join(folder, 'before.tar');
  await promisify(execFile)('git', ['archive', '--output', archive, BEFORE]);
  await promisify(execFile)('tar', ['-xf', archive, '-C', folder]);
  await rm(archive);
  return folder;
}

/** Deploys the present state from the same folder. */
async function upgrade({ folder, shellOf }: Account): Promise<void> {
  const present = await cloneRepository();
  await cp(present, folder, { recursive: true });
  await rm(present, { recursive: true });
  const { code, output } = await shellOf().run('npx sls deploy');
  if (code !== 0) throw new Error(output);
}

const names = async (query: string): Promise<unknown> => (await account.aws(query)) ?? [];

/** What of `walk` the account has. */
async function findWalk(): Promise<unknown[]> {
  const of = (path: string): string => `--query "${path} | [?contains(@, 'alk')]"`;
  const queries = [
    `lambda list-functions ${of('Functions[].FunctionName')}`,
    `iam list-roles ${of('Roles[].RoleName')}`,
    `logs describe-log-groups ${of('logGroups[].logGroupName')}`,
    `cloudwatch describe-alarms ${of('MetricAlarms[].AlarmName')}`,
    `scheduler list-schedules ${of('Schedules[].Name')}`,
    `sqs list-queues ${of('QueueUrls')} --endpoint-url ${account.emulator.url}`,
  ];
  return (await Promise.all(queries.map(names))).flat();
}

inWholeClone(`An upgrade from walk${skipped}`, () => {
  beforeAll(async () => {
    account = await openAccount({ makeFolder: checkOut, waitScale: 0.05 });
    await deployFrom(account);
  });
  afterAll(() => account.close());

  test('keeps the file, its versions and the tables, and nothing of walk', async () => {
    const uris = [...account.spotify.catalogue.playlists.keys()].map(
      (id) => `spotify:playlist:${id}`,
    );
    const bucket = await findBucket(account);
    const file = openObject(account, bucket, 'playlists.csv');
    const versions = async (): Promise<unknown[]> =>
      (await account.aws(
        `s3api list-object-versions --bucket ${bucket} --prefix playlists.csv --query "Versions[?Key=='playlists.csv'].VersionId"`,
      )) as unknown[];
    await file.put(Buffer.from(`playlist_uri\n${uris.slice(0, 3).join('\n')}\n`), undefined);
    await account.aws('lambda invoke --function-name spotify-etl-dev-walk walk.json');
    const walked = await readText(file);
    expect(walked.match(/,True,/g)).toHaveLength(3);
    const [rows, history] = [await account.rows('dev'), await versions()];
    expect(await findWalk()).not.toEqual([]);

    await upgrade(account);

    expect(await findWalk()).toEqual([]);
    expect(await findBucket(account)).toBe(bucket);
    expect(await readText(file)).toBe(walked);
    expect(await versions()).toEqual(history);
    expect(await account.rows('dev')).toEqual(rows);
    // The lock that walk has left holds up nobody.
    const found = await file.find();
    await file.put(Buffer.from(`${walked}${uris[3] ?? ''},False,\n`), found?.etag);
    await waitForEnd(account, await startExecution(account, { refresh: true }));
    const cells: Record<string, string>[] = parse(await readText(file), { columns: true });
    const codes = cells.map(({ response = '' }) => (JSON.parse(response) as { code: string }).code);
    expect(codes).toEqual(['unchanged', 'unchanged', 'unchanged', 'loaded']);
  });
});
