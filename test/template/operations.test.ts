/** Metrics, alarms, dashboard and runbook say the same: what real runs publish against the packaged template and the docs. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { createStageAlbums } from '../../app/albums-app.ts';
import { createApp } from '../../app/app.ts';
import { parseConfig, parsePlaysConfig } from '../../app/config.ts';
import { createPlaysApp } from '../../app/plays-app.ts';
import { createReportBucket } from '../../app/report-bucket.ts';
import { createSyncApp } from '../../app/sync-app.ts';
import { logInAnew } from '../../local/simulator/test-login.ts';
import { FileTokenStore } from '../../spotify/login/file-token-store.ts';
import { readServerlessYml } from '../../stack/serverless-yml.ts';
import { openBucket } from '../../stores/s3/bucket.ts';
import { createMemoryStore } from '../../trigger/playlists-store.ts';
import { packagedStack } from '../support/packaged-stack.ts';
import { startS3Server } from '../support/s3-server.ts';
import type { Template } from '../support/template.ts';
import * as templates from '../support/template.ts';
import type { World } from '../support/world.ts';

const SERVICE = 'spotify-etl';
const STAGE = 'dev';
const SCOPES = [
  ...['playlist-read-private', 'playlist-read-collaborative', 'user-library-read'],
  'user-read-recently-played',
  ...['playlist-modify-private', 'playlist-modify-public'],
];
const NAMESPACE = `${SERVICE}-${STAGE}`;

/** What AWS publishes of itself, as far as it is used here. */
const AWS_METRICS: Readonly<Record<string, readonly string[]>> = {
  'AWS/Lambda': ['Errors', 'Throttles', 'Duration', 'Invocations'],
  'AWS/ApiGateway': ['4XXError', '5XXError'],
  'AWS/DynamoDB': ['ReadThrottleEvents', 'WriteThrottleEvents'],
  'AWS/SQS': ['ApproximateNumberOfMessagesVisible'],
  'AWS/States': ['ExecutionsStarted', 'ExecutionsFailed'],
};

/** A metric as an alarm or a widget names it. */
type Metric = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
};

const alarmSchema = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.unknown()),
  ComparisonOperator: z.string(),
  Threshold: z.number(),
  Period: z.number(),
  EvaluationPeriods: z.number(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore']),
  Statistic: z.optional(z.string()),
  ExtendedStatistic: z.optional(z.string()),
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })),
});
type Alarm = z.infer<typeof alarmSchema>;

const widgetSchema = z.object({
  type: z.enum(['metric', 'text']),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  properties: z.object({
    title: z.optional(z.string()),
    region: z.optional(z.string()),
    view: z.optional(z.enum(['timeSeries', 'gauge', 'singleValue'])),
    yAxis: z.optional(z.object({ left: z.object({ min: z.number(), max: z.number() }) })),
    metrics: z._default(z.array(z.array(z.union([z.string(), z.object({})]))), []),
  }),
});
const dashboardSchema = z.object({ widgets: z.array(widgetSchema) });

const emfSchema = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
      }),
    ),
  }),
});

let template: Template;
let runbook: string;
let costs: string;
/** What real runs wrote: good ones, and one that fails for each of the reasons there are. */
const lines: Record<string, unknown>[] = [];

const propertiesOf = (id: string): Template['Resources'][string]['Properties'] =>
  template.Resources[id]?.Properties ?? {};
const resourcesOf = (type: string): Template['Resources'][string][] =>
  Object.values(templates.resourcesOf(template, type));
/** Where a resource is there only in some deploys: when. */
const conditionOf = (resource: object): unknown =>
  Object.entries(resource).find(([key]) => key === 'Condition')?.[1];

function alarms(): Alarm[] {
  return resourcesOf('AWS::CloudWatch::Alarm').map(({ Properties }) =>
    alarmSchema.parse(Properties),
  );
}

const shortName = ({ AlarmName }: Pick<Alarm, 'AlarmName'>): string =>
  AlarmName.replace(`${NAMESPACE}-`, '');
const alarm = (name: string): Alarm | undefined =>
  alarms().find((candidate) => shortName(candidate) === name);

