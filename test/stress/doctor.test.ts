/** What a person types: npx spotify-etl doctor. A real process, a simulated Spotify, real tables. */
import { join } from 'node:path';
import { openLibrary } from '../../app/library.ts';
import { type EmbeddedDynamodb, startDynamodb } from '../../local/dynamodb.ts';
import type { FaultAction, SimulatorOptions } from '../../local/simulator/simulator.ts';
import { readStack } from '../../local/table-definitions.ts';
import {
  createDoctorWorld,
  type Diagnosis,
  type DoctorWorld,
  SCOPES,
} from '../support/doctor-world.ts';
import { closeScriptedServers, startScriptedServer } from '../support/scripted-server.ts';
import { startSecretsServer } from '../support/secrets-server.ts';

const DAY_MS = 86_400_000;
const SECRET = { SPOTIFY_CLIENT_SECRET: 'canary-secret' };
const NO_AWS = {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};

let dynamodb: EmbeddedDynamodb;

beforeAll(async () => {
  const { tables } = await readStack('serverless.yml', 'local');
  dynamodb = await startDynamodb({ port: 0, tables });
});

afterAll(async () => {
  await Promise.all([dynamodb.close(), closeScriptedServers()]);
});

type Case = readonly [options: SimulatorOptions, run: (world: DoctorWorld) => Promise<void>];

/** Each in a world of its own, so that some can be looked at side by side. */
function cases(all: Readonly<Record<string, Case>>): void {
  for (const [name, [options, run]] of Object.entries(all)) {
    test.concurrent(name, async () => {
      const world = await createDoctorWorld(new URL(dynamodb.url).port, options);
      try {
        await run(world);
      } finally {
        await world.close();
      }
    });
  }
}

/** Logged in, and then the doctor. */
async function afterLogin(
  world: DoctorWorld,
  env?: Readonly<Record<string, string>>,
): Promise<Diagnosis> {
  await world.logIn();
  return world.diagnose(env);
}

/** Lists of others come first, as where a person has followed one lately. */
function putForeignFirst({ spotify }: DoctorWorld): string {
  const { playlists } = spotify.catalogue;
  const all = [...playlists];
  const first = all.find(([, { access }]) => access === 'foreign');
  if (first === undefined) throw new Error('There is none.');
  playlists.clear();
  for (const [id, playlist] of [first, ...all]) playlists.set(id, playlist);
  return first[1].name;
}

/** What the local stage counts stands in the library. */
async function writeState({ clientId, program }: DoctorWorld, state: object): Promise<void> {
  const row = {
    revision: 1,
    calls: {},
    full_at: new Date(0).toISOString(),
    expires_at: Math.ceil(Date.now() / 1000) + 400 * 86_400,
    ...state,
  };
  const place = join(program.folder, '.local', 'library-simulated.db');
  const library = openLibrary({ place, authToken: undefined });
  const sql = 'INSERT INTO state (state_id, revision, body) VALUES (:id, 1, :body)';
  await library.run([{ sql, args: { id: `app#${clientId}`, body: JSON.stringify(row) } }]);
  await library.close();
}

const always = (world: DoctorWorld, action: FaultAction, path = /./): void => {
  world.spotify.addFault({ match: { path }, times: 'always', action });
};

cases({
  'after a login all is well, in five requests, and text and JSON say the same': [
    {},
    async (world) => {
      putForeignFirst(world);
      const { faults, of, paths, report } = await afterLogin(world, SECRET);
      const text = await world.program.start(['doctor', '--stage', 'local'], {
        env: { DYNAMODB_PORT: new URL(dynamodb.url).port, ...SECRET },
      }).finished;

      const { id } = world.spotify.catalogue.user;
      expect(faults).toEqual([]);
      expect(paths).toHaveLength(5);
      expect(paths.filter((path) => path === '/api/token')).toHaveLength(2);
      expect(report.checks.map(({ name }) => name)).toEqual([
        ...['client ID', 'login', 'scopes', 'quota', 'cooldown', 'client secret', 'app'],
        ...['app kind', 'own playlists', "others' playlists", 'clock', 'tables'],
      ]);
      expect(report.checks.every(({ status }) => status === 'ok')).toBe(true);
      expect(of('login')).toMatch(
        new RegExp(
          `^ok: Logged in as ${id}, in /.*/.local/spotify-login.json, 1(?:79|80) days left\\.$`,
        ),
      );
      expect(of('app kind')).toMatch(/^ok: C:/);
      expect(of("others' playlists")).toMatch(/^ok: Not readable/);
      expect(of('client secret')).toBe('ok: Spotify accepts it.');

      expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 0, stderr: '' });
      const [verdict, , ...lines] = text.stdout.trimEnd().split('\n').reverse();
      expect(verdict).toBe('All is well. 5 requests to Spotify.');
      const isCounted = /^\d+ calls? in the last/;
      expect(
        lines.reverse().map((line) => line.slice(21).replace(isCounted, 'N calls in the last')),
      ).toEqual(
        report.checks
          .map(({ message }) => message.replace(isCounted, 'N calls in the last'))
          .map((message) => expect.stringMatching(message.slice(0, 10).replace(/[.()]/g, '\\$&'))),
      );
    },
  ],
  'an app of kind A reads the lists of others too': [
    { appKind: 'A' },
    async (world) => {
      const name = putForeignFirst(world);
      const { faults, of } = await afterLogin(world);

      expect(faults).toEqual([]);
      expect(of('app kind')).toMatch(/^ok: A or B:/);
      expect(of("others' playlists")).toBe(`ok: Readable (${name} was tried).`);
      expect(of('client secret')).toMatch(/^ok: Not set/);
    },
  ],
  'where no list of another is at hand, that is not known': [
    {},
    async (world) => {
      const { of, paths } = await afterLogin(world);

      expect(of("others' playlists")).toMatch(/^unknown: None of the first 50/);
      expect(paths).toHaveLength(3);
    },
  ],
});

