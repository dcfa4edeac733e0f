/** The state machines as packaged: valid, with an end to every task and every wait, and roles for their own calls. */
import { PACKAGE_NAMES, packagedStack } from '../support/packaged-stack.ts';
import { resourcesOf, type Template } from '../support/template.ts';
import { findFaults } from '../tools/asl-faults.cjs';

type State = Readonly<Record<string, unknown>> & { readonly Type: string };
type Machine = {
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
};

const MINUTE = 60;
const DAY = 86_400;

let template: Template;

beforeAll(async () => {
  ({ template } = await packagedStack('dev'));
});

/** As AWS gets it: with ARNs and names in the place of references. */
function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::Sub' in value) return String(value['Fn::Sub']).replace('${AWS::Partition}', 'aws');
  if ('Ref' in value) return `https://resource/${String(value.Ref)}`;
  if ('Fn::GetAtt' in value) {
    const [id] = value['Fn::GetAtt'] as [string];
    return `arn:aws:lambda:us-east-1:123456789012:function:${id}`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each)]));
}

function machines(of = template): (readonly [id: string, machine: Machine])[] {
  const found = Object.entries(resourcesOf(of, 'AWS::StepFunctions::StateMachine'));
  return found.map(([id, { Properties }]) => [id, resolve(Properties.Definition) as Machine]);
}

/** All states, those of a map too. */
function statesOf({ States }: Machine): (readonly [name: string, state: State])[] {
  return Object.entries(States).flatMap(([name, state]) => {
    const inner = state.ItemProcessor as Machine | undefined;
    return [[name, state] as const, ...(inner === undefined ? [] : statesOf(inner))];
  });
}

const everyState = () => machines().flatMap(([, machine]) => statesOf(machine));
const theMap = (): State => {
  const [, map] = everyState().find(([, { Type }]) => Type === 'Map') ?? [];
  if (map === undefined) throw new Error('There is no map.');
  return map;
};

test.each(PACKAGE_NAMES)('AWS accepts the definitions of the package %s', async (name) => {
  const found = machines((await packagedStack(name)).template);

  expect(found.map(([id]) => id)).toEqual(['PlaylistMachine', 'PlaylistsMachine']);
  for (const [, machine] of found) expect(findFaults(machine)).toEqual([]);
});

test('a definition that AWS would refuse is seen', () => {
  const [[, machine] = []] = machines();
  const broken = { ...machine, StartAt: 'Nowhere' };

  expect(findFaults(broken)).not.toEqual([]);
});

test('every task has a time-out, is tried again, and has somewhere to go when it fails', () => {
  const tasks = everyState().filter(([, { Type }]) => Type === 'Task');

  expect(tasks.map(([name]) => name).sort()).toEqual(
    [...['List', 'Load', 'Load', 'Lost', 'Settle', 'Settled']].sort(),
  );
  for (const [name, { Catch, Retry, TimeoutSeconds }] of tasks) {
    expect({ name, Catch, Retry }).toMatchObject({
      Catch: [{ ErrorEquals: ['States.ALL'] }],
      Retry: [{}, { ErrorEquals: ['States.ALL'], MaxAttempts: 4 }],
    });
    expect(TimeoutSeconds).toBeLessThan(16 * MINUTE);
  }
});

test('a function ends before its task does', () => {
  for (const id of ['ListLambdaFunction', 'LoadLambdaFunction']) {
    const { Timeout } = template.Resources[id]?.Properties ?? {};
    const tasks = everyState().filter(([, { Resource }]) => String(Resource).endsWith(id));

    expect(tasks.length).toBeGreaterThan(0);
    for (const [, { TimeoutSeconds }] of tasks) {
      expect(Number(TimeoutSeconds)).toBeGreaterThan(Number(Timeout));
    }
  }
});

test('every wait is of a minute, or what a function decides, in a machine that ends after 15 days', () => {
  for (const [, machine] of machines()) {
    expect(machine.TimeoutSeconds).toBe(15 * DAY);
    // trigger/next-step.ts waits until 14 days after the start; its test holds it to that.
    for (const [name, { Type, ...wait }] of statesOf(machine)) {
      if (Type !== 'Wait') continue;
      const { Seconds = MINUTE, SecondsPath = '$.wait_seconds' } = wait;
      expect({ name, Seconds, SecondsPath }).toEqual({
        ...{ name, Seconds: MINUTE },
        SecondsPath: '$.wait_seconds',
      });
    }
  }
});