/** A name, where the template refers to a function by its logical ID. */
function resolve(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref } = z.object({ Ref: z.string() }).parse(value);
  const { FunctionName, StateMachineName } = propertiesOf(Ref);
  return z.string().parse(FunctionName ?? StateMachineName);
}

function metricOf({ Dimensions, MetricName, Namespace }: Alarm): Metric {
  return {
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, resolve(Value)])),
  };
}

function dashboard(): z.infer<typeof dashboardSchema> {
  const { DashboardBody } = z
    .object({ DashboardBody: z.object({ 'Fn::Sub': z.string() }) })
    .parse(propertiesOf('Dashboard'));
  return dashboardSchema.parse(JSON.parse(DashboardBody['Fn::Sub']));
}

function metricsOfDashboard(): Metric[] {
  return dashboard().widgets.flatMap(({ properties }) =>
    properties.metrics.map((metric) => {
      const [namespace = '', name = '', ...rest] = metric.filter(
        (part) => typeof part === 'string',
      );
      const pairs = Array.from({ length: rest.length / 2 }, (_, index) => [
        rest[index * 2] ?? '',
        rest[index * 2 + 1] ?? '',
      ]);
      return { namespace, name, dimensions: Object.fromEntries(pairs) };
    }),
  );
}

const usedMetrics = (): Metric[] => [...alarms().map(metricOf), ...metricsOfDashboard()];

/** As text, to compare. */
const nameOf = ({ dimensions, name }: Metric): string =>
  [name, ...Object.entries(dimensions).map(([key, value]) => `${key}=${value}`)].join(' ');

/** All combinations that were published, in every namespace. */
function publishedMetrics(): Metric[] {
  return metricsOf(lines);
}

function metricsOf(of: readonly Record<string, unknown>[]): Metric[] {
  return of
    .filter((line) => '_aws' in line)
    .flatMap((line) => {
      const { _aws } = emfSchema.parse(line);
      return _aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics, Namespace }) =>
        Dimensions.flatMap((dimensions) =>
          Metrics.map(({ Name }) => ({
            namespace: Namespace,
            name: Name,
            dimensions: Object.fromEntries(dimensions.map((key) => [key, String(line[key])])),
          })),
        ),
      );
    });
}

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** Answers of all kinds, from functions as they are deployed. */
async function makeRuns(world: World, tokenFile: string): Promise<unknown[]> {
  const { catalogue } = world.spotify;
  const { refreshToken } = await logInAnew(world.spotify, {
    usesPkce: true,
    scope: SCOPES.join(' '),
  });
  await new FileTokenStore(tokenFile).replace({
    refresh_token: refreshToken,
    client_id: world.spotify.credentials.clientId,
    authorized_at: new Date(world.clock.now()).toISOString(),
    scopes: SCOPES,
  });
  const { id } = catalogue.playlistOfSize(51);
  const answers = [await world.ingest(id), await world.ingest(id), await world.playlists()];
  answers.push(await world.ingest('spotify:album:0sNOF9WDwhWunNAHPD3Baj'));
  world.spotify.addFault({
    times: 'always',
    match: { path: /^\/v1/ },
    action: { type: 'status', status: 429, body: 'text', retryAfter: '7200' },
  });
  answers.push(await world.ingest(catalogue.playlistOfSize(50).id));
  world.spotify.clearFaults();
  world.clock.jump(7_300_000);
  await makePolls(world, dirname(tokenFile));
  await makeSync(world);
  await makeAlbums(world);
  // A table that is not there is nothing anybody foresaw.
  const { ALBUM_TABLE: albumTable = '' } = world.environment;
  world.environment.ALBUM_TABLE = 'no-such-table';
  world.restart();
  answers.push(await world.ingest(catalogue.playlistOfSize(49).id));
  world.environment.ALBUM_TABLE = albumTable;
  world.spotify.revokeLogins();
  // The access token that is stored with the login lasts an hour.
  world.clock.jump(3_700_000);
  world.restart();
  answers.push(await world.ingest(id));
  return answers.map(({ body }) => body.code ?? body.status ?? 'listed');
}

