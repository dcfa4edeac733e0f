/** The template as `sls package` makes it, in the words of a reviewer: what holds in every stage, and what differs. */

import { readStack } from '../../local/table-definitions.ts';
import {
  FUNCTIONS,
  PACKAGE_NAMES,
  type PackageName,
  packagedStack,
} from '../support/packaged-stack.ts';
import {
  propertiesOf,
  type Resource,
  referenced,
  resourcesOf,
  type Template,
} from '../support/template.ts';
import { TABLES } from '../support/world.ts';

const API_WAITS_SECONDS = 29;

const templates = {} as Record<PackageName, Template>;

beforeAll(async () => {
  for (const name of PACKAGE_NAMES) templates[name] = (await packagedStack(name)).template;
});

const capitalise = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

type Statement = {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
};

function statementsOf({ Properties }: Resource): Statement[] {
  const policies = (Properties.Policies ?? []) as {
    PolicyDocument: { Statement: Statement[] };
  }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

describe.each(PACKAGE_NAMES)('In the package %s', (name) => {
  let template: Template;

  beforeAll(() => {
    template = templates[name];
  });

  test("every function runs on Lambda's Node 24, arm64, traced, with a role and a kept log of its own", () => {
    const functions = resourcesOf(template, 'AWS::Lambda::Function');

    expect(Object.keys(functions)).toEqual(
      FUNCTIONS.map((each) => `${capitalise(each)}LambdaFunction`),
    );
    for (const [id, { Properties, DependsOn }] of Object.entries(functions)) {
      const own = id.replace('LambdaFunction', '');
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        MemorySize: 512,
        TracingConfig: { Mode: 'Active' },
        Role: { 'Fn::GetAtt': [`${own}Role`, 'Arn'] },
      });
      expect(DependsOn).toContain(`${own}LogGroup`);
      expect(template.Resources[`${own}LogGroup`]?.Properties.LogGroupName).toBe(
        `/aws/lambda/${String(Properties.FunctionName)}`,
      );
    }
  });

  test('a function that a caller waits for gives up before API Gateway does', () => {
    const methods = propertiesOf(template, 'AWS::ApiGateway::Method');
    const called = methods.map(({ Integration }) => {
      const uri = JSON.stringify(Integration);
      return /"Fn::GetAtt":\["(\w+)","Arn"\]/.exec(uri)?.[1] ?? uri;
    });

    expect(called).toHaveLength(3);
    for (const id of called) {
      expect(template.Resources[id]?.Properties.Timeout).toBeLessThan(API_WAITS_SECONDS);
    }
  });

  test('concurrency is reserved only where it was asked for: a new account has none to give', () => {
    const reserved = propertiesOf(template, 'AWS::Lambda::Function').map(
      ({ FunctionName, ReservedConcurrentExecutions }) => [
        FunctionName,
        ReservedConcurrentExecutions,
      ],
    );

    expect(reserved.filter(([, executions]) => executions !== undefined)).toEqual(
      name === 'custom' ? [['spotify-etl-dev-ingest', 5]] : [],
    );
  });

  test('no role names an action or a resource by wildcard, but the two of X-Ray, which knows no resources, reports on albums, and executions', () => {
    const roles = Object.values(resourcesOf(template, 'AWS::IAM::Role'));
    const statements = roles.flatMap(statementsOf);
    const tracing = statements.filter(({ Resource: named }) => named === '*');

    expect(tracing).toHaveLength(FUNCTIONS.length);
    for (const { Action } of tracing) {
      expect(Action).toEqual(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']);
    }
    const others = statements.filter((statement) => !tracing.includes(statement));
    // Names of executions and of the files of reports are known only when there is one.
    const known =
      /"[^"]*(?:\/album-length\/|\/executions\/|:execution:spotify-etl-\w+-playlists?(?:\/load)?:)\*"/g;
    expect(JSON.stringify(others).match(known)).toHaveLength(7);
    expect(JSON.stringify(others).replaceAll(known, '')).not.toContain('*');
    // The six letters that Secrets Manager adds to a name, and nothing else.
    const guessed = JSON.stringify(others).match(/[\w-]*\?+[^"]*/g);
    expect(new Set(guessed)).toEqual(
      new Set(
        [/^spotify-etl-\w+-login-\?{6}$/, /^spotify-etl-\w+-turso-\?{6}$/].map((name) =>
          expect.stringMatching(name),
        ),
      ),
    );
  });

  test('a role is taken on by one service of AWS and by nobody else', () => {
    const trusted = propertiesOf(template, 'AWS::IAM::Role').map(({ AssumeRolePolicyDocument }) => {
      const { Statement: statements } = AssumeRolePolicyDocument as { Statement: Statement[] };
      return statements.map(({ Principal }) => Principal);
    });

    expect(new Set(trusted.flat().map((principal) => JSON.stringify(principal)))).toEqual(
      new Set(
        ['lambda', 'apigateway', 'scheduler', 'states'].map((service) =>
          JSON.stringify({ Service: `${service}.amazonaws.com` }),
        ),
      ),
    );
    expect(trusted.every((principals) => principals.length === 1)).toBe(true);
  });

  test('every log is kept for a time, and not for ever', () => {
    const groups = propertiesOf(template, 'AWS::Logs::LogGroup');

    expect(groups).toHaveLength(FUNCTIONS.length + 1);
    for (const { RetentionInDays } of groups) {
      expect(RetentionInDays).toBe(name === 'prod' ? 365 : 30);
    }
  });

  test('four on-demand tables outlive deploys and slips of the hand', () => {
    const tables = Object.values(resourcesOf(template, 'AWS::DynamoDB::Table')).filter(
      ({ DeletionPolicy }) => DeletionPolicy !== 'Delete',
    );

    expect(tables.map(({ Properties }) => Properties.TableName)).toEqual(
      TABLES.map((table) => `spotify-etl-${name === 'prod' ? 'prod' : 'dev'}-${table}`),
    );
    for (const resource of tables) {
      expect(resource).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      });
    }
  });

  test("tables are encrypted with DynamoDB's own key, which is free; naming a key would choose one that is paid by the request", () => {
    for (const properties of propertiesOf(template, 'AWS::DynamoDB::Table')) {
      expect(properties).not.toHaveProperty('SSESpecification');
    }
  });

  test('every bucket is encrypted, closed to the public, and spoken to by TLS only', () => {
    const buckets = resourcesOf(template, 'AWS::S3::Bucket');
    const policies = propertiesOf(template, 'AWS::S3::BucketPolicy');

    expect(Object.keys(buckets)).toContain('ServerlessDeploymentBucket');
    for (const [id, { Properties }] of Object.entries(buckets)) {
      expect(Properties.BucketEncryption).toBeDefined();
      expect(Properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      const policy = policies.find(({ Bucket }) => referenced(Bucket) === id);
      const { Statement: statements } = policy?.PolicyDocument as { Statement: Statement[] };
      expect(statements).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Condition: { Bool: { 'aws:SecureTransport': false } },
        }),
      );
    }
  });

  test('the API speaks TLS 1.2 or newer', () => {
    const [api] = propertiesOf(template, 'AWS::ApiGateway::RestApi');

    expect(api?.SecurityPolicy).toMatch(/^SecurityPolicy_TLS13_1_[23]_/);
  });

  test('its one stage is throttled, traced, and logs who asked for which route, but no query, header or path as sent', () => {
    const [stage, ...others] = propertiesOf(template, 'AWS::ApiGateway::Stage');
    const { Format, DestinationArn } = stage?.AccessLogSetting as Record<string, unknown>;
    const logged = [...String(Format).matchAll(/\$context\.([\w.]+)/g)].map(([, field]) => field);

    expect(others).toEqual([]);
    expect(stage).toMatchObject({
      TracingEnabled: true,
      MethodSettings: [
        {
          ResourcePath: '/*',
          HttpMethod: '*',
          ThrottlingRateLimit: 5,
          ThrottlingBurstLimit: 10,
          LoggingLevel: 'OFF',
          DataTraceEnabled: false,
        },
      ],
    });
    expect(referenced(DestinationArn)).toBe('ApiLogGroup');
    expect(() => JSON.parse(String(Format)) as unknown).not.toThrow();
    expect(logged).toContain('identity.userArn');
    expect(logged.filter((field) => /query|header|message|String|^path/.test(field ?? ''))).toEqual(
      [],
    );
  });

  test('access logs find the role of the account there, and leave it there', () => {
    const stage = Object.values(resourcesOf(template, 'AWS::ApiGateway::Stage'))[0];

    expect(stage?.DependsOn).toEqual(['ApiAccount']);
    expect(template.Resources.ApiAccount?.DependsOn).toEqual(['ApiGatewayRestApi']);
    expect(referenced(template.Resources.ApiAccount?.Properties.CloudWatchRoleArn)).toBe(
      'ApiLogRole',
    );
    for (const id of ['ApiAccount', 'ApiLogRole']) {
      expect(template.Resources[id]?.DeletionPolicy).toBe('Retain');
    }
  });

  test('the tables are those that the local stack creates', async () => {
    const local = await readStack('serverless.yml', name === 'prod' ? 'prod' : 'dev');

    expect(propertiesOf(template, 'AWS::DynamoDB::Table')).toEqual(
      local.tables.map((definition) => expect.objectContaining(definition)),
    );
  });
});

test('prod differs from dev in names and in how long logs are kept, and in nothing else', () => {
  const alike = (template: Template): unknown =>
    JSON.parse(
      JSON.stringify(template)
        .replace(/\b(dev|prod)\b/g, 'stage')
        .replace(/"RetentionInDays":\d+/g, '"RetentionInDays":0')
        .replace(/ApiGatewayDeployment\w{16}/g, 'ApiGatewayDeployment')
        .replace(/stage\/[^/"]+\/(\w+).zip/g, '$1.zip'),
    );

  expect(alike(templates.prod)).toEqual(alike(templates.dev));
});