describe('the login', () => {
  cases({
    'nobody has logged in': [
      {},
      async (world) => {
        const { faults, of, paths } = await world.diagnose();

        expect(faults).toEqual(['login']);
        expect(of('login')).toMatch(
          /^fault: Nobody has logged in: there is no login in \/.*\/spotify-login\.json\. → Run npx spotify-etl login$/,
        );
        expect(paths).toEqual([]);
      },
    ],
    'nobody has logged in, but the app can speak for itself': [
      {},
      async (world) => {
        const { faults, of, paths } = await world.diagnose(SECRET);

        expect(faults).toEqual(['login']);
        expect(of('client secret')).toBe('ok: Spotify accepts it.');
        expect(of('app')).toMatch(/^warning: Spotify accepts it without a user/);
        expect(paths).toEqual(['/api/token']);
      },
    ],
    'it is of another app': [
      {},
      async (world) => {
        await world.logIn({ client_id: 'another' });
        const { faults, of, paths } = await world.diagnose();

        expect(faults).toEqual(['login']);
        expect(of('login')).toContain('made with another app than SPOTIFY_CLIENT_ID names');
        expect(paths).toEqual([]);
      },
    ],
    'it was revoked a moment ago, though its access token lives on': [
      {},
      async (world) => {
        await world.logIn({
          access_token: 'still-good',
          access_token_expires_at: new Date(Date.now() + 3_000_000).toISOString(),
        });
        world.spotify.revokeLogins();
        const first = await world.diagnose();
        const second = await world.diagnose();

        expect(first.faults).toEqual(['login']);
        expect(first.of('login')).toMatch(/^fault: Spotify has refused .* revoked\. → Run npx/);
        expect(first.of('app')).toMatch(/^unknown/);
        expect(first.paths).toEqual(['/api/token']);
        expect(second.of('login')).toMatch(/^fault: Spotify has refused .* since \d{4}-/);
        expect(second.paths).toEqual([]);
      },
    ],
    'it ends today': [
      {},
      async (world) => {
        await world.logIn({ authorized_at: new Date(Date.now() - 190 * DAY_MS).toISOString() });
        const today = await world.diagnose();

        expect(today.faults).toEqual([]);
        expect(today.of('login')).toMatch(/^warning: .* 0 days left\. → Run .* before it ends\.$/);
      },
    ],
    'it lacks a scope': [
      {},
      async (world) => {
        await world.logIn({}, SCOPES.slice(0, 1));
        const { faults, of } = await world.diagnose();

        expect(faults).toEqual(['scopes']);
        expect(of('scopes')).toMatch(/^fault: playlist-read-collaborative missing\. → Run npx/);
      },
    ],
    'Spotify says that it lacks one, of a token given outright': [
      {},
      async (world) => {
        await world.logIn();
        always(
          world,
          { type: 'status', status: 403, body: 'json', message: 'Insufficient client scope' },
          /me\/playlists/,
        );
        const { faults, of } = await world.diagnose({
          SPOTIFY_REFRESH_TOKEN: 'canary-refresh',
          ...SECRET,
        });

        expect(faults).toEqual(['scopes']);
        expect(of('login')).toMatch(
          /^warning: .*REFRESH_TOKEN is used, not the login in \/.*\/\.local\/spotify-login\.json/,
        );
        expect(of('app')).toMatch(/^unknown/);
      },
    ],
    'its file is not JSON': [
      {},
      async (world) => {
        await world.program.writeLogin('{"canary":');
        const { faults, of, paths } = await world.diagnose();

        expect(faults).toEqual(['login']);
        expect(of('login')).toContain('/.local/spotify-login.json is not a login of this program');
        expect(paths).toEqual([]);
      },
    ],
    'it is to be in AWS, and there are no credentials': [
      {},
      async (world) => {
        const { of } = await world.diagnose(NO_AWS, '--store', 'aws');

        expect(of('login')).toMatch(/^fault: There are no AWS credentials\. .*--store aws/);
      },
    ],
    'it is to be in AWS, and in this region is none': [
      {},
      async (world) => {
        const secrets = await startSecretsServer();
        const env = {
          AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url.href,
          AWS_ACCESS_KEY_ID: 'canary',
          AWS_SECRET_ACCESS_KEY: 'canary',
        };
        const { of } = await world.diagnose(env, '--store', 'aws', '--region', 'eu-west-1');

        expect(of('login')).toBe(
          'fault: Nobody has logged in: there is no login in spotify-etl-local-login, AWS Secrets Manager, eu-west-1. → Run npx spotify-etl login --store aws --stage local --region eu-west-1',
        );
      },
    ],
  });
});

