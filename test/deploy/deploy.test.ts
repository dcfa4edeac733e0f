/** Executes the README's section Deploy and docs/deploy.md in a fresh clone. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { CatalogueItem, CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import { openDatabase } from '../../stores/sqlite/open-database.ts';
import { closeScriptedServers, type ScriptedServer } from '../support/scripted-server.ts';
import { TABLES, type Tables } from '../support/world.ts';
import { type Account, expectedRowsOf, openAccount } from './account.ts';
import { readCommands, readJson } from './console-blocks.ts';
import { ACCOUNT, type AwsCredentials, LAMBDA_PATH, OWNER, REGION } from './emulator.ts';
import { waitForEnd } from './file-executions.ts';
import { addGitHubProvider, assumeWithToken, createUser } from './identities.ts';
import { listen, openWebhook, readNews } from './news.ts';
import { findRemains, NOTHING, type Remains, readRetained } from './remains.ts';
import type { Finished } from './shell.ts';

const DEPLOY_BUDGET_MS = 60_000;
const API_ADDRESS = /https:\/\/(\w+)\.execute-api\.[\w-]+\.amazonaws\.com\/(\w+)/;
/** The only part of the README that differs for each user. */
const ADDRESS_IN_README = 'https://….execute-api.….amazonaws.com/dev';
const REGION_IN_DOCS = 'us-east-1';
/** Of the same stage in another region, where it stays. */
const ELSEWHERE = 'spotify-etl-dev-playlistsbucket-elsewhere';
const IN_IRELAND = '--region eu-west-1 --create-bucket-configuration LocationConstraint=eu-west-1';
const SUBJECT = 'repo:ada@12/spotify-etl@34:environment:dev';

let account: Account;
let commands: string[];
let apiId: string;
let owned: CataloguePlaylist[];
/** With those that the album report has added. */
let storedRows: Tables;
const figures: string[] = [];

beforeAll(async () => {
  commands = await readCommands('README.md', '## Deploy');
  account = await openAccount();
  owned = [...account.spotify.catalogue.playlists.values()];
});

afterAll(async () => {
  await Promise.all([account.close(), closeScriptedServers()]);
  process.stdout.write(`\n${figures.join('\n')}\n`);
});

async function run(
  line: string,
  credentials: AwsCredentials = OWNER,
): Promise<Finished & { ms: number }> {
  const startedAt = performance.now();
  const finished = await account.shellOf(credentials).run(line);
  const ms = Math.round(performance.now() - startedAt);
  figures.push(`${(ms / 1_000).toFixed(1).padStart(6)} s  ${line.replace(/ +#.*/, '')}`);
  return { ...finished, ms };
}

/** The same for what must not fail: says why, if it does. */
async function succeed(
  line: string,
  credentials?: AwsCredentials,
): Promise<{ ms: number; output: string }> {
  const { code, ms, output } = await run(line, credentials);
  if (code !== 0) throw new Error(`$ ${line}\n${output}`);
  return { ms, output };
}

/** Those that the user had at first. */
const playlists = () => owned;
const expectedRows = () => expectedRowsOf(account.spotify.catalogue, playlists());

/** What the workflow does once everything is installed, for the stage that is there. */
async function readDelivery(): Promise<string[]> {
  const workflow = await readFile('.github/workflows/deploy.yml', 'utf8');
  const lines = [...workflow.matchAll(/run: (npx sls .+)/g)].map(([, line = '']) => line);
  return lines.map((line) => line.replaceAll('prod', 'dev'));
}

/** The README's last command, at the address where the emulator serves the API. */
function triggerCommand(): string {
  const address = `${account.emulator.url}/restapis/${apiId}/dev/_user_request_`;
  return (commands.at(-1) ?? '').replace(ADDRESS_IN_README, `${address} --sign`);
}

const readPlaylistsFile = () => readFile(join(account.folder, 'playlists.csv'), 'utf8');

async function stackState(): Promise<unknown> {
  return account.aws('cloudformation describe-stack-events --stack-name spotify-etl-dev');
}

