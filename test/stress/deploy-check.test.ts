/** What a person types: npx spotify-etl deploy-check. A real process, and AWS's answers over real HTTP. */
import * as z from 'zod';
import { checkAws } from '../../cli/deploy-check/aws-checks.ts';
import { type EmbeddedDynamodb, startDynamodb } from '../../local/dynamodb.ts';
import { readStack } from '../../local/table-definitions.ts';
import { readServerlessYml } from '../../stack/serverless-yml.ts';
import { type Aws, startAws } from '../support/aws-answers.ts';
import { createLoginProgram, type Finished, type LoginProgram } from '../support/login-program.ts';
import { startS3Server } from '../support/s3-server.ts';
import { closeScriptedServers } from '../support/scripted-server.ts';
import { type SecretsServer, startSecretsServer } from '../support/secrets-server.ts';

const CLIENT_ID = '0123456789abcdef0123456789abcdef';
const DAY_MS = 86_400_000;
const NO_AWS = {
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};

const reportSchema = z.strictObject({
  ok: z.boolean(),
  stage: z.string(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      status: z.enum(['ok', 'warning', 'fault', 'unknown']),
      message: z.string().min(1),
      fix: z.string().min(1).optional(),
    }),
  ),
});

let aws: Aws;
let secrets: SecretsServer;
let dynamodb: EmbeddedDynamodb;
let program: LoginProgram;

/** The tables of stage `left` are there, those of stage `fresh` are not. */
beforeAll(async () => {
  const { tables } = await readStack('serverless.yml', 'left');
  [dynamodb, program] = await Promise.all([
    startDynamodb({ port: 0, tables }),
    createLoginProgram({
      url: 'http://127.0.0.1:9',
      credentials: { clientId: CLIENT_ID, clientSecret: 'none', refreshToken: 'none' },
    }),
  ]);
});

beforeEach(async () => {
  [aws, secrets] = await Promise.all([startAws(), startSecretsServer()]);
});

afterEach(async () => {
  await closeScriptedServers();
});

afterAll(async () => {
  await Promise.all([dynamodb.close(), program.remove()]);
});

function logIn(stage: string, but: object = {}): void {
  secrets.spoil(
    `spotify-etl-${stage}-login`,
    JSON.stringify({
      refresh_token: 'canary-refresh-token',
      client_id: CLIENT_ID,
      authorized_at: new Date(Date.now() - DAY_MS).toISOString(),
      scopes: ['playlist-read-private', 'playlist-read-collaborative', 'user-library-read'],
      user_id: 'ada',
      ...but,
    }),
  );
}

type Env = Readonly<Record<string, string>>;

const start = (args: readonly string[], env: Env = {}): Promise<Finished> =>
  program.start(['deploy-check', ...args], {
    env: {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'canary-aws-secret',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: aws.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url.origin,
      ...env,
    },
  }).finished;

/** `status: message → fix` of every check, once a run was seen to keep what the command promises in every case. */
async function check(
  stage: string,
  env: Env = {},
  ...args: string[]
): Promise<Map<string, string>> {
  const { code, stderr, stdout } = await start(['--stage', stage, '--json', ...args], env);
  expect(stderr).toBe('');
  expect(stdout).not.toMatch(/canary|\n {4}at /);
  const { checks, ok, stage: checked } = reportSchema.parse(JSON.parse(stdout));
  expect(checked).toBe(stage);
  expect(ok).toBe(checks.every(({ status }) => status !== 'fault'));
  expect(code).toBe(ok ? 0 : 1);
  for (const { fix, name, status } of checks) {
    expect([name, fix !== undefined]).toEqual([name, status === 'fault' || status === 'warning']);
  }
  return new Map(
    checks.map(({ fix, message, name, status }) => [
      name,
      `${status}: ${message}${fix === undefined ? '' : ` → ${fix}`}`,
    ]),
  );
}

const faultsOf = (checks: ReadonlyMap<string, string>): string[] =>
  [...checks].filter(([, said]) => said.startsWith('fault')).map(([name]) => name);

