/** What delivers: the workflows of GitHub, CodeBuild's buildspec, and the role both take on. */
import { readFile } from 'node:fs/promises';
import { type CollectionTag, parse, type ScalarTag } from 'yaml';
import * as z from 'zod';

const stepSchema = z.strictObject({
  id: z.string().optional(),
  if: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});

const permissionsSchema = z.record(z.string(), z.enum(['read', 'write', 'none']));

/** As much of GitHub's format as is used here, and nothing else. */
const workflowSchema = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: permissionsSchema,
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean() }),
  jobs: z.record(
    z.string(),
    z.strictObject({
      if: z.string().optional(),
      'runs-on': z.string(),
      'timeout-minutes': z.number(),
      environment: z.string().optional(),
      permissions: permissionsSchema.optional(),
      env: z.record(z.string(), z.string()).optional(),
      steps: z.array(stepSchema),
    }),
  ),
});

const buildspecSchema = z.strictObject({
  version: z.literal(0.2),
  phases: z.strictObject({
    install: z.strictObject({ 'runtime-versions': z.record(z.string(), z.unknown()) }),
    build: z.strictObject({ commands: z.array(z.string()) }),
  }),
});

const statementSchema = z.strictObject({
  Effect: z.literal('Allow'),
  Action: z.union([z.string(), z.array(z.string())]),
  Resource: z.unknown(),
  Condition: z.unknown().optional(),
});

type Workflow = z.infer<typeof workflowSchema>;

async function readWorkflow(name: string): Promise<Workflow> {
  return workflowSchema.parse(parse(await readFile(`.github/workflows/${name}.yml`, 'utf8')));
}

const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);

/** CloudFormation's short forms, as themselves. */
const tags = ['!GetAtt', '!Sub', '!Ref', '!Condition'].map(
  (tag): ScalarTag => ({ tag, resolve: (text: string) => text }),
);
const lists = ['!If', '!Not', '!And', '!Equals'].map(
  (tag): CollectionTag => ({ tag, collection: 'seq' }),
);

async function readRoleTemplate(): Promise<{
  Parameters: Record<string, { AllowedPattern?: string }>;
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  Outputs: Record<string, { Description: string }>;
}> {
  const text = await readFile('stack/delivery-role.yml', 'utf8');
  return parse(text, { customTags: [...tags, ...lists] });
}

async function readStatements(): Promise<z.infer<typeof statementSchema>[]> {
  const { Resources } = await readRoleTemplate();
  const policies = Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::IAM::ManagedPolicy' ? [Properties.PolicyDocument] : [],
  );
  const documents = z.array(z.object({ Statement: z.array(statementSchema) })).parse(policies);
  return documents.flatMap(({ Statement }) => Statement);
}

const actionsOf = ({ Action }: z.infer<typeof statementSchema>) => [Action].flat();

const PACKAGE = 'npx sls package --stage prod --package dist/prod';
const DEPLOY = 'npx sls deploy --stage prod --package dist/prod';
const PLAN = `npx sls invoke --stage prod --function sync --data '{"dryRun":true}'`;