describe('the app', () => {
  cases({
    'the account is not on its list, told as JSON': [{ allowListed: 'json' }, expectNotListed],
    'the account is not on its list, told as text': [{ allowListed: 'text' }, expectNotListed],
    'its owner has no Premium, told as JSON': [{ premium: false }, expectNoPremium],
    'its owner has no Premium, told as text': [
      {},
      async (world) => {
        const message = 'Active premium subscription required for the owner of the app.';
        always(world, { type: 'status', status: 403, body: 'text', message }, /^\/v1/);
        await expectNoPremium(world);
      },
    ],
    'its secret is wrong: told, and that nothing needs it': [
      {},
      async (world) => {
        const { faults, of } = await afterLogin(world, { SPOTIFY_CLIENT_SECRET: 'canary-wrong' });

        expect(faults).toEqual([]);
        expect(of('client secret')).toMatch(/^warning: .*Invalid client secret.*or unset it\.$/);
        expect(of('app')).toMatch(/^ok/);
      },
    ],
    'its secret is wrong, and nobody has logged in': [
      {},
      async (world) => {
        const { faults, of } = await world.diagnose({ SPOTIFY_CLIENT_SECRET: 'canary-wrong' });

        expect(faults).toEqual(['login', 'client secret']);
        expect(of('client secret')).toMatch(/or log in\.$/);
      },
    ],
    'there is none': [
      {},
      async (world) => {
        const { faults, of } = await world.diagnose({ SPOTIFY_CLIENT_ID: '' }, '--stage', 'dev');

        expect(faults).toEqual(['environment']);
        expect(of('environment')).toMatch(
          /SPOTIFY_CLIENT_ID is not set.* → Correct that in \.env; .*login\.$/,
        );
      },
    ],
  });
});