/** What the functions of the state machine publish: a load that waits, and answers that are recorded. */
async function makeExecution({ clock, environment, spotify }: World): Promise<void> {
  const { createLoadHandler } = await import('../../handlers/load.ts');
  const { createRecordHandler } = await import('../../handlers/record.ts');
  const s3 = await startS3Server();
  s3.write('bucket/playlists.csv', 'playlist_uri,request_sent,response\n');
  const open = openBucket({ bucket: 'bucket', region: 'us-east-1', endpoint: s3.url });
  const getApp = () => createApp(parseConfig(environment), { clock });
  spotify.addFault({
    match: { path: /^\/v1/ },
    action: { type: 'status', status: 429, body: 'text', retryAfter: '7200' },
  });
  const { id } = spotify.catalogue.playlistOfSize(50);
  const input = { playlist_uri: id, started_at: new Date(clock.now()).toISOString() };
  const context = { awsRequestId: 'load-1', getRemainingTimeInMillis: () => 900_000 };
  const { answers } = await createLoadHandler({ clock, getApp })(input, context);
  const body = JSON.stringify({ answers });
  await createRecordHandler(() => open)({ Records: [{ messageId: '1', body }] });
  await s3.close();
}

/** A scheduled poll, and one that only tries. */
async function makePolls({ clock, environment }: World, folder: string): Promise<void> {
  const { createPlaysHandler } = await import('../../handlers/plays.ts');
  // On AWS it is on a server.
  const variables = { ...environment, TURSO_DATABASE_URL: join(folder, 'library.db') };
  const poll = createPlaysHandler({
    clock,
    openApp: () => createPlaysApp(parsePlaysConfig(variables), clock),
  });
  const context = { getRemainingTimeInMillis: () => 60_000 };
  await poll({ dryRun: true }, { ...context, awsRequestId: 'poll-1' });
  await poll({}, { ...context, awsRequestId: 'poll-2' });
}

/** A scheduled sync of one pair. */
async function makeSync({ clock, environment, spotify }: World): Promise<void> {
  const { createSyncHandler } = await import('../../handlers/sync.ts');
  const sender = { putEvents: () => Promise.resolve(), publish: () => Promise.resolve() };
  const place = { STAGE, ALARM_TOPIC_ARN: 'alarms', DIGEST_TOPIC_ARN: 'digest' };
  const { items } = spotify.catalogue.playlistOfSize(50);
  const [source, target] = ['One', 'Two'].map((name) => spotify.addPlaylist(name, items).id);
  const file = `name,source,target,apply\nPair,${source},${target},auto\n`;
  const sync = createSyncHandler({
    clock,
    openApp: () => createSyncApp(parseConfig(environment), place, { clock, sender }),
    openFile: () => createMemoryStore(Buffer.from(file)),
  });
  await sync({}, { awsRequestId: 'sync-1', getRemainingTimeInMillis: () => 900_000 });
}

/** A weekly report on one artist, and a start that finds it there. */
async function makeAlbums({ clock, environment, spotify }: World): Promise<void> {
  const { createAlbumsHandler } = await import('../../handlers/albums.ts');
  const s3 = await startS3Server();
  const open = openBucket({ bucket: 'bucket', region: 'us-east-1', endpoint: s3.url });
  const [artist = ''] = spotify.catalogue.artists.keys();
  const report = createAlbumsHandler({
    clock,
    openApp: () => createStageAlbums(parseConfig(environment), { clock }),
    openFile: () => createMemoryStore(Buffer.from(`${artist}\n`)),
    openReports: () => createReportBucket(open),
  });
  const context = { getRemainingTimeInMillis: () => 900_000 };
  await report({}, { ...context, awsRequestId: 'albums-1' });
  await report({ goOn: true }, { ...context, awsRequestId: 'albums-2' });
  await s3.close();
}