describe('The workflows', () => {
  test.each(['test', 'deploy'])('%s stores no key and names no secret', async (name) => {
    const text = await readFile(`.github/workflows/${name}.yml`, 'utf8');

    expect(text).not.toMatch(/secrets\.|aws-access-key-id|aws-secret-access-key|AKIA/);
  });

  test.each(['test', 'deploy', 'plays'])(
    '%s uses actions of a pinned major version',
    async (name) => {
      const actions = stepsOf(await readWorkflow(name)).flatMap(({ uses }) => uses ?? []);

      expect(actions.length).toBeGreaterThan(0);
      for (const action of actions)
        expect(action).toMatch(/^(?:actions|aws-actions)\/[\w-]+@v\d+$/);
    },
  );

  test('test may read the source and nothing else, and does what this repository calls its CI', async () => {
    const workflow = await readWorkflow('test');

    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(stepsOf(workflow).flatMap(({ run }) => run ?? [])).toEqual(['.ci/run']);
  });

  test('deploy takes on a role for a token, one at a time, for what has passed its tests on main', async () => {
    const { concurrency, jobs, on, permissions } = await readWorkflow('deploy');

    expect(on).toEqual({
      workflow_run: { workflows: ['test'], branches: ['main'], types: ['completed'] },
    });
    expect(permissions).toEqual({});
    expect(concurrency).toEqual({ group: 'deploy-prod', 'cancel-in-progress': false });
    expect(Object.keys(jobs)).toEqual(['deploy']);
    const { environment, if: condition, permissions: own, steps } = jobs.deploy ?? { steps: [] };
    expect(environment).toBe('prod');
    expect(own).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(condition).toMatch(
      /workflow_run\.conclusion == 'success'.*workflow_run\.event == 'push'/,
    );
    expect(steps[0]?.with).toMatchObject({ ref: '${{ github.event.workflow_run.head_sha }}' });
    const runs = steps.flatMap(({ run }) => run ?? []);
    expect(runs).toEqual(['npm ci --ignore-scripts', PACKAGE, DEPLOY, PLAN]);
  });

  test('plays collects nothing until it is switched on, one run at a time, away from the full hour', async () => {
    const { concurrency, jobs, on, permissions } = await readWorkflow('plays');

    expect(on).toEqual({ schedule: [{ cron: '7,27,47 * * * *' }], workflow_dispatch: null });
    expect(permissions).toEqual({ contents: 'read' });
    expect(concurrency).toEqual({ group: 'plays', 'cancel-in-progress': false });
    expect(Object.keys(jobs)).toEqual(['collect']);
    expect(jobs.collect).toMatchObject({ if: "vars.COLLECT_PLAYS == 'on'", 'timeout-minutes': 10 });
    expect(jobs.collect).not.toHaveProperty('permissions');
  });

  test('plays gives its secrets to the step that collects and to no other, and that step names no play', async () => {
    const { jobs } = await readWorkflow('plays');
    const steps = jobs.collect?.steps ?? [];
    const names = [
      'SPOTIFY_CLIENT_ID',
      'SPOTIFY_CLIENT_SECRET',
      'SPOTIFY_REFRESH_TOKEN',
      'TURSO_DATABASE_URL',
      'TURSO_AUTH_TOKEN',
    ];

    expect(steps.at(-1)).toEqual({
      run: 'node dist/spotify-etl.cjs plays collect --quiet || [ $? -eq 75 ]',
      env: Object.fromEntries(names.map((name) => [name, `$\{{ secrets.${name} }}`])),
    });
    expect(jobs.collect?.env).toBeUndefined();
    expect(JSON.stringify(steps.slice(0, -1))).not.toContain('secrets.');
  });

  test('what is installed and built has no role: it is taken on for the deploy and the plan alone', async () => {
    const steps = stepsOf(await readWorkflow('deploy'));
    const at = steps.findIndex(({ uses }) =>
      uses?.startsWith('aws-actions/configure-aws-credentials@'),
    );

    expect(steps.slice(at + 1).map(({ run }) => run)).toEqual([DEPLOY, PLAN]);
  });
});

test('CodeBuild runs all checks, then the deploy and a plan', async () => {
  const buildspec = buildspecSchema.parse(parse(await readFile('buildspec.yml', 'utf8')));

  expect(buildspec.phases.build.commands).toEqual(['.ci/run', 'npx sls deploy --stage prod', PLAN]);
});