test('the README deploys a clean clone, and the deploy takes less than a minute', async () => {
  expect(commands.at(-2)).toMatch(/^npx spotify-etl playlists .*> playlists\.csv$/);
  expect(commands.at(-1)).toMatch(/^npx spotify-etl trigger playlists\.csv /);
  for (const line of commands.slice(0, -1)) {
    const { ms, output } = await succeed(line);
    if (line.startsWith('npx sls deploy')) {
      expect(ms).toBeLessThan(DEPLOY_BUDGET_MS);
      apiId = API_ADDRESS.exec(output)?.[1] ?? '';
    }
  }
  expect(apiId).not.toBe('');
  const rows = playlists().map(({ id }) => `spotify:playlist:${id},False,\n`);
  expect(await readPlaylistsFile()).toBe(`playlist_uri,request_sent,response\n${rows.join('')}`);
});

test('functions run on the Node of Lambda', async () => {
  const { stdout } = await promisify(execFile)('node', ['--version'], {
    env: { PATH: LAMBDA_PATH },
  });

  expect(stdout).toMatch(/^v24\./);
});

test('the API answers nobody who does not sign, signs wrongly, or has no leave to call it', async () => {
  const stranger = await createUser(account, 'stranger');
  const address = triggerCommand()
    .split(' ')
    .find((word) => word.startsWith('http://'));

  const unsigned = await fetch(`${address ?? ''}/ingest?playlist_uri=${playlists()[0]?.id ?? ''}`);
  const forged = await run(triggerCommand(), { ...stranger, secretAccessKey: 'forged' });
  const refused = await run(triggerCommand(), stranger);

  expect(unsigned.status).toBe(403);
  expect(forged.output).toMatch(/signature/);
  expect(refused.output).toMatch(/not authorized to perform: execute-api:Invoke/);
  for (const { code } of [forged, refused]) expect(code).not.toBe(0);
  expect(await readPlaylistsFile()).not.toContain(',True,');
  expect((await account.rows('dev')).playlist).toEqual([]);
});

test('who may call it and nothing else loads playlists, row for row', async () => {
  const policy = await readJson('docs/deploy.md', '## Who may call');
  const named = policy.replaceAll('REGION:ACCOUNT:API', `${REGION}:${ACCOUNT}:${apiId}`);
  const cron = await createUser(account, 'cron', named);

  const { code, output } = await run(triggerCommand(), cron);

  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('4 rows: 4 done') });
  expect(await account.rows('dev')).toEqual(expectedRows());
});

