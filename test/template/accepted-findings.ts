/** What cdk-nag finds in the template and we leave as it is: which rule, of which resources, and why. */

export type AcceptedFinding = {
  readonly rule: string;
  readonly resources: readonly string[];
  readonly reason: string;
};

const SCHEDULED = ['Plays', 'Sync', 'Albums'];
const CALLED = ['Ingest', 'Playlists', 'Runs', 'List', 'Load', 'Record'];
const FUNCTION_ROLES = [...CALLED, ...SCHEDULED].map((name) => `${name}Role`);
const DEAD_LETTERS = ['Answers', 'Playlists', ...SCHEDULED].map((name) => `${name}DeadLetters`);
const MACHINES = ['PlaylistMachine', 'PlaylistsMachine'];
const METHODS = [
  ...['ApiGatewayMethodIngestGet', 'ApiGatewayMethodPlaylistsGet'],
  'ApiGatewayMethodRunsRunidVarGet',
];

export const ACCEPTED_FINDINGS: readonly AcceptedFinding[] = [
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    resources: FUNCTION_ROLES,
    reason:
      'xray:PutTraceSegments and xray:PutTelemetryRecords take no resource. test/template/stack.test.ts refuses any other.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<PlaylistsBucket.Arn>/album-length/*]',
    resources: ['AlbumsRole'],
    reason: 'Its files have the day of their week in their names.',
  },
  {
    rule: 'Serverless-LambdaStarPermissions',
    resources: FUNCTION_ROLES,
    reason: 'The same statement, as the other pack sees it.',
  },
  {
    rule: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    resources: ['ApiLogRole'],
    reason:
      'The role is the account’s, for every API in it. API Gateway tries it out when it is set and refuses one that may do less.',
  },
  {
    rule: 'AwsSolutions-COG4',
    resources: METHODS,
    reason: 'Callers are AWS identities and sign; there is no pool of users to log in.',
  },
  {
    rule: 'AwsSolutions-APIG4',
    resources: METHODS,
    reason:
      'Only where a key is asked for: callers without an identity are what it is for. Off by default; docs/api.md says what it is worth.',
  },
  {
    rule: 'AwsSolutions-APIG3',
    resources: ['ApiStage'],
    reason:
      'A web ACL costs more a month than all the rest. Callers are known identities, the one parameter is of a fixed form, and the stage is throttled.',
  },
  {
    rule: 'AwsSolutions-APIG6',
    resources: ['ApiStage'],
    reason:
      'Execution logs repeat queries and headers and land in a group that keeps them for ever. The access log and the functions’ own say what happened.',
  },
  {
    rule: 'AwsSolutions-DDB3',
    resources: ['StateTable'],
    reason:
      'Counts of calls, the journal of syncs, and songs of measured albums. Rows of an earlier time, restored, would be wrong; without any it fills itself anew, and what syncs had added is the user’s.',
  },
  {
    rule: 'AwsSolutions-S1',
    resources: ['ServerlessDeploymentBucket'],
    reason:
      'It holds the packages of deploys, which only who deploys reads; CloudTrail has that. Access logs would need a second bucket.',
  },
  {
    rule: 'Serverless-LambdaDLQ',
    resources: CALLED.map((name) => `${name}LambdaFunction`),
    reason:
      'Each is called and waited for: the caller, a state machine or the queue of answers gets the failure.',
  },
  {
    rule: 'Serverless-SNSRedrivePolicy',
    resources: ['AlarmEmail', 'DigestEmail'],
    reason:
      'A person’s address: whoever does not read it reads no queue of undelivered mail either. What was told still shows on the alarm.',
  },
  {
    rule: 'AwsSolutions-S1',
    resources: ['PlaylistsBucket'],
    reason:
      'Files and reports that some functions and their owner read and write; what was written is kept as versions. Access logs would need a second bucket.',
  },
  {
    rule: 'Serverless-LambdaDLQ',
    resources: SCHEDULED.map((name) => `${name}LambdaFunction`),
    reason:
      'Starts that fail go to the queue by the OnFailure destination, which says why as well as what; a dead-letter target would be a second copy.',
  },
  {
    rule: 'AwsSolutions-SF1',
    resources: MACHINES,
    reason:
      'Step Functions keeps the history of every execution for 90 days, and the functions log what they do. A log of all events would repeat both, and be paid for.',
  },
  ...['AwsSolutions-SF2', 'Serverless-StepFunctionStateMachineXray'].map((rule) => ({
    rule,
    resources: MACHINES,
    reason: 'The functions are traced; the history of an execution has the rest.',
  })),
  ...['dev', 'prod'].flatMap((stage) =>
    Object.entries({
      'playlist:*': ['IngestRole', 'RunsRole'],
      'playlists:*': ['ListRole', 'PlaylistsMachineRole'],
      'playlists/load:*': ['PlaylistsMachineRole'],
    }).map(([executions, resources]) => ({
      rule: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:spotify-etl-${stage}-${executions}]`,
      resources,
      reason: 'An execution has a name that is known only when it starts; the machine is named.',
    })),
  ),
  {
    rule: 'AwsSolutions-IAM5[Resource::<PlaylistsBucket.Arn>/executions/*]',
    resources: ['PlaylistsMachineRole'],
    reason: 'The map writes its results below this name, in files that it names itself.',
  },
  {
    rule: 'Serverless-LambdaEventSourceMappingDestination',
    resources: ['RecordEventSourceMappingSQSAnswers'],
    reason: 'A destination is for streams. What fails goes to the dead letters of the queue.',
  },
  {
    rule: 'AwsSolutions-SQS3',
    resources: DEAD_LETTERS.filter((name) => name !== 'AnswersDeadLetters'),
    reason:
      'It is the dead-letter queue, of a schedule and a destination, which the rule does not see.',
  },
  {
    rule: 'Serverless-SQSRedrivePolicy',
    resources: DEAD_LETTERS,
    reason: 'It is the dead-letter queue itself: nobody consumes it, people read it.',
  },
];