describe('The role that delivers', () => {
  test('trusts one repository in one environment, without wildcards', async () => {
    const { Parameters } = await readRoleTemplate();
    const subjects = new RegExp(`^(?:${Parameters.GitHubSubject?.AllowedPattern ?? ''})$`);

    expect('repo:ada/spotify-etl:environment:prod').toMatch(subjects);
    expect('repo:ada@12/spotify-etl@34:environment:prod').toMatch(subjects);
    for (const subject of [
      'repo:ada/*:environment:prod',
      'repo:ada/spotify-etl:*',
      '*',
      'repo:ada/spotify-etl:pull_request',
    ]) {
      expect(subject).not.toMatch(subjects);
    }
  });

  test('is about one API and at most one connection, which whoever deploys it names', async () => {
    const { Parameters } = await readRoleTemplate();
    const matches = (parameter: string, text: string): boolean =>
      new RegExp(`^(?:${Parameters[parameter]?.AllowedPattern ?? ''})$`).test(text);

    expect(matches('RestApiId', 'a1b2c3d4e5')).toBe(true);
    for (const id of ['', '*', 'a1b2/*']) expect(matches('RestApiId', id)).toBe(false);
    const connection = 'arn:aws:codeconnections:eu-central-1:123456789012:connection';
    expect(matches('ConnectionArn', `${connection}/0f0f0f0f-0000-4000-8000-0f0f0f0f0f0f`)).toBe(
      true,
    );
    expect(matches('ConnectionArn', `${connection}/*`)).toBe(false);
  });

  test('lets CodeBuild write its own log and read by its connection, and nothing else of its own', async () => {
    const { Resources } = await readRoleTemplate();
    const policies = JSON.stringify(Resources.CodeBuildRole?.Properties.Policies);

    expect(policies.match(/"\w+:[A-Z]\w+"/g)).toEqual([
      '"logs:CreateLogGroup"',
      '"logs:CreateLogStream"',
      '"logs:PutLogEvents"',
      '"codeconnections:GetConnection"',
      '"codeconnections:GetConnectionToken"',
    ]);
    expect(policies).toContain('"Resource":"ConnectionArn"');
  });

  test('says of its ARN that it is a variable of the repository, as the workflow reads it before it enters an environment', async () => {
    const { Outputs } = await readRoleTemplate();
    const condition = (await readWorkflow('deploy')).jobs.deploy?.if;

    expect(condition).toContain('vars.AWS_ROLE_ARN');
    expect(Outputs.GitHubRoleArn?.Description).toMatch(/variable AWS_ROLE_ARN of the repository/);
  });

  test('makes and changes no role, removes nothing that holds rows, and reads neither rows nor logins', async () => {
    const actions = (await readStatements()).flatMap(actionsOf);

    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(actions.filter((action) => /^(?:iam|sts):/.test(action))).toEqual(['iam:PassRole']);
    expect(actions.filter((action) => /^(?:secretsmanager|kms|execute-api):/.test(action))).toEqual(
      [],
    );
    expect(
      actions.filter((action) =>
        /^dynamodb:.*(?:Item|Query|Scan|DeleteTable|Backup$|Restore)/.test(action),
      ),
    ).toEqual([]);
    expect(actions.filter((action) => /^s3:.*Bucket/.test(action))).toEqual([
      's3:GetBucketLocation',
      's3:ListBucket',
    ]);
    expect(actions).not.toContain('cloudformation:DeleteStack');
  });

  test('starts the function that plans at the end, and no other', async () => {
    const starting = (await readStatements()).filter((statement) =>
      actionsOf(statement).some((action) => action.startsWith('lambda:Invoke')),
    );

    expect(starting).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: expect.stringMatching(/:function:spotify-etl-\$\{Stage\}-sync$/) as unknown,
      },
    ]);
  });

  test('names the stage or its API in every ARN, but where AWS has none to name', async () => {
    const names = (resource: unknown): boolean =>
      /spotify-etl-\$\{Stage\}|\/restapis\/\$\{RestApiId\}(?:\/\*)?$/.test(String(resource));
    const statements = await readStatements();
    const wide = statements.filter(({ Resource }) =>
      [Resource].flat().some((resource) => !names(resource)),
    );

    expect(wide.map(actionsOf)).toEqual([
      ['cloudformation:ValidateTemplate'],
      ['cloudwatch:DescribeAlarms', 'logs:DescribeLogGroups'],
    ]);
  });

  test('fits into the policies that AWS allows', async () => {
    const { Resources } = await readRoleTemplate();
    for (const { Type, Properties } of Object.values(Resources)) {
      if (Type !== 'AWS::IAM::ManagedPolicy') continue;
      // White space does not count; an account's own ARNs are a little longer than their placeholders.
      expect(JSON.stringify(Properties.PolicyDocument).length).toBeLessThan(6_144);
    }
  });
});