test('before a first deploy with everything in place it says so, and which command comes next', async () => {
  logIn('fresh');

  const { code, stdout } = await start(['--stage', 'fresh']);

  expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
    expect.stringMatching(/^✔ Node {10}\d+\.\d+\.\d+ \(needs 22\.13 or newer\)\.$/),
    '✔ dependencies  Installed in the versions of package-lock.json.',
    `✔ client ID     ${CLIENT_ID}.`,
    '✔ region        eu-central-1.',
    '✔ credentials   Account 123456789012, as arn:aws:sts::123456789012:assumed-role/deployer/ada.',
    '✔ stack         spotify-etl-fresh does not exist yet: the deploy creates it.',
    '✔ tables        None yet: the deploy creates them.',
    '✔ login         Logged in as ada, in spotify-etl-fresh-login, AWS Secrets Manager, eu-central-1, 178 days left.',
    '✔ scopes        playlist-read-private, playlist-read-collaborative, user-library-read. For the listening history (user-read-recently-played), run npx spotify-etl login --store aws --stage fresh --for listening. To sync playlists (playlist-modify-public, playlist-modify-private), run npx spotify-etl login --store aws --stage fresh --for sync',
    '✔ schedule      Off. trigger/README.md says how to switch it on.',
    'Ready: npx sls deploy --stage fresh',
  ]);
  expect(code).toBe(0);
  expect(aws.calls.sort()).toEqual([
    'cloudformation DescribeStacks eu-central-1',
    'sts GetCallerIdentity eu-central-1',
  ]);
});

test('on a machine with nothing set, each thing that is missing is named once, with what to do', async () => {
  const checks = await check('fresh', { ...NO_AWS, AWS_REGION: '', SPOTIFY_CLIENT_ID: '' });

  expect(faultsOf(checks)).toEqual(['client ID', 'credentials']);
  expect(checks.get('client ID')).toContain('→ Put SPOTIFY_CLIENT_ID=… into .env;');
  expect(checks.get('region')).toMatch(/^warning: Not set: the deploy uses us-east-1\. →/);
  expect(checks.get('credentials')).toMatch(
    /There are no AWS credentials\. Could not load .*\. → Name a profile/,
  );
  expect(checks.get('tables')).toBe('unknown: Skipped until the problem above is fixed.');
  expect(aws.calls).toEqual([]);
});

