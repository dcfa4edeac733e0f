/** The template as `sls package` makes it, in the words of a reviewer: what holds in every stage, what differs, what API Gateway says by itself. */

import { readFile } from 'node:fs/promises';
import { toProblem } from '../handlers/http/problems.ts';
import { parsePlaylistId } from '../handlers/http/requests.ts';
import { readStack } from '../local/table-definitions.ts';
import ApiDeployment from '../stack/api-deployment.cjs';
import { type Answer, toOutcome } from '../trigger/outcome.ts';
import {
  FUNCTIONS,
  PACKAGE_NAMES,
  type PackageName,
  packagedStack,
} from './support/packaged-stack.ts';
import {
  propertiesOf,
  type Resource,
  referenced,
  resourcesOf,
  type Template,
} from './support/template.ts';
import { TABLES } from './support/world.ts';

type GatewayAnswer = Extract<Answer, { kind: 'response' }>;
type Mutable = { Resources: Record<string, Resource> };

const API_WAITS_SECONDS = 29;

const templates = {} as Record<PackageName, Template>;

beforeAll(async () => {
  for (const name of PACKAGE_NAMES) templates[name] = (await packagedStack(name)).template;
}, 60_000);

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

    expect(called).toHaveLength(2);
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

  test('no role names an action or a resource by wildcard, but the two of X-Ray, which knows no resources', () => {
    const roles = Object.values(resourcesOf(template, 'AWS::IAM::Role'));
    const statements = roles.flatMap(statementsOf);
    const tracing = statements.filter(({ Resource: named }) => named === '*');

    expect(tracing).toHaveLength(FUNCTIONS.length);
    for (const { Action } of tracing) {
      expect(Action).toEqual(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']);
    }
    const others = statements.filter((statement) => !tracing.includes(statement));
    expect(JSON.stringify(others)).not.toContain('*');
    // The six letters that Secrets Manager adds to a name, and nothing else.
    const guessed = JSON.stringify(others).match(/[\w-]*\?+[^"]*/g);
    expect(new Set(guessed)).toEqual(
      new Set([expect.stringMatching(/^spotify-etl-\w+-login-\?{6}$/)]),
    );
  });

  test('a role is taken on by one service of AWS and by nobody else', () => {
    const trusted = propertiesOf(template, 'AWS::IAM::Role').map(({ AssumeRolePolicyDocument }) => {
      const { Statement: statements } = AssumeRolePolicyDocument as { Statement: Statement[] };
      return statements.map(({ Principal }) => Principal);
    });

    expect(new Set(trusted.flat().map((principal) => JSON.stringify(principal)))).toEqual(
      new Set(
        ['lambda', 'apigateway', 'scheduler'].map((service) =>
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

describe('Who may call', () => {
  test.each(['dev', 'prod'] as const)(
    'in %s is whoever IAM lets: no method is open, no key stands beside',
    (name) => {
      for (const properties of propertiesOf(templates[name], 'AWS::ApiGateway::Method')) {
        expect(properties).toMatchObject({ AuthorizationType: 'AWS_IAM', ApiKeyRequired: false });
      }
      expect(resourcesOf(templates[name], 'AWS::ApiGateway::ApiKey')).toEqual({});
    },
  );

  test('where keys are asked for is whoever has the one key, within its plan', () => {
    for (const properties of propertiesOf(templates.custom, 'AWS::ApiGateway::Method')) {
      expect(properties).toMatchObject({ AuthorizationType: 'NONE', ApiKeyRequired: true });
    }
    const [key, ...others] = propertiesOf(templates.custom, 'AWS::ApiGateway::ApiKey');
    expect(others).toEqual([]);
    // Made by API Gateway: one given here would be read by whoever reads the template.
    expect(key).not.toHaveProperty('Value');
    expect(propertiesOf(templates.custom, 'AWS::ApiGateway::UsagePlan')).toMatchObject([
      {
        ApiStages: [{ Stage: { Ref: 'ApiStage' } }],
        Throttle: { RateLimit: 1, BurstLimit: 5 },
        Quota: { Limit: 1000, Period: 'DAY' },
      },
    ]);
  });
});

describe('What API Gateway answers by itself', () => {
  /** As a caller gets it, by kind of refusal. */
  function answers(name: PackageName): Record<string, GatewayAnswer> {
    const responses = propertiesOf(templates[name], 'AWS::ApiGateway::GatewayResponse');
    return Object.fromEntries(
      responses.map(({ ResponseType, StatusCode, ResponseParameters, ResponseTemplates }) => {
        const { 'application/json': text } = ResponseTemplates as Record<string, string>;
        const body = String(text)
          .replaceAll('$context.requestId', 'request-1')
          .replaceAll('$context.error.messageString', '"As \\"AWS\\" says"');
        const parameters = Object.entries(ResponseParameters as Record<string, string>);
        const headers = parameters.map(([parameter, value]) => [
          parameter.replace('gatewayresponse.header.', '').toLowerCase(),
          value.replace(/^'(.*)'$/, '$1'),
        ]);
        return [
          String(ResponseType),
          {
            kind: 'response',
            status: Number(StatusCode),
            headers: Object.fromEntries(headers) as Record<string, string>,
            body,
          },
        ];
      }),
    );
  }

  test('is a problem document like those of the functions', () => {
    for (const { body, headers, status } of Object.values(answers('dev'))) {
      const problem = JSON.parse(body) as Record<string, unknown>;
      const code = String(problem.code);
      expect(headers).toMatchObject({
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
      });
      expect(problem).toEqual({
        type: `urn:spotify-etl:problem:${code.toLowerCase().replaceAll('_', '-')}`,
        title: expect.stringMatching(/^\S.{5,60}$/),
        status,
        detail: expect.stringMatching(/\S/),
        code: expect.stringMatching(/^[A-Z_]+$/),
        run_id: 'request-1',
      });
    }
  });

  test('to a request without playlist_uri is word for word what the function would say', () => {
    const said = JSON.parse(answers('dev').BAD_REQUEST_PARAMETERS?.body ?? '') as unknown;

    const problemOf = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        return toProblem(error, 'request-1');
      }
    };
    expect(said).toEqual(problemOf(() => parsePlaylistId({ multiValueQueryStringParameters: {} })));
    expect(propertiesOf(templates.dev, 'AWS::ApiGateway::Method')[0]).toMatchObject({
      RequestParameters: { 'method.request.querystring.playlist_uri': true },
      RequestValidatorId: { Ref: expect.any(String) },
    });
  });

  test.each([
    ['BAD_REQUEST_PARAMETERS', 'failed', 'is about this row and final'],
    ['MISSING_AUTHENTICATION_TOKEN', 'stop', 'would be said to every row'],
    ['INVALID_SIGNATURE', 'stop', 'would be said to every row'],
    ['EXPIRED_TOKEN', 'stop', 'would be said to every row'],
    ['ACCESS_DENIED', 'stop', 'would be said to every row'],
    ['INVALID_API_KEY', 'stop', 'would be said to every row'],
    ['QUOTA_EXCEEDED', 'stop', 'would be said to every row'],
    ['THROTTLED', 'later', 'passes by itself'],
    ['INTEGRATION_TIMEOUT', 'later', 'passes by itself'],
    ['DEFAULT_5XX', 'later', 'passes by itself'],
  ])('for %s ends a row of the trigger as %s: it %s', (kind, verdict) => {
    const answer = answers('dev')[kind];

    expect(answer && toOutcome(answer, 0).verdict).toBe(verdict);
  });

  test('is described in docs/api.md, every code of it', async () => {
    const documented = await readFile('docs/api.md', 'utf8');
    const codes = Object.values(answers('dev')).map(
      ({ body }) => (JSON.parse(body) as { code: string }).code,
    );

    expect(codes).toHaveLength(10);
    for (const code of codes) expect(documented).toContain(`\`${code}\``);
  });
});

describe('A deployment of the API', () => {
  /** Does to a template, as the framework left it, what `stack/api-deployment.cjs` does. */
  function deploymentOf(change: (template: Mutable) => void): string | undefined {
    const template = structuredClone(templates.dev) as Mutable;
    const [[id, deployment] = ['']] = Object.entries(
      resourcesOf(template, 'AWS::ApiGateway::Deployment'),
    );
    template.Resources = Object.fromEntries(
      Object.entries(template.Resources).filter(([other]) => other !== id),
    );
    if (deployment) template.Resources.ApiGatewayDeployment1795561113949 = deployment;
    change(template);
    new ApiDeployment({
      service: { provider: { compiledCloudFormationTemplate: template } },
    }).hooks['after:aws:package:finalize:mergeCustomProviderResources']();
    const [stage] = propertiesOf(template, 'AWS::ApiGateway::Stage');
    expect(Object.keys(resourcesOf(template, 'AWS::ApiGateway::Deployment'))).toEqual([
      referenced(stage?.DeploymentId),
    ]);
    return referenced(stage?.DeploymentId);
  }

  test('has the name of what it serves: the same API is the same deployment, another API another', () => {
    const [stage] = propertiesOf(templates.dev, 'AWS::ApiGateway::Stage');
    const packaged = referenced(stage?.DeploymentId);

    expect(deploymentOf(() => undefined)).toBe(packaged);
    expect(
      deploymentOf(({ Resources }) => {
        Object.assign(Resources.ApiGatewayMethodIngestGet?.Properties ?? {}, { HttpMethod: 'PUT' });
      }),
    ).not.toBe(packaged);
    expect(
      deploymentOf(({ Resources }) => {
        Object.assign(Resources.ApiStage?.Properties ?? {}, { TracingEnabled: false });
      }),
    ).toBe(packaged);
  });

  test('is made after all that it is to serve', () => {
    const [deployment] = Object.values(resourcesOf(templates.dev, 'AWS::ApiGateway::Deployment'));

    expect(deployment?.Properties).not.toHaveProperty('StageName');
    for (const kind of ['Method', 'GatewayResponse', 'RequestValidator']) {
      const parts = Object.keys(resourcesOf(templates.dev, `AWS::ApiGateway::${kind}`));
      expect(deployment?.DependsOn).toEqual(expect.arrayContaining(parts));
    }
  });
});
