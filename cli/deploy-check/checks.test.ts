import type { Result } from '../../lib/result.ts';
import type { ServerlessYml } from '../../stack/serverless-yml.ts';
import type { Verdict } from '../doctor/check.ts';
import { judgeConcurrency, judgeSchedule } from './aws-checks.ts';
import type { PlaylistsFile, Stack } from './aws-findings.ts';
import { judgeDependencies, judgeNode, judgeRegion, judgeScheduleForm } from './machine-checks.ts';

const say = ({ fix, message, status }: Verdict): string =>
  `${status}: ${message}${fix === undefined ? '' : ` → ${fix}`}`;

describe('the machine', () => {
  test.each([
    ['22.13.0', 'ok: 22.13.0 (needs 22.13 or newer).'],
    ['24.1.0', 'ok: 24.1.0 (needs 22.13 or newer).'],
    ['22.12.9', 'fault: 22.12.9 is too old (needs 22.13 or newer). → Install'],
    ['9.20.0', 'fault: 9.20.0 is too old'],
  ])('Node %s: %s', (version, words) => {
    expect(say(judgeNode(version, '22.13.0'))).toContain(words);
  });

  test.each<[string, string | undefined, string | undefined, string]>([
    ['as locked', '4.3.1', '4.3.1', 'ok: Installed'],
    ['missing', '4.3.1', undefined, 'fault: Not installed: serverless. → Run npm ci.'],
    [
      'of another version',
      '4.3.1',
      '4.2.0',
      'warning: Other versions than in package-lock.json: server',
    ],
  ])('a package %s', (...[, locked, installed, said]) => {
    expect(say(judgeDependencies([{ name: 'serverless', locked, installed }]))).toContain(said);
  });

  test.each(['us-east-1', 'eu-central-1', 'us-gov-west-1', 'ap-southeast-5', 'cn-north-1'])(
    '%s is a region, whatever the environment says',
    (region) => {
      expect(judgeRegion(region, { AWS_REGION: 'nonsense' }).status).toBe('ok');
    },
  );
});

describe('the schedule', () => {
  type Parameters = ServerlessYml['parameters'];
  const OFF = { schedule: 'rate(1 day)', scheduleState: 'DISABLED', missingAfterHours: 26 };
  const ON = { ...OFF, scheduleState: 'ENABLED' };
  const file = (value: PlaylistsFile | undefined): Result<PlaylistsFile | undefined> => ({
    ok: true,
    value,
  });

  test.each<[string, Parameters, Result<PlaylistsFile | undefined> | undefined, string]>([
    ['off', OFF, undefined, 'ok: Off.'],
    ['on, before there is a bucket', ON, undefined, 'warning: rate(1 day), and no bucket yet: not'],
    [
      'on, with a file',
      ON,
      file({ rows: 12, pending: 3 }),
      'ok: rate(1 day): playlists.csv has 12 rows, 3 pending.',
    ],
    [
      'on, without a file',
      ON,
      file(undefined),
      '→ aws s3 cp playlists.csv s3://made-up-name/playlists.csv',
    ],
    [
      'on, with a file that is not one',
      ON,
      { ok: false, error: new Error('Line 2 has 3 fields.') },
      'warning: rate(1 day); Line 2 has 3 fields. → Correct the file.',
    ],
    [
      'on, with pauses longer than its alarm waits',
      { ...ON, schedule: 'rate(7 days)' },
      undefined,
      'warning: rate(7 days) is longer than missingAfterHours (26): the alarm playlists-missing would',
    ],
    [
      'on, with pauses as long as its alarm waits',
      { ...ON, schedule: 'rate(7 days)', missingAfterHours: 168 },
      undefined,
      'warning: rate(7 days), and no bucket yet',
    ],
    ['off, with long pauses', { ...OFF, schedule: 'rate(7 days)' }, undefined, 'ok: Off.'],
    [
      'that CloudFormation would refuse',
      { ...OFF, schedule: '1 day' },
      undefined,
      'fault: 1 day is not a schedule such as rate(',
    ],
    [
      'in no state',
      { ...OFF, scheduleState: 'on' },
      undefined,
      'fault: scheduleState is on, neither ENABLED',
    ],
  ])('%s', (...[, parameters, found, words]) => {
    const verdict =
      judgeScheduleForm(parameters) ?? judgeSchedule(parameters, 'made-up-name', found);

    expect(say(verdict)).toContain(words);
  });
});

describe('reserved concurrency', () => {
  const STACK: Stack = { status: 'UPDATE_COMPLETE', resources: new Map() };

  test.each<[string, number, Stack | undefined, string]>([
    ['fits', 12, undefined, 'ok: 2 reserved, of 12'],
    [
      'does not fit into a fresh account',
      10,
      undefined,
      'fault: The account has 10 free, and 10 must stay free: 2 cannot be reserved. → Remove',
    ],
    ['that a stack has already is not taken twice', 10, STACK, 'ok: 2 reserved, of 10'],
  ])('%s', (...[, free, stack, words]) => {
    expect(say(judgeConcurrency(free, 2, stack))).toContain(words);
  });
});