test('an execution goes over the file in the bucket of the stage, by the commands of its page', async () => {
  const lines = (await readCommands('trigger/README.md', '## In the cloud')).map((line) =>
    line.replace(/ +#.*/, ''),
  );
  expect(lines).toHaveLength(7);
  const line = (at: number): string => here(lines[at] ?? '');
  expect(lines[0]).toMatch(/^npx sls deploy --param="scheduleState=ENABLED"/);
  const { output } = await succeed(lines[1] ?? '');
  const [, bucket = ''] = /PlaylistsBucketName: (\S+)/.exec(output) ?? [];
  const [, machine = ''] = /PlaylistsMachineArn: (\S+)/.exec(output) ?? [];
  const here = (text: string): string =>
    text.replace('<bucket>', bucket).replace('<machine>', machine);
  await succeed(line(2).replace('--csv', '--csv --stage dev --store aws'));
  await succeed(line(3));
  const started = JSON.parse((await succeed(line(4))).output) as { executionArn: string };
  await waitForEnd(account, started.executionArn);

  const [, ...rows] = (await succeed(line(6))).output.trim().split('\n');
  expect(rows).toEqual(
    playlists().map(({ id }) => expect.stringMatching(new RegExp(`${id},True,.*unchanged`))),
  );
});

describe('The listening history', () => {
  let lines: string[];

  beforeAll(async () => {
    lines = await readCommands('docs/listening.md', '## On AWS');
    expect(lines).toHaveLength(7);
  });

  /** Here, no one has an account at Turso, and the region is known. */
  const withToken = (line = ''): string => line.replace(/^turso db tokens create [^|]+/, 'echo t1');

  const countPlays = async (): Promise<unknown> => {
    const sql = 'SELECT count(*) AS plays FROM play';
    const [[row] = []] = await openDatabase(account.sqld.url).run([{ sql }], 5_000);
    return row?.plays;
  };

  test('is tried by the commands of its page, which writes no play', async () => {
    const [, storeToken, login = '', deploy = '', invoke = ''] = lines;
    expect(storeToken).toMatch(/^turso db tokens create .* \| aws secretsmanager create-secret /);
    await succeed(withToken(storeToken));
    await succeed(login);
    await succeed(deploy);
    const { output } = await succeed(invoke);

    expect(output).toMatch(/"status": "dry-run",\s+"returned": 50,\s+"new": 50/);
    expect(await countPlays()).toBe(0);
  });

  test('takes a new token without a deploy', async () => {
    await succeed(withToken(lines.at(-1)));
    const { SecretString: token } = (await account.aws(
      'secretsmanager get-secret-value --secret-id spotify-etl-dev-turso',
    )) as { SecretString: string };

    expect(token).toBe('t1\n');
  });

  test('is collected by the schedule, within what its role may do', async () => {
    await succeed(`${lines[5] ?? ''} --param="playsSchedule=rate(1 minute)"`);
    for (let waits = 0; (await countPlays()) === 0 && waits < 90; waits += 1) await sleep(1_000);
    expect(await countPlays()).toBe(50);

    const { StackResourceDetail: role } = (await account.aws(
      'cloudformation describe-stack-resource --stack-name spotify-etl-dev --logical-resource-id PlaysRole',
    )) as { StackResourceDetail: { PhysicalResourceId: string } };
    const own = `--role-name ${role.PhysicalResourceId} --policy-name plays`;
    const policy = JSON.stringify(await account.aws(`iam get-role-policy ${own}`));
    expect(policy).toContain('dynamodb:PutItem');
    await account.aws(`iam delete-role-policy ${own}`);
    const { code, output } = await run(lines[4] ?? '');
    expect(code).not.toBe(0);
    expect(output).toMatch(/AccessDenied|not authorized|permission/);

    // A deploy without the parameter switches the schedule off again.
    const { PolicyDocument: document } = JSON.parse(policy) as { PolicyDocument: unknown };
    const text = `'${JSON.stringify(document)}'`;
    await account.aws(`iam put-role-policy ${own} --policy-document ${text}`);
    await succeed('npx sls deploy');
    const schedule =
      'scheduler get-schedule --group-name spotify-etl-dev --name spotify-etl-dev-plays';
    expect(await account.aws(schedule)).toMatchObject({ State: 'DISABLED' });
  });
});

describe('Backup and sync', () => {
  const HEADER = 'name,source,target,mode,apply,max_removals';
  let lines: string[];
  let webhook: ScriptedServer;
  let lists: string[];

  const itemsOf = (id = ''): readonly CatalogueItem[] =>
    account.spotify.catalogue.playlists.get(id)?.items ?? [];
  const countWrites = (): number =>
    account.spotify
      .requests()
      .filter(({ method, path }) => method !== 'GET' && path.startsWith('/v1/')).length;
  const invoke = async (event: object): Promise<Record<string, unknown>> => {
    const payload = `--payload '${JSON.stringify(event)}'`;
    await succeed(`aws lambda invoke --function-name spotify-etl-dev-sync ${payload} sync.json`);
    const text = await readFile(join(account.folder, 'sync.json'), 'utf8');
    return JSON.parse(text) as Record<string, unknown>;
  };

  beforeAll(async () => {
    lines = await readCommands('docs/sync.md', '## In the cloud');
    expect(lines).toHaveLength(6);
    const added = { addedAt: '2026-01-01T00:00:00Z', addedBy: null };
    const items = [...account.spotify.catalogue.tracks.keys()]
      .slice(0, 80)
      .map((trackId): CatalogueItem => ({ kind: 'track', trackId, ...added }));
    // An auto pair, one that asks, and one that is held: an exact mirror that nobody has confirmed.
    const ranges = [
      ...[items.slice(0, 30), items.slice(27, 60)],
      ...[items.slice(0, 3), items.slice(10, 12)],
      ...[items.slice(0, 5), items.slice(40, 80)],
    ];
    lists = ranges.map((range, at) => account.spotify.addPlaylist(`List ${at}`, range).id);
    const [source, target, asked, asking, exact, held] = lists;
    const rows = [
      ...[HEADER, `Auto,${source},${target},append,auto,`],
      ...[`Asking,${asked},${asking},append,ask,`, `Held,${exact},${held},mirror-exact,auto,`],
    ];
    await writeFile(join(account.folder, 'syncs.csv'), `${rows.join('\n')}\n`);
    await listen(account);
    webhook = await openWebhook(account);
  });

  test('is tried by the commands of its page, which writes nothing', async () => {
    const [, login = '', deploy = '', upload = '', dryRun = ''] = lines;
    await succeed(login);
    await succeed(deploy);
    await succeed(upload);
    account.spotify.clearRequests();
    const { output } = await succeed(dryRun);

    expect(output).toMatch(/"status": "dry-run"/);
    expect(output).toMatch(/"name": "Auto",\s+"state": "planned"/);
    expect(countWrites()).toBe(0);
    expect(await readNews(account)).toEqual({ events: [], mails: [] });
  });

  test('is done by the schedule: one pair applied, one shown, one held; event, alarm, digest and webhook', async () => {
    const [, target, , asking, , held] = lists;
    const before = [asking, held].map((id) => itemsOf(id).length);
    await succeed(`${lines.at(-1) ?? ''} --param="syncSchedule=rate(1 minute)"`);
    for (let waits = 0; itemsOf(target).length < 60 && waits < 120; waits += 1) await sleep(1_000);
    expect(itemsOf(target)).toHaveLength(60);
    expect([asking, held].map((id) => itemsOf(id).length)).toEqual(before);
    // A deploy without the parameter switches the schedule off again.
    await succeed('npx sls deploy');
    const schedule =
      'scheduler get-schedule --group-name spotify-etl-dev --name spotify-etl-dev-sync';
    expect(await account.aws(schedule)).toMatchObject({ State: 'DISABLED' });

    const { events, mails } = await readNews(account);
    expect(events.slice(0, 4).map(({ type }) => type)).toEqual([
      ...['sync.applied', 'sync.waiting', 'sync.held', 'sync.finished'],
    ]);
    expect(events[0]?.detail).toMatchObject({ stage: 'dev', pair: 'Auto', added: 27 });
    // A deploy ends runs of a function that it changes, on the emulator: that is an alarm of the function.
    expect(mails.filter(({ subject }) => !subject.startsWith('ALARM'))).toMatchObject([
      { topic: 'spotify-etl-dev-alarms', subject: 'spotify-etl dev: the sync Held is held' },
      {
        topic: 'spotify-etl-dev-digest',
        subject: 'spotify-etl dev: 27 saved, 3 already there, 0 not copyable',
        text: expect.stringMatching(/^27 saved, 3 already there, .*; login ends in \d+ days\n/),
      },
    ]);
    const posts = webhook.requests
      .slice(0, 2)
      .map(({ body }) => body.replace('"text": ', '"text":'));
    expect(posts.toSorted()).toEqual([
      JSON.stringify({ text: 'Auto: 27 added, 0 removed, 0 moved.' }),
      JSON.stringify({ text: 'Held: Nothing done. Held: exact, removals.' }),
    ]);
    expect(webhook.requests[0]?.headers['x-sent-by']).toBe('spotify-etl');
  });

  test('has its answers in the file, and a second run writes nothing', async () => {
    account.spotify.clearRequests();
    expect(await invoke({})).toMatchObject({ status: 'synced', added: 0, held: 1, failed: 0 });
    expect(countWrites()).toBe(0);

    const upload = lines[3] ?? '';
    const [, file = ''] = /"(s3:.*)"$/.exec(upload) ?? [];
    await succeed(`aws s3 cp "${file}" synced.csv`);
    const synced = await readFile(join(account.folder, 'synced.csv'), 'utf8');
    expect(synced.split('\n')).toEqual([
      `${HEADER},last_run,response`,
      expect.stringMatching(/^Auto,.*Z,No changes\.$/),
      expect.stringMatching(/^Asking,.*Z,"3 to add, .*it asks first\."$/),
      expect.stringMatching(/^Held,.*Z,"Nothing done\. Held: exact, removals\."$/),
      '',
    ]);
  });

  test('does what is allowed by name, and takes it back', async () => {
    const held = lists.at(-1);
    const confirmed = { pairs: ['Held'], confirmExact: true, allowRemovals: 40 };
    expect(await invoke(confirmed)).toMatchObject({ added: 5, removed: 40 });
    expect(itemsOf(held)).toHaveLength(5);
    expect(await invoke({ undo: 'Held' })).toMatchObject({ added: 40, removed: 5 });
    expect(itemsOf(held)).toHaveLength(40);
  });
});

describe('The album report', () => {
  let lines: string[];
  let bucket: string;

  const listObjects = async (): Promise<unknown[]> => {
    const prefix = `--prefix album-length/ --query "Contents[].[Key, ETag, LastModified]"`;
    const found = await account.aws(`s3api list-objects-v2 --bucket ${bucket} ${prefix}`);
    return (found ?? []) as unknown[];
  };
  const countCalls = (): number =>
    account.spotify.requests().filter(({ path }) => path.startsWith('/v1/')).length;
  const readObject = async (key: string): Promise<string> => {
    await succeed(`aws s3 cp s3://${bucket}/${key} object.txt`);
    return await readFile(join(account.folder, 'object.txt'), 'utf8');
  };

  beforeAll(async () => {
    lines = await readCommands('docs/albums.md', '## In the cloud');
    expect(lines).toHaveLength(5);
    const { artists, discographies } = account.spotify.catalogue;
    const some = [...artists.keys()].filter((id) => (discographies.of(id) ?? []).length > 3);
    const rows = some.slice(0, 3).map((id) => `https://open.spotify.com/artist/${id}\n`);
    await writeFile(join(account.folder, 'artists.csv'), rows.join(''));
  });
  afterAll(async () => {
    storedRows = await account.rows('dev');
  });

  test('is tried by the commands of its page, which makes no call and writes nothing', async () => {
    const [, deploy = '', upload = '', dryRun = ''] = lines;
    await succeed(deploy);
    const { output: copied } = await succeed(upload);
    [, bucket = ''] = /s3:\/\/([^/]+)\/artists\.csv/.exec(copied) ?? [];
    account.spotify.clearRequests();
    for (const line of [dryRun, dryRun.replace('invoke', 'invoke local')]) {
      const { output } = await succeed(line);
      expect(output).toMatch(/"status": "dry-run"/);
      expect(output).toMatch(/"artists_total": 3/);
    }
    expect(countCalls()).toBe(0);
    expect(await listObjects()).toEqual([]);
  });

  test('is made by the schedule, within what its role may do', async () => {
    await succeed(`${lines.at(-1) ?? ''} --param="albumsSchedule=rate(1 minute)"`);
    const isFinished = async (): Promise<boolean> =>
      (await listObjects()).length === 17 &&
      (await readObject('album-length/v1/latest/state.json')).includes('finished');
    for (let waits = 0; !(await isFinished()) && waits < 90; waits += 1) await sleep(1_000);
    expect(await isFinished()).toBe(true);
    // A deploy without the parameter switches both schedules off again.
    await succeed('npx sls deploy');
    for (const name of ['albums', 'albums-next-days']) {
      const schedule = `scheduler get-schedule --group-name spotify-etl-dev --name spotify-etl-dev-${name}`;
      expect(await account.aws(schedule)).toMatchObject({ State: 'DISABLED' });
    }
    const summary = JSON.parse(await readObject('album-length/v1/latest/summary.json')) as unknown;
    expect(summary).toMatchObject({ artists_complete: 3, artists_total: 3, market: 'US' });
    const [head, ...rows] = (await readObject('artists.csv')).trim().split('\n');
    expect(head).toBe('artist_uri,name,market,albums,listed_at,response');
    expect(rows).toEqual(
      rows.map(() => expect.stringMatching(/,US,\d+,\d{4}-\d\d-\d\d,complete$/)),
    );
    const { album, playlist } = await account.rows('dev');
    expect(album.filter((row) => row.album_duration !== undefined).length).toBeGreaterThan(5);
    expect(playlist).toEqual(expectedRows().playlist);
  });

  test('is not made again in that week, and nothing changes', async () => {
    const before = await listObjects();
    account.spotify.clearRequests();
    const { output } = await succeed('npx sls invoke --function albums');
    expect(output).toMatch(/"status": "unchanged"/);
    expect(countCalls()).toBe(0);
    expect(await listObjects()).toEqual(before);
  });
});

test('a second deploy changes nothing', async () => {
  const before = await stackState();

  const { code, output } = await run('npx sls deploy');

  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringContaining('No changes to deploy'),
  });
  expect(await stackState()).toEqual(before);
});

