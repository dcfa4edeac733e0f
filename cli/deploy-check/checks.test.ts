import type { Found, LoginState } from '../../app/examination.ts';
import type { ServerlessYml } from '../../stack/serverless-yml.ts';
import type { Check } from '../doctor/check.ts';
import { stackChecks, unaskedChecks } from './aws-checks.ts';
import type { AwsFindings } from './aws-findings.ts';
import { AwsRefusal } from './aws-query.ts';
import { dependenciesCheck, nodeCheck, regionCheck } from './machine-checks.ts';

const good = <Value>(value: Value): Found<Value> => ({ ok: true, value });
const bad = (error: unknown): { ok: false; error: unknown } => ({ ok: false, error });
const say = ({ fix, message, status }: Check): string =>
  `${status}: ${message}${fix === undefined ? '' : ` → ${fix}`}`;

const NOBODY: Found<LoginState | undefined> = good(undefined);
const NOTHING: AwsFindings = {
  stack: good(undefined),
  tables: new Map(),
  login: NOBODY,
  freeConcurrency: undefined,
  playlistsFile: undefined,
};
const WITH_BUCKET = good({
  status: 'UPDATE_COMPLETE',
  resources: new Map([['PlaylistsBucket', 'made-up-name']]),
});

type Parameters = ServerlessYml['parameters'];

const ymlWith = (parameters: Parameters): ServerlessYml => ({
  stackName: 'spotify-etl-dev',
  plugins: [],
  parameters: {
    schedule: 'rate(1 day)',
    scheduleState: 'DISABLED',
    walkMissingAfterHours: 26,
    ...parameters,
  },
  tableNames: { playlist: 'p', track: 't', album: 'l', artist: 'a' },
  stateTable: 's',
  tokenSecret: 'login',
  resources: {},
  resolveNames: (text) => text,
});

function sayOf(name: string, findings: Partial<AwsFindings>, parameters: Parameters = {}): string {
  const yml = ymlWith(parameters);
  const checks = stackChecks({ ...NOTHING, ...findings }, { stage: 'dev', yml });
  const found = checks.find((check) => check.name === name);
  return found === undefined ? 'none' : say(found);
}

describe('the machine', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
    ['20.18.9', 'fault'],
    ['9.20.0', 'fault'],
  ])('Node %s: %s', (version, status) => {
    expect(nodeCheck(version, '20.19.0').status).toBe(status);
  });

  test.each<[string, string | undefined, string | undefined, string]>([
    ['as locked', '4.3.1', '4.3.1', 'ok: Installed'],
    ['missing', '4.3.1', undefined, 'fault: Not installed: serverless. → Run npm ci.'],
    ['of another version', '4.3.1', '4.2.0', 'warning: Not as package-lock.json has them: server'],
  ])('a package %s', (...[, locked, installed, said]) => {
    expect(say(dependenciesCheck([{ name: 'serverless', locked, installed }]))).toContain(said);
  });

  test.each(['us-east-1', 'eu-central-1', 'us-gov-west-1', 'ap-southeast-5', 'cn-north-1'])(
    '%s is a region, whatever the environment says',
    (region) => {
      expect(regionCheck(region, { AWS_REGION: 'nonsense' }).status).toBe('ok');
    },
  );
});

describe('the schedule', () => {
  const ON = { scheduleState: 'ENABLED' };
  const FILE = { rows: 12, pending: 3 };

  test.each<[string, Partial<AwsFindings>, Parameters, string]>([
    ['off', {}, {}, 'ok: Off.'],
    ['on, before there is a bucket', {}, ON, 'warning: rate(1 day), and no bucket yet: it starts'],
    [
      'on, with a file',
      { stack: WITH_BUCKET, playlistsFile: good(FILE) },
      ON,
      'ok: rate(1 day): playlists.csv has 12 rows, 3 pending.',
    ],
    [
      'on, without a file',
      { stack: WITH_BUCKET, playlistsFile: good(undefined) },
      ON,
      '→ aws s3 cp playlists.csv s3://made-up-name/playlists.csv',
    ],
    [
      'on, with a file that is none',
      { stack: WITH_BUCKET, playlistsFile: bad(new Error('Line 2 has 3 fields.')) },
      ON,
      'warning: rate(1 day); Line 2 has 3 fields. → Correct the file.',
    ],
    [
      'on, with pauses longer than its alarm waits',
      {},
      { ...ON, schedule: 'rate(7 days)' },
      'warning: rate(7 days) is longer than walkMissingAfterHours (26): the alarm walk-missing would',
    ],
    [
      'on, with pauses as long as its alarm waits',
      {},
      { ...ON, schedule: 'rate(7 days)', walkMissingAfterHours: 168 },
      'warning: rate(7 days), and no bucket yet',
    ],
    ['off, with long pauses', {}, { schedule: 'rate(7 days)' }, 'ok: Off.'],
    ['that CloudFormation would refuse', {}, { schedule: '1 day' }, 'fault: 1 day is none: rate('],
    ['in no state', {}, { scheduleState: 'on' }, 'fault: scheduleState is on, neither ENABLED'],
  ])('%s', (...[, findings, parameters, said]) => {
    expect(sayOf('schedule', findings, parameters)).toContain(said);
  });

  test('of a wrong form is told though AWS could not be asked', () => {
    const checks = unaskedChecks(ymlWith({ schedule: 'daily' }));

    expect(checks.filter(({ status }) => status === 'fault').map(({ name }) => name)).toEqual([
      'schedule',
    ]);
  });
});

describe('reserved concurrency', () => {
  const TWO = { reservedConcurrency: 2 };

  test.each<[string, Partial<AwsFindings>, string]>([
    ['is not looked at where none is reserved', {}, 'none'],
    ['fits', { freeConcurrency: good(12) }, 'ok: 2 of the 12'],
    [
      'does not fit into a fresh account',
      { freeConcurrency: good(10) },
      'fault: The account has 10 free, and 10 of them must stay so: 2 cannot be reserved. → Take',
    ],
    [
      'that a stack has already is not taken twice',
      { freeConcurrency: good(10), stack: WITH_BUCKET },
      'ok: 2 of the 10',
    ],
    [
      'may be beyond who asks',
      { freeConcurrency: bad(new AwsRefusal('AccessDeniedException', 'No.')) },
      'unknown: AWS does not let you look: you lack lambda:GetAccountSettings.',
    ],
  ])('%s', (_what, findings, said) => {
    expect(sayOf('concurrency', findings, TWO)).toContain(said);
  });
});

test('tables of which AWS says nothing are not called missing', () => {
  const tables = new Map([['p', bad(new AwsRefusal('AccessDenied', 'No.'))]]);

  expect(sayOf('tables', { tables })).toContain('you lack dynamodb:DescribeTable');
  expect(sayOf('tables', { stack: bad(new Error('x')) })).toContain('unknown: Not asked');
});