beforeAll(async () => {
  ({ template } = await packagedStack(STAGE));
  runbook = await readFile('docs/operations.md', 'utf8');
  costs = await readFile('docs/cost.md', 'utf8');
  const { Variables } = z
    .object({ Variables: z.record(z.string(), z.unknown()) })
    .parse(propertiesOf('IngestLambdaFunction').Environment);
  // Logger and metrics take these when they are built.
  process.env.POWERTOOLS_LOG_LEVEL = 'INFO';
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
  // As Lambda says of a container that a caller had to wait for.
  process.env.AWS_LAMBDA_INITIALIZATION_TYPE = 'on-demand';
  process.env.POWERTOOLS_METRICS_NAMESPACE = String(Variables.POWERTOOLS_METRICS_NAMESPACE);
  const { createWorld } = await import('../support/world.ts');
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-operations-'));
  const tokenFile = join(folder, 'login.json');
  const world = await createWorld({
    variables: { SPOTIFY_REFRESH_TOKEN: '', SPOTIFY_TOKEN_FILE: tokenFile },
  });
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      for (const line of String(text).split('\n').filter(Boolean)) {
        lines.push(JSON.parse(line) as Record<string, unknown>);
      }
      return true;
    });
  }
  let ended: unknown[];
  try {
    ended = await makeRuns(world, tokenFile);
    const another = await createWorld();
    await makeExecution(another).finally(another.close);
  } finally {
    jest.restoreAllMocks();
    await world.close();
    await rm(folder, { recursive: true });
  }
  expect(ended).toEqual([
    'loaded',
    'unchanged',
    'listed',
    'INVALID_PLAYLIST_URI',
    'SPOTIFY_RATE_LIMITED',
    'INTERNAL',
    'REAUTH_REQUIRED',
  ]);
});