describe('GitHub, by the role of stack/delivery-role.yml', () => {
  let role: AwsCredentials;

  beforeAll(async () => {
    const provider = await addGitHubProvider(account);
    const overrides = `Stage=dev RestApiId=${apiId} GitHubSubject=${SUBJECT} GitHubProviderArn=${provider}`;
    await succeed(
      `aws cloudformation deploy --stack-name spotify-etl-delivery-dev --template-file stack/delivery-role.yml --capabilities CAPABILITY_NAMED_IAM --parameter-overrides ${overrides}`,
    );
    role = await assumeWithToken(account, SUBJECT);
  });

  test.each([
    ['another environment', 'repo:ada@12/spotify-etl@34:environment:prod'],
    ['a pull request', 'repo:ada@12/spotify-etl@34:pull_request'],
    ['another repository of that name', 'repo:ada@12/spotify-etl@56:environment:dev'],
  ])('gets no role for %s', async (_whose, subject) => {
    await expect(assumeWithToken(account, subject)).rejects.toThrow('Not authorized');
  });

  test('delivers a change, and no row changes', async () => {
    const [build = '', deliver = '', plan = ''] = await readDelivery();
    await succeed(`unset "\${!AWS_@}"; SPOTIFY_DAILY_CALLS=800 AWS_REGION=${REGION} ${build}`);
    await succeed(deliver, role);
    const planned = await succeed(plan, role);

    expect(planned.output).toMatch(/"status": "dry-run"/);
    expect(
      await account.aws('lambda get-function-configuration --function-name spotify-etl-dev-ingest'),
    ).toMatchObject({ Environment: { Variables: { SPOTIFY_DAILY_CALLS: '800' } } });
    expect(await account.rows('dev')).toEqual(storedRows);
  });

  test('reads no row and no login, removes nothing, makes no role, and knows of no other stage', async () => {
    const lines = [
      'aws dynamodb scan --table-name spotify-etl-dev-track',
      'aws dynamodb delete-table --table-name spotify-etl-dev-track',
      'aws secretsmanager get-secret-value --secret-id spotify-etl-dev-login',
      'aws iam create-role --role-name spotify-etl-dev-more --assume-role-policy-document {}',
      'aws cloudformation delete-stack --stack-name spotify-etl-dev',
      'aws cloudformation describe-stacks --stack-name spotify-etl-prod',
      'aws lambda invoke --function-name spotify-etl-dev-load out.json',
      `aws stepfunctions start-execution --state-machine-arn arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:spotify-etl-dev-playlists`,
    ];
    const finished = await Promise.all(lines.map((line) => account.shellOf(role).run(line)));

    for (const { code, output } of finished) {
      expect(code).not.toBe(0);
      expect(output).toMatch(/is not authorized to perform/);
    }
  });
});