test.each<[string, Env, string, RegExp]>([
  ['a client secret for a client ID', { SPOTIFY_CLIENT_ID: 'canary' }, 'client ID', /^fault: .*32/],
  [
    'a zone for a region',
    { AWS_REGION: 'eu-central-1a' },
    'region',
    /^fault: eu-central-1a is not/,
  ],
  [
    'the variable that Serverless does not look at',
    { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-1' },
    'region',
    /^warning: .*AWS_DEFAULT_REGION \(eu-west-1\) is ignored/,
  ],
  [
    'a profile that is not there',
    { ...NO_AWS, AWS_PROFILE: 'x' },
    'credentials',
    /^fault: There are no AWS credentials\. Could not load .*--profile/,
  ],
  [
    'an address where nobody listens',
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    'credentials',
    /^fault: Nothing answers at the address of AWS \(ECONNREFUSED\)\. .*127\.0\.0\.1:9\. → Check the network/,
  ],
])('%s is reported', async (...[, env, name, said]) => {
  logIn('fresh');

  expect((await check('fresh', env)).get(name)).toMatch(said);
});

test.each([
  [
    'ExpiredToken',
    'fault: AWS does not accept these credentials (ExpiredToken). As the test says. → Log in to',
  ],
  [
    'InvalidClientTokenId',
    'fault: AWS does not accept these credentials (InvalidClientTokenId). As the test says. → Log in to',
  ],
])(
  'credentials that AWS refuses as %s are reported, and nothing else is asked',
  async (code, said) => {
    aws.refusals.set('sts', { status: 403, code });

    const checks = await check('fresh');

    expect(checks.get('credentials')).toContain(said);
    expect(faultsOf(checks)).toEqual(['credentials']);
    expect(aws.calls).toHaveLength(1);
  },
);

describe('The login', () => {
  test.each<[string, object | undefined, string]>([
    [
      'none',
      undefined,
      'fault: Nobody has logged in: there is no login in spotify-etl-fresh-login',
    ],
    ['of another app', { client_id: 'other' }, 'fault: The login in spotify-etl-fresh-login'],
    [
      'that ends soon',
      { authorized_at: new Date(Date.now() - 170 * DAY_MS).toISOString() },
      'warning: Logged in as ada',
    ],
    ['refused by Spotify', { refused_at: '2026-11-01T00:00:00Z' }, 'fault: Spotify has refused'],
  ])('%s is reported, with the command that fixes it', async (_what, login, said) => {
    if (login !== undefined) logIn('fresh', login);

    const checks = await check('fresh');

    expect(checks.get('login')).toContain(said);
    expect(checks.get('login')).toMatch(
      /un npx spotify-etl login --store aws --stage fresh(?: before it ends\.)?$/,
    );
  });
});

describe('What earlier stacks have left', () => {
  const TABLES = ['playlist', 'track', 'album', 'artist', 'state'].map(
    (table) => `spotify-etl-left-${table}`,
  );

  test('tables without a stack are named before the deploy fails on them', async () => {
    logIn('left');

    const checks = await check('left');

    expect(faultsOf(checks)).toEqual(['tables']);
    for (const table of TABLES) expect(checks.get('tables')).toContain(`${table} (about 0 rows)`);
    expect(checks.get('tables')).toMatch(
      /as after a removal or a failed first deploy: .*"already exists"\. → Delete those with 0 rows\./,
    );
  });

  test('tables that are on a later page of the stack are its own', async () => {
    logIn('left');
    const resources = Object.fromEntries(TABLES.map((table) => [table, table]));
    aws.stacks.set('spotify-etl-left', { status: 'UPDATE_COMPLETE', resources });

    const checks = await check('left');

    expect(faultsOf(checks)).toEqual([]);
    expect(checks.get('stack')).toMatch(/^ok: spotify-etl-left exists \(UPDATE_COMPLETE\)/);
    expect(checks.get('tables')).toBe('ok: 5 belong to the stack; a deploy keeps their rows.');
  });

  test('a stack that a failed deploy has left without its tables does not hide them', async () => {
    logIn('left');
    const resources = { ServerlessDeploymentBucket: 'some-bucket' };
    aws.stacks.set('spotify-etl-left', { status: 'UPDATE_ROLLBACK_COMPLETE', resources });

    expect(faultsOf(await check('left'))).toEqual(['tables']);
  });

  test.each(['DELETE_COMPLETE', 'DELETE_SKIPPED'])(
    "tables that a stack's way back has left as %s are its own no longer",
    async (resourceStatus) => {
      logIn('left');
      const resources = Object.fromEntries(TABLES.map((table) => [table, table]));
      aws.stacks.set('spotify-etl-left', {
        status: 'UPDATE_ROLLBACK_COMPLETE',
        resources,
        resourceStatus,
      });

      expect(faultsOf(await check('left'))).toEqual(['tables']);
    },
  );

  test.each([
    ['ROLLBACK_COMPLETE', /^fault: .* → Remove it: npx sls remove --stage fresh\./],
    ['DELETE_FAILED', /^fault: .* → Remove it:/],
    ['UPDATE_IN_PROGRESS', /^fault: .*is being changed.* → Wait/],
    ['UPDATE_ROLLBACK_FAILED', /^fault: .* → aws cloudformation continue-update-rollback/],
  ])('a stack in state %s is reported, with the way out', async (status, said) => {
    logIn('fresh');
    aws.stacks.set('spotify-etl-fresh', { status, resources: {} });

    expect((await check('fresh')).get('stack')).toMatch(said);
  });

  test('who may not look is not kept from deploying', async () => {
    logIn('fresh');
    aws.refusals.set('cloudformation', { status: 403, code: 'AccessDenied' });

    const checks = await check('fresh');

    expect(faultsOf(checks)).toEqual([]);
    expect(checks.get('stack')).toBe(
      'unknown: You lack the permission cloudformation:DescribeStacks.',
    );
  });
});

describe('Where more is switched on', () => {
  test('the account is asked for its concurrency, and the bucket for its file, with the same credentials', async () => {
    const s3 = await startS3Server();
    s3.write(
      'made-up-name/playlists.csv',
      'playlist_uri,request_sent,response\na,True,\nb,False,\n',
    );
    aws.freeConcurrency = 10;
    aws.stacks.set('spotify-etl-fresh', {
      status: 'UPDATE_COMPLETE',
      resources: { One: 'one', Two: 'two', PlaylistsBucket: 'made-up-name' },
    });
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL: aws.url,
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url.origin,
    });
    const yml = await readServerlessYml('serverless.yml', 'fresh');
    const parameters = { ...yml.parameters, scheduleState: 'ENABLED', reservedConcurrency: 1 };
    const target = {
      stage: 'fresh',
      yml: { ...yml, parameters },
      place: { region: 'eu-central-1' },
      loginPlace: { logIn: 'log in', place: 'a secret' },
      clientId: CLIENT_ID,
    };
    try {
      const checks = await checkAws(target);

      expect(checks.concurrency?.message).toBe('1 reserved, of 10 free in the account.');
      expect(checks.schedule?.message).toBe('rate(1 day): playlists.csv has 2 rows, 1 pending.');
      expect(s3.requests).toEqual(['GET made-up-name/playlists.csv']);

      aws.refusals.set('lambda', { status: 403, code: 'AccessDeniedException' });
      s3.write('made-up-name/playlists.csv', undefined);
      expect(await checkAws(target)).toMatchObject({
        concurrency: {
          status: 'unknown',
          message: 'You lack the permission lambda:GetAccountSettings.',
        },
        schedule: { message: expect.stringContaining('no playlists.csv that you can read') },
      });
    } finally {
      await s3.close();
    }
  });
});