describe('Every alarm', () => {
  test('tells the one topic, and points to its section of the runbook', () => {
    for (const { AlarmActions, AlarmDescription, ...one } of alarms()) {
      expect(AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
      expect(AlarmDescription).toMatch(new RegExp(`docs/operations\\.md, ${shortName(one)}$`));
    }
  });

  test('has its section in the runbook, which has no other', () => {
    const sections = [...runbook.matchAll(/^### `([^`]+)`$/gm)].map(([, name]) => name ?? '');

    expect(sorted([...alarms().map(shortName), 'budget'])).toEqual(sorted(sections));
    expect(sections).toEqual([...new Set(sections)]);
  });

  test('says what it makes of silence', () => {
    const bySilence = (treated: Alarm['TreatMissingData']): string[] =>
      alarms()
        .filter(({ TreatMissingData }) => TreatMissingData === treated)
        .map(shortName)
        .sort();

    // Nobody runs anything for days: only of a schedule that is on is that a fault.
    expect(bySilence('breaching')).toEqual(['playlists-missing', 'plays-missing']);
    // The last state of Spotify or the login still holds.
    expect(bySilence('ignore')).toEqual(['cooldown', 'plays-quiet', 'token-days-left']);
  });
});

describe('An alarm', () => {
  test('reads as few metrics as the cost page says, since each is paid for', () => {
    const countBy = (condition?: string): number =>
      resourcesOf('AWS::CloudWatch::Alarm').filter((one) => conditionOf(one) === condition).length;
    const playlists = `${countBy('PlaylistsAreScheduled')} more while playlists is scheduled`;
    const plays = `${countBy('PlaysAreScheduled')} more while plays is`;
    const sync = `${countBy('SyncIsScheduled')} more while sync is`;
    const albums = `${countBy('AlbumsAreScheduled')} more while albums is`;

    expect(costs).toContain(
      `${countBy()} alarm metrics, ${playlists}, ${plays}, ${sync}, ${albums}`,
    );
  });

  test.each(['ingest', 'playlists'])('on the time of %s is at 80 %% of what it has', (name) => {
    const ids = resourcesOf('AWS::Lambda::Function').filter(
      ({ Properties }) => Properties.FunctionName === `${NAMESPACE}-${name}`,
    );
    const timeouts = ids.map(({ Properties }) => Number(Properties.Timeout));

    expect(timeouts).toHaveLength(1);
    expect(alarm(`${name}-duration`)).toMatchObject({
      ExtendedStatistic: 'p99',
      Threshold: (timeouts[0] ?? 0) * 1000 * 0.8,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    // The dashboard has a line there.
    expect(JSON.stringify(template.Resources.Dashboard)).toContain(
      `\\"value\\": ${(timeouts[0] ?? 0) * 1000}, \\"label\\": \\"cut off\\"`,
    );
  });

  test.each<[string, Partial<Alarm>]>([
    ['cooldown', { Threshold: 3_600, Statistic: 'Maximum' }],
    ['token-days-left', { Threshold: 30, Statistic: 'Minimum' }],
    ['runs-broken', { Threshold: 0, Statistic: 'Sum' }],
    ['ingest-errors', { Threshold: 0, Statistic: 'Sum' }],
    ['playlists-throttles', { Threshold: 0, Statistic: 'Sum' }],
  ])('%s is where the runbook says', (name, expected) => {
    expect(alarm(name)).toMatchObject(expected);
  });

  test('on a missing start waits for as long as is said beside the schedule, and a start a day is in time', async () => {
    const { parameters } = await readServerlessYml('serverless.yml', STAGE);
    const { schedule, missingAfterHours } = parameters;
    const { template: onWeekdays } = await packagedStack('custom');

    expect(schedule).toBe('rate(1 day)');
    expect(missingAfterHours).toBeGreaterThan(24);
    expect(alarm('playlists-missing')).toMatchObject({
      Period: 3_600,
      EvaluationPeriods: missingAfterHours,
      AlarmDescription: expect.stringContaining(`for ${missingAfterHours} hours.`),
    });
    expect(onWeekdays.Resources.PlaylistsMissingAlarm).toMatchObject({
      Properties: {
        EvaluationPeriods: '74',
        AlarmDescription: expect.stringContaining('for 74 hours.'),
      },
    });
    expect(runbook).toContain(`(default ${missingAfterHours})`);
  });

  test.each(['Playlists', 'Plays', 'Sync', 'Albums'])(
    'lets no other group use the role that starts %s',
    (name) => {
      expect(propertiesOf(`${name}Schedule`).GroupName).toEqual({ Ref: 'WalkScheduleGroup' });
      expect(propertiesOf(`${name}ScheduleRole`)).toMatchObject({
        AssumeRolePolicyDocument: {
          Statement: [
            {
              Principal: { Service: 'scheduler.amazonaws.com' },
              Condition: {
                StringEquals: {
                  'aws:SourceAccount': { Ref: 'AWS::AccountId' },
                  'aws:SourceArn': { 'Fn::GetAtt': ['WalkScheduleGroup', 'Arn'] },
                },
              },
            },
          ],
        },
      });
    },
  );

  test('on failed starts counts the tries that the runbook speaks of', () => {
    expect(propertiesOf('PlaylistsSchedule')).toMatchObject({
      State: 'DISABLED',
      Target: {
        Arn: { Ref: 'PlaylistsMachine' },
        RetryPolicy: { MaximumRetryAttempts: 2 },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['PlaylistsDeadLetters', 'Arn'] } },
        Input: JSON.stringify({ refresh: true }),
      },
    });
    expect(runbook).toMatch(/did not reach the state machine in three tries/);
    expect(propertiesOf('Answers')).toMatchObject({ RedrivePolicy: { maxReceiveCount: 5 } });
    expect(runbook).toMatch(/could not be recorded in five tries/);
  });

  test('on missing polls goes off after an hour, which three polls are in time for', async () => {
    const { parameters } = await readServerlessYml('serverless.yml', STAGE);

    expect(parameters).toMatchObject({
      playsSchedule: 'rate(20 minutes)',
      playsScheduleState: 'DISABLED',
    });
    expect(alarm('plays-missing')).toMatchObject({
      ...{ Statistic: 'SampleCount', ComparisonOperator: 'LessThanThreshold', Threshold: 1 },
      ...{ Period: 1_200, EvaluationPeriods: 3 },
    });
  });

  test('on failed polls is about starts that are given up before the next one', () => {
    expect(propertiesOf('PlaysSchedule')).toMatchObject({
      ...{ State: 'DISABLED', FlexibleTimeWindow: { Mode: 'OFF' } },
      Target: {
        Input: '{}',
        RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 240 },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['PlaysDeadLetters', 'Arn'] } },
      },
    });
    expect(propertiesOf('PlaysLambdaEvConf')).toMatchObject({ MaximumRetryAttempts: 0 });
    expect(propertiesOf('PlaysLambdaFunction')).toMatchObject({
      Timeout: 60,
      Environment: {
        Variables: {
          TURSO_DATABASE_URL: '',
          TURSO_TOKEN_SECRET: 'spotify-etl-dev-turso',
        },
      },
    });
    expect(JSON.stringify(template.Resources).match(/TURSO_DATABASE_URL/g)).toHaveLength(1);
  });

  test('on a sync comes with a schedule on Mondays, in a time zone that can be chosen', () => {
    expect(propertiesOf('SyncSchedule')).toMatchObject({
      ...{ ScheduleExpression: 'cron(0 6 ? * MON *)', ScheduleExpressionTimezone: 'UTC' },
      ...{ State: 'DISABLED', FlexibleTimeWindow: { Mode: 'OFF' } },
      Target: {
        Input: '{}',
        RetryPolicy: { MaximumRetryAttempts: 2 },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['SyncDeadLetters', 'Arn'] } },
      },
    });
    expect(propertiesOf('SyncLambdaEvConf')).toMatchObject({ MaximumRetryAttempts: 0 });
    expect(propertiesOf('SyncLambdaFunction')).toMatchObject({ Timeout: 900 });
  });

  test('on an album report comes with a schedule on Thursdays, in a time zone, and one that goes on', () => {
    const target = {
      RetryPolicy: { MaximumRetryAttempts: 2 },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['AlbumsDeadLetters', 'Arn'] } },
    };
    const isOff = { State: 'DISABLED', FlexibleTimeWindow: { Mode: 'OFF' } };
    expect(propertiesOf('AlbumsSchedule')).toMatchObject({
      ...{ ScheduleExpression: 'cron(42 17 ? * THU *)', ScheduleExpressionTimezone: 'UTC' },
      ...{ ...isOff, Target: { Input: '{}', ...target } },
    });
    expect(propertiesOf('AlbumsNextDaysSchedule')).toMatchObject({
      ...{ ScheduleExpression: 'rate(5 hours)', ...isOff },
      ...{ GroupName: { Ref: 'WalkScheduleGroup' } },
      Target: { Input: '{"goOn":true}', ...target },
    });
    expect(propertiesOf('AlbumsLambdaEvConf')).toMatchObject({ MaximumRetryAttempts: 0 });
    expect(propertiesOf('AlbumsLambdaFunction')).toMatchObject({ Timeout: 900 });
  });

  test('on a schedule is only there while that is on', () => {
    const conditional = resourcesOf('AWS::CloudWatch::Alarm')
      .map((one) => [conditionOf(one), one.Properties.AlarmName])
      .filter(([condition]) => condition !== undefined);

    expect(conditional).toEqual([
      ...['missing', 'failed', 'waiting', 'dead-letters'].map((name) => [
        'PlaylistsAreScheduled',
        `${NAMESPACE}-playlists-${name}`,
      ]),
      ['PlaylistsAreScheduled', `${NAMESPACE}-answers-dead-letters`],
      ...['missing', 'errors', 'gap', 'quiet', 'dead-letters'].map((name) => [
        'PlaysAreScheduled',
        `${NAMESPACE}-plays-${name}`,
      ]),
      ...['errors', 'dead-letters'].map((name) => ['SyncIsScheduled', `${NAMESPACE}-sync-${name}`]),
      ...['errors', 'dead-letters'].map((name) => [
        'AlbumsAreScheduled',
        `${NAMESPACE}-albums-${name}`,
      ]),
    ]);
  });
});

