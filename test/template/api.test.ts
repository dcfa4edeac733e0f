/** The packaged API: who can call it, its answers without a function, and when it gets a new deployment. */
import { readFile } from 'node:fs/promises';
import { problemSchema } from '../../etl/model/problem.ts';
import { toProblem } from '../../handlers/http/problems.ts';
import { parsePlaylistId } from '../../handlers/http/requests.ts';
import ApiDeployment from '../../stack/api-deployment.cjs';
import { type Answer, toOutcome } from '../../trigger/outcome.ts';
import { PACKAGE_NAMES, type PackageName, packagedStack } from '../support/packaged-stack.ts';
import {
  propertiesOf,
  type Resource,
  referenced,
  resourcesOf,
  type Template,
} from '../support/template.ts';

type GatewayAnswer = Answer;
type Mutable = { Resources: Record<string, Resource> };

const templates = {} as Record<PackageName, Template>;

beforeAll(async () => {
  for (const name of PACKAGE_NAMES) templates[name] = (await packagedStack(name)).template;
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
    // Made by API Gateway: anyone who reads the template could read one given here.
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

test('No page of another site may read an answer: no CORS header, no answer to a preflight', () => {
  for (const name of PACKAGE_NAMES) {
    expect(JSON.stringify(templates[name])).not.toMatch(/access-control|"OPTIONS"/i);
  }
});

describe('What API Gateway answers by itself', () => {
  /** As a caller gets it, by kind of refusal. */
  function answers(): Record<string, GatewayAnswer> {
    const responses = propertiesOf(templates.dev, 'AWS::ApiGateway::GatewayResponse');
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
            status: Number(StatusCode),
            headers: Object.fromEntries(headers) as Record<string, string>,
            body,
          },
        ];
      }),
    );
  }

  test('is a problem document like those of the functions', () => {
    for (const { body, headers, status } of Object.values(answers())) {
      const problem = problemSchema.parse(JSON.parse(body));
      const { code, kind } = problem;
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
        kind,
        run_id: 'request-1',
      });
    }
  });

  test('to a request without playlist_uri is word for word what the function would say', () => {
    const said = JSON.parse(answers().BAD_REQUEST_PARAMETERS?.body ?? '') as unknown;

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

  test('says whom it concerns and, where it ends by itself, when to come back', () => {
    const seen = Object.entries(answers()).map(([type, { body, headers }]) => [
      type,
      [problemSchema.parse(JSON.parse(body)).kind, headers['retry-after']],
    ]);

    expect(Object.fromEntries(seen)).toEqual({
      BAD_REQUEST_PARAMETERS: ['final', undefined],
      MISSING_AUTHENTICATION_TOKEN: ['stop', undefined],
      INVALID_SIGNATURE: ['stop', undefined],
      EXPIRED_TOKEN: ['stop', undefined],
      ACCESS_DENIED: ['stop', undefined],
      INVALID_API_KEY: ['stop', undefined],
      QUOTA_EXCEEDED: ['stop', '3600'],
      THROTTLED: ['stop', '2'],
      INTEGRATION_TIMEOUT: ['later', undefined],
      DEFAULT_5XX: ['later', undefined],
    });
  });

  test.each([
    ['BAD_REQUEST_PARAMETERS', 'failed'],
    ['ACCESS_DENIED', 'stop'],
    ['QUOTA_EXCEEDED', 'stop'],
    ['THROTTLED', 'later'],
    ['DEFAULT_5XX', 'later'],
  ])('%s is judged by the trigger as %s', (type, verdict) => {
    const answer = answers()[type];

    expect(answer && toOutcome(answer, 0).verdict).toBe(verdict);
  });

  test('is described in docs/api.md, every code of it', async () => {
    const documented = await readFile('docs/api.md', 'utf8');

    expect(Object.keys(answers())).toHaveLength(10);
    for (const { body } of Object.values(answers())) {
      const { code, kind, status } = problemSchema.parse(JSON.parse(body));
      expect(documented).toContain(`| ${status} | \`${kind}\` | \`${code}\` |`);
    }
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