test('the map has two children at a time, a writer of results, and no tolerance', () => {
  expect(theMap()).toMatchObject({
    MaxConcurrency: 2,
    ToleratedFailureCount: 0,
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
    ItemReader: { ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' } },
    ResultWriter: { Resource: 'arn:aws:states:::s3:putObject' },
  });
});

test('a child ends with {}, or fails because a person must act', () => {
  const ends = statesOf(theMap().ItemProcessor as Machine).filter(
    ([, { End, Type }]) => End === true || Type === 'Succeed' || Type === 'Fail',
  );

  expect(ends).toEqual([
    ['Stopped', expect.objectContaining({ Type: 'Fail' })],
    ['Done', { Type: 'Pass', Result: {}, End: true }],
  ]);
});

test('the states of a load are the same in both machines', () => {
  const [[, one] = [], [, all] = []] = machines();
  const inMap = (theMap().ItemProcessor as Machine).States;

  expect(all).toBeDefined();
  for (const name of ['Load', 'Loaded', 'Wait']) expect(one?.States[name]).toEqual(inMap[name]);
});

describe('The queue of answers', () => {
  test('is one line, and keeps what cannot be recorded', () => {
    expect(template.Resources.Answers?.Properties).toMatchObject({
      FifoQueue: true,
      ContentBasedDeduplication: true,
      SqsManagedSseEnabled: true,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': ['AnswersDeadLetters', 'Arn'] },
        maxReceiveCount: 5,
      },
    });
    const groups = everyState().flatMap(([, { Parameters }]) => {
      const { MessageGroupId } = (Parameters ?? {}) as { MessageGroupId?: string };
      return MessageGroupId === undefined ? [] : [MessageGroupId];
    });
    expect(new Set(groups)).toEqual(new Set(['answers']));
  });

  test('is read by record, in batches, each message on its own', () => {
    const [mapping, ...others] = Object.values(
      resourcesOf(template, 'AWS::Lambda::EventSourceMapping'),
    );
    const { Timeout } = template.Resources.RecordLambdaFunction?.Properties ?? {};

    expect(others).toEqual([]);
    expect(mapping?.Properties).toMatchObject({
      BatchSize: 10,
      EventSourceArn: { 'Fn::GetAtt': ['Answers', 'Arn'] },
      FunctionName: { 'Fn::GetAtt': ['RecordLambdaFunction', 'Arn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    // As AWS advises.
    expect(template.Resources.Answers?.Properties.VisibilityTimeout).toBe(6 * Number(Timeout));
  });

  test.each(['Answers', 'AnswersDeadLetters', 'PlaylistsDeadLetters'])(
    '%s lets nobody in without TLS',
    (name) => {
      expect(template.Resources[`${name}Policy`]?.Properties.PolicyDocument).toMatchObject({
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': false } },
          },
        ],
      });
    },
  );
});

describe('The role of a machine', () => {
  type Statement = { readonly Action: string[]; readonly Resource: unknown };
  const statementsOf = (name: string): Statement[] => {
    const [policy] = template.Resources[name]?.Properties.Policies as {
      PolicyDocument: { Statement: Statement[] };
    }[];
    return policy?.PolicyDocument.Statement ?? [];
  };
  const actionsOf = (name: string): string[] =>
    statementsOf(name)
      .flatMap(({ Action }) => Action)
      .sort();

  test('has the calls of its states, and of the map, and no other', () => {
    expect(actionsOf('PlaylistMachineRole')).toEqual(['lambda:InvokeFunction']);
    expect(actionsOf('PlaylistsMachineRole')).toEqual([
      'lambda:InvokeFunction',
      ...['s3:AbortMultipartUpload', 's3:GetObject', 's3:GetObject', 's3:ListMultipartUploadParts'],
      ...['s3:PutObject', 'sqs:SendMessage', 'states:DescribeExecution', 'states:StartExecution'],
      'states:StopExecution',
    ]);
  });

  test.each([
    ['Playlist', 'ArnEquals', ['playlist']],
    // Those of its children too.
    ['Playlists', 'ArnLike', ['playlists', 'playlists/*']],
  ])('%s is for that machine alone', (id, comparison, names) => {
    const arn =
      'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:spotify-etl-dev-';
    const arns = names.map((name) => ({ 'Fn::Sub': `${arn}${name}` }));
    expect(template.Resources[`${id}MachineRole`]?.Properties).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'states.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              [comparison]: { 'aws:SourceArn': arns.length === 1 ? arns[0] : arns },
            },
          },
        ],
      },
    });
  });
});

describe('The bucket', () => {
  test('keeps the file to itself, encrypted, with its versions, whatever becomes of the stack', () => {
    const bucket = template.Resources.PlaylistsBucket;

    expect(bucket).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: {
          Rules: [
            { Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
            { Status: 'Enabled', Prefix: 'executions/', ExpirationInDays: 30 },
          ],
        },
      },
    });
    // A name of its own would be in the way of the next stack.
    expect(bucket?.Properties).not.toHaveProperty('BucketName');
  });
});