describe('A metric', () => {
  test('of ours that an alarm or the dashboard reads is one that runs publish, and the other way round', () => {
    const ours = usedMetrics().filter(({ namespace }) => namespace === NAMESPACE);

    expect(sorted(ours.map(nameOf))).toEqual(sorted(publishedMetrics().map(nameOf)));
    expect(sorted(publishedMetrics().map(({ namespace }) => namespace))).toEqual([NAMESPACE]);
  });

  test('of ours has a line in the runbook, which has no other', () => {
    const described = [...runbook.matchAll(/^\| (`[A-Z][^|]*`) \|/gm)].flatMap(([, names]) =>
      (names ?? '').replaceAll('`', '').split(', '),
    );

    expect(sorted(publishedMetrics().map(({ name }) => name))).toEqual(described.sort());
  });

  test("of AWS's is one it has, of a function, a table or the API of this stack", () => {
    const theirs = usedMetrics().filter(({ namespace }) => namespace !== NAMESPACE);
    const named = (type: string, property: string): string[] =>
      resourcesOf(type).map(({ Properties }) => String(Properties[property]));
    const known: Readonly<Record<string, readonly string[]>> = {
      FunctionName: named('AWS::Lambda::Function', 'FunctionName'),
      TableName: named('AWS::DynamoDB::Table', 'TableName'),
      ApiName: named('AWS::ApiGateway::RestApi', 'Name'),
      Stage: [STAGE],
      QueueName: named('AWS::SQS::Queue', 'QueueName'),
      StateMachineArn: [
        ...named('AWS::StepFunctions::StateMachine', 'StateMachineName'),
        '${PlaylistsMachine}',
      ],
    };

    expect(theirs.length).toBeGreaterThan(0);
    for (const { dimensions, name, namespace } of theirs) {
      expect(AWS_METRICS[namespace]).toContain(name);
      for (const [key, value] of Object.entries(dimensions)) expect(known[key]).toContain(value);
    }
  });

  test('has as few combinations of dimensions as the cost page says, since each is paid for by the month', () => {
    expect(costs).toContain(`${sorted(publishedMetrics().map(nameOf)).length} custom metrics`);
    expect(sorted(publishedMetrics().flatMap(({ dimensions }) => Object.keys(dimensions)))).toEqual(
      ['outcome', 'service'],
    );
  });

  test('of a poll is one of the ten that the cost page counts: one every 20 minutes is paid for all day', () => {
    const polled = metricsOf(lines.filter((line) => line.function === 'plays'));

    expect(sorted(polled.map(nameOf))).toHaveLength(10);
    expect(costs).toContain('| 10 custom metrics, published in every hour;');
  });

  test('stands in a line beside function and run, which are no dimensions', () => {
    const runs = lines.filter((line) => 'Runs' in line);

    expect(runs.map(({ outcome }) => outcome)).toEqual([
      'loaded',
      'unchanged',
      'listed',
      'skippable',
      'retriable',
      ...['polled', 'polled'],
      ...['synced', 'reported'],
      'defect',
      'fatal',
      // The load of a state machine.
      'retriable',
    ]);
    expect(runs.map((line) => line.function)).toEqual([
      'ingest',
      'ingest',
      'playlists',
      ...['ingest', 'ingest', 'plays', 'plays', 'sync', 'albums', 'ingest', 'ingest', 'load'],
    ]);
    expect(runs.every(({ run_id }) => typeof run_id === 'string')).toBe(true);
  });

  test('of a run says what the run said', () => {
    const of = (outcome: string): Record<string, unknown> =>
      lines.find((line) => 'BrokenRuns' in line && line.outcome === outcome) ?? {};

    expect(of('loaded')).toMatchObject({ ItemsRead: 51, SpotifyRequests: 1, BrokenRuns: 0 });
    expect(of('unchanged')).toMatchObject({ ItemsRead: 0, RowsWritten: 0, WriteUnits: 1 });
    expect(of('retriable')).toMatchObject({ Spotify429: 1, BrokenRuns: 0 });
    expect(Number(of('retriable').CooldownSecondsLeft)).toBeGreaterThan(7_100);
    expect(of('defect')).toMatchObject({ CooldownSecondsLeft: 0, BrokenRuns: 1 });
    expect(Number(of('defect').FailedTableCalls)).toBeGreaterThan(0);
    expect(of('fatal')).toMatchObject({ TokenDaysLeft: 0, BrokenRuns: 1 });
    expect(of('loaded').TokenDaysLeft).toBeGreaterThan(170);
    expect(lines.filter((line) => 'ColdStart' in line)).toHaveLength(1);
  });
});