async function expectNotListed(world: DoctorWorld): Promise<void> {
  const { faults, of } = await afterLogin(world);

  expect(faults).toEqual(['app']);
  expect(of('app')).toMatch(/not on this app's list of users\..*User Management/);
}

async function expectNoPremium(world: DoctorWorld): Promise<void> {
  const { faults, of } = await afterLogin(world);

  expect(faults).toEqual(['app']);
  expect(of('app')).toMatch(/owner has no active Premium.* → Fix that/);
}

describe('the quota', () => {
  const untilMs = Math.ceil(Date.now() / 1000) * 1000 + 5 * 3_600_000;
  const until = new Date(untilMs).toISOString();

  cases({
    'in a cooldown Spotify is asked nothing': [
      {},
      async (world) => {
        await writeState(world, { cooldown: { until, reason: 'quota' } });
        const { faults, of, paths } = await afterLogin(world, SECRET);

        expect(faults).toEqual(['cooldown']);
        expect(of('cooldown')).toContain(
          `asked us to stop calling until ${until}: the day's quota`,
        );
        expect(of('app')).toMatch(/^unknown/);
        expect(paths).toEqual([]);
      },
    ],
    'a cooldown is cleared by hand, even one of an older version that would last for centuries': [
      {},
      async (world) => {
        const hour = new Date().toISOString().slice(0, 13);
        await writeState(world, {
          calls: { [hour]: { playlist: 7 } },
          cooldown: { until: '9999-12-31T23:59:59.000Z', reason: 'quota' },
        });
        const before = await afterLogin(world);
        const clearing = await world.diagnose({}, '--clear-cooldown');
        const after = await world.diagnose({}, '--clear-cooldown');

        expect(before.faults).toEqual(['cooldown']);
        expect(before.of('cooldown')).toContain(
          'run npx spotify-etl doctor --stage local --clear-cooldown',
        );
        expect(before.paths).toEqual([]);
        expect(clearing.faults).toEqual([]);
        expect(clearing.of('cooldown')).toMatch(/^ok: Cleared; it would have lasted until 20/);
        expect(clearing.of('quota')).toMatch(/^ok: 7 calls in the last 24 hours/);
        expect(clearing.paths).toHaveLength(3);
        expect(after.of('cooldown')).toBe('ok: None.');
      },
    ],
    'a cooldown that Spotify still wants comes back after it was cleared': [
      { quota: 0 },
      async (world) => {
        await afterLogin(world);
        const clearing = await world.diagnose({}, '--clear-cooldown');
        const after = await world.diagnose();

        expect(clearing.of('cooldown')).toMatch(/^ok: Cleared/);
        expect(clearing.faults).toEqual(['app']);
        expect(after.faults).toEqual(['cooldown']);
      },
    ],
    'a spent budget is told, and nothing else is blamed for it': [
      {},
      async (world) => {
        const hour = new Date().toISOString().slice(0, 13);
        await writeState(world, { calls: { [hour]: { playlist: 820 } } });
        const { faults, of, paths } = await afterLogin(world, SECRET);

        expect(faults).toEqual(['quota']);
        expect(of('quota')).toMatch(
          /^fault: 820 calls in the last 24 hours, none left for loads\./,
        );
        expect(of('app')).toMatch(/^unknown: Skipped: the budget has too few/);
        expect(paths).toEqual([]);
      },
    ],
    'a quota that Spotify refuses for is told, and then kept': [
      { quota: 0 },
      async (world) => {
        const first = await afterLogin(world);
        const second = await world.diagnose();

        expect(first.faults).toEqual(['app']);
        expect(first.of('app')).toContain('daily quota');
        expect(second.faults).toEqual(['cooldown']);
        expect(second.paths).toEqual([]);
      },
    ],
  });
});

describe('what it stands on', () => {
  cases({
    'tables that nobody serves': [
      {},
      async (world) => {
        await world.logIn();
        const { faults, of } = await world.diagnose({ DYNAMODB_PORT: '1' });

        expect(faults).toEqual([]);
        expect(of('tables')).toMatch(
          /^warning: The local tables are not running\. .*npx spotify-etl local/,
        );
        expect(of('quota')).toMatch(/^ok/);
      },
    ],
    'tables that are not there, as in another region': [
      {},
      async (world) => {
        await world.logIn();
        const keys = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
        const { faults, of } = await world.diagnose(
          keys,
          ...['--stage', 'gone', '--region', 'eu-west-1', '--endpoint-url', dynamodb.url],
        );

        expect(faults).toEqual(['tables']);
        expect(of('tables')).toMatch(/no tables of stage gone at .*--region/);
      },
    ],
    'tables that keep silent': [
      {},
      async (world) => {
        await world.logIn();
        const silent = await startScriptedServer(() => ({ end: 'never' }));
        const { faults } = await world.diagnose({}, '--endpoint-url', silent.url.origin);

        expect(faults).toEqual(['tables']);
      },
    ],
    'a clock that is ten minutes off': [
      { now: () => Date.now() - 600_000 },
      async (world) => {
        const { faults, of } = await afterLogin(world);

        expect(faults).toEqual(['clock']);
        expect(of('clock')).toMatch(/^fault: (?:599|600|601) s ahead of Spotify's: .*NTP/);
      },
    ],
    'a Spotify that is down': [
      {},
      async (world) => {
        await world.logIn();
        always(world, { type: 'status', status: 502, body: 'html' });
        const { faults, of } = await world.diagnose(SECRET);

        expect(faults).toEqual(['app']);
        expect(of('app')).toMatch(/^fault: Spotify answered 502.* → Check the network/);
        expect(of('app')).not.toContain('written');
        expect(of('client secret')).toMatch(/^unknown/);
      },
    ],
    'a Spotify that keeps silent is not waited for as long': [
      {},
      async (world) => {
        await world.logIn();
        always(world, { type: 'hang' });
        const { faults, of, paths } = await world.diagnose(SECRET);

        // One wait of eight seconds, and no second one.
        expect(paths).toEqual(['/api/token']);
        expect(faults).toEqual(['app']);
        expect(of('app')).toContain('did not answer in time');
      },
    ],
    'an API that takes no page size is not asked again and again': [
      {},
      async (world) => {
        await world.logIn();
        always(
          world,
          { type: 'status', status: 400, body: 'json', message: 'Invalid limit' },
          /^\/v1/,
        );
        const { faults, paths } = await world.diagnose(SECRET);

        expect(faults).toEqual(['app']);
        expect(paths).toHaveLength(3);
      },
    ],
  });
});