describe('Removing the stage', () => {
  let toRegion: string;
  let remove: string;
  let removeRest: string[];
  let retained: Pick<Remains, 'buckets' | 'roles' | 'tables'>;

  beforeAll(async () => {
    const lines = await readCommands('docs/deploy.md', '## Removing a stage');
    [toRegion = '', remove = '', ...removeRest] = lines;
    retained = await readRetained(account);
  });

  /** As in a terminal of its own, where nothing but the first line says which region it is. */
  function inRegionOfStage(line: string): string {
    const region = toRegion.replaceAll(REGION_IN_DOCS, REGION);
    return `unset AWS_REGION AWS_DEFAULT_REGION; ${region.replace(/ +#.*/, '')}; ${line}`;
  }

  test('leaves the tables with every row, protected, and the login', async () => {
    expect(remove).toBe('npx sls remove');
    await succeed(inRegionOfStage(remove));

    const { buckets, roles, tables } = retained;
    expect(tables).toEqual([...TABLES].sort().map((table) => `spotify-etl-dev-${table}`));
    const secrets = ['spotify-etl-dev-login', 'spotify-etl-dev-turso'];
    expect(await findRemains(account)).toEqual({ ...NOTHING, buckets, roles, secrets, tables });
    expect(await account.rows('dev')).toEqual(storedRows);
    const deletion = await run('aws dynamodb delete-table --table-name spotify-etl-dev-track');
    expect(deletion.output).toMatch(/deletion protection/i);
  });

  test('and a deploy over it syncs again, though whatever is in a target is the user’s now', async () => {
    const [, , deploy = '', upload = '', dryRun = ''] = await readCommands(
      'docs/sync.md',
      '## In the cloud',
    );
    await succeed(deploy);
    await succeed(upload);
    const { output } = await succeed(dryRun);

    expect(output).toMatch(/"status": "dry-run"/);
    expect(output).toMatch(/"failed": 0/);
    await succeed(inRegionOfStage(remove));
  });

  test('and the commands for the rest leave nothing but the role of all APIs', async () => {
    await succeed(`aws s3api create-bucket --bucket ${ELSEWHERE} ${IN_IRELAND}`);

    for (const line of removeRest) await succeed(inRegionOfStage(line));

    const buckets = [ELSEWHERE];
    const remains = await findRemains(account);
    // One of each stage that was removed, if it has a name of its own.
    const roles = remains.roles.map(() => retained.roles[0]);
    expect(remains).toEqual({ ...NOTHING, buckets, roles });
  });
});