describe('The dashboard', () => {
  test('has a heading and a row for each of its subjects, and no two widgets in one place', () => {
    const { widgets } = dashboard();
    const cells = widgets.flatMap(({ height, width, x, y }) =>
      Array.from({ length: width * height }, (_, index) => {
        return `${x + (index % width)},${y + Math.floor(index / width)}`;
      }),
    );

    expect(new Set(cells).size).toBe(cells.length);
    expect(widgets.every(({ width, x }) => x + width <= 24)).toBe(true);
    const source = JSON.stringify(template.Resources.Dashboard);
    for (const heading of ['Spotify', 'Runs', 'Tables', 'Cost', 'Listening history']) {
      expect(source).toContain(`## ${heading}`);
    }
  });

  test('gives every widget a title and the region, and every gauge its ends', () => {
    for (const { properties, type } of dashboard().widgets) {
      if (type === 'text') continue;
      expect(properties).toMatchObject({
        title: expect.stringMatching(/\w/),
        region: '${AWS::Region}',
      });
      expect(properties.yAxis !== undefined).toBe(properties.view === 'gauge');
    }
  });
});

describe('The topic', () => {
  test('is encrypted by a key that alarms and budgets may use, and takes nothing from anybody else', () => {
    expect(propertiesOf('AlarmTopic').KmsMasterKeyId).toEqual({
      'Fn::GetAtt': ['AlarmKey', 'Arn'],
    });
    expect(propertiesOf('AlarmKey')).toMatchObject({ EnableKeyRotation: true });
    const services = { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] };
    expect(propertiesOf('AlarmKey')).toMatchObject({
      KeyPolicy: {
        Statement: [
          {},
          { Principal: services, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Effect: 'Allow' },
        ],
      },
    });
    expect(propertiesOf('AlarmTopicPolicy')).toMatchObject({
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: services,
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
          { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        ],
      },
    });
  });

  test('has somebody by e-mail only where an address is given', () => {
    expect(template.Resources.AlarmEmail).toMatchObject({ Condition: 'HasAlarmEmail' });
    expect(template.Resources.DigestEmail).toMatchObject({ Condition: 'HasDigestEmail' });
  });

  test('of digests is another one, with the same key', () => {
    expect(propertiesOf('DigestTopic').KmsMasterKeyId).toEqual({
      'Fn::GetAtt': ['AlarmKey', 'Arn'],
    });
    expect(propertiesOf('SyncLambdaFunction').Environment).toMatchObject({
      Variables: {
        ALARM_TOPIC_ARN: { Ref: 'AlarmTopic' },
        DIGEST_TOPIC_ARN: { Ref: 'DigestTopic' },
      },
    });
  });

  test('is told of a budget by the month, before and when it is spent', () => {
    expect(propertiesOf('Budget')).toMatchObject({
      Budget: { BudgetType: 'COST', TimeUnit: 'MONTHLY', BudgetLimit: { Unit: 'USD' } },
      NotificationsWithSubscribers: ['ACTUAL', 'FORECASTED'].map((NotificationType) => ({
        Notification: { NotificationType },
        Subscribers: [{ SubscriptionType: 'SNS', Address: { Ref: 'AlarmTopic' } }],
      })),
    });
  });
});

describe('A query of the runbook', () => {
  const WORDS =
    /^(?:fields|filter|stats|sort|limit|by|as|and|or|not|in|like|desc|asc|sum|avg|max|min|count|pct|bin|ispresent|earliest|latest|\d+\w*)$/;

  test('asks only for fields that the log has', () => {
    const queries = [...runbook.matchAll(/```logs\n([\s\S]*?)```/g)].map(
      ([, query]) => query ?? '',
    );
    const fields = queries.flatMap((query) => {
      const named = [...query.matchAll(/\bas (\w+)/g)].map(([, name]) => name);
      return (
        query.replace(/"[^"]*"|\/[^/]*\//g, '').match(/(?<!\w)@?[A-Za-z_][\w.]*/g) ?? []
      ).filter((word) => !WORDS.test(word) && !named.includes(word));
    });

    expect(queries.length).toBeGreaterThanOrEqual(5);
    for (const field of sorted(fields)) {
      if (field.startsWith('@')) continue;
      const has = lines.some((line) => readPath(line, field.split('.')) !== undefined);
      expect({ field, has }).toEqual({ field, has: true });
    }
  });
});

function readPath(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return readPath(Object.entries(value).find(([key]) => key === name)?.[1], rest);
}
