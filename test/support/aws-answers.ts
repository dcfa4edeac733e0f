/** STS, CloudFormation and Lambda as far as a look before a deploy asks them: their own answers, over real HTTP. */
import { type ScriptedReply, startScriptedServer } from './scripted-server.ts';

type Stack = {
  readonly status: string;
  /** Logical to physical name. */
  readonly resources: Record<string, string>;
  /** Of all resources; default `CREATE_COMPLETE`. */
  readonly resourceStatus?: string;
};

export type Aws = {
  readonly url: string;
  /** `Service Action` of every request so far. */
  readonly calls: string[];
  /** By name; a stack that is not here does not exist. */
  readonly stacks: Map<string, Stack>;
  /** What a service refuses everything with. */
  readonly refusals: Map<string, { status: number; code: string }>;
  freeConcurrency: number;
};

const ARN = 'arn:aws:sts::123456789012:assumed-role/deployer/ada';
/** CloudFormation gives a hundred; two make a second page of a small stack. */
const PAGE = 2;

/** Starts all three at one address; `closeScriptedServers` ends them. */
export async function startAws(): Promise<Aws> {
  const state = {
    url: '',
    calls: [] as string[],
    stacks: new Map<string, Stack>(),
    refusals: new Map<string, { status: number; code: string }>(),
    freeConcurrency: 1_000,
  };
  const { url } = await startScriptedServer((request) => {
    const [, region = '', service = ''] =
      /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(
        request.headers.authorization ?? '',
      ) ?? [];
    const form = Object.fromEntries(new URLSearchParams(request.body));
    state.calls.push(`${service} ${form.Action ?? request.path} ${region}`);
    const refusal = state.refusals.get(service);
    if (refusal !== undefined) {
      const { code, status } = refusal;
      return service === 'lambda'
        ? { status, headers: { 'x-amzn-errortype': code }, body: { Message: 'As the test says.' } }
        : refuse(status, code, 'As the test says.');
    }
    if (service === 'sts') return answerSts();
    return service === 'lambda' ? answerLambda(state) : answerStack(form, state);
  });
  return Object.assign(state, { url: url.origin });
}

function answerSts(): ScriptedReply {
  return xml(
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${ARN}</Arn><UserId>AROA:ada</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
  );
}

function answerLambda({ freeConcurrency }: Pick<Aws, 'freeConcurrency'>): ScriptedReply {
  return {
    body: {
      AccountLimit: {
        ConcurrentExecutions: freeConcurrency,
        UnreservedConcurrentExecutions: freeConcurrency,
      },
      AccountUsage: { FunctionCount: 0 },
    },
  };
}

function answerStack(
  {
    Action: action,
    NextToken: token = '0',
    StackName: name = '',
  }: Readonly<Record<string, string>>,
  { stacks }: Pick<Aws, 'stacks'>,
): ScriptedReply {
  const stack = stacks.get(name);
  if (stack === undefined) {
    return refuse(400, 'ValidationError', `Stack with id ${name} does not exist`);
  }
  if (action === 'DescribeStacks') {
    return xml(
      `<DescribeStacksResponse><DescribeStacksResult><Stacks>\n<member><StackName>${name}</StackName>\n<StackStatus>${stack.status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    );
  }
  const from = Number(token);
  const { resourceStatus = 'CREATE_COMPLETE' } = stack;
  const members = Object.entries(stack.resources)
    .slice(from, from + PAGE)
    .map(
      ([logical, physical]) =>
        `<member>\n<ResourceStatus>${resourceStatus}</ResourceStatus><LogicalResourceId>${logical}</LogicalResourceId>\n<PhysicalResourceId>${physical}</PhysicalResourceId></member>`,
    );
  const isLast = from + PAGE >= Object.keys(stack.resources).length;
  const next = isLast ? '' : `<NextToken>${from + PAGE}</NextToken>`;
  return xml(
    `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>${members.join('\n')}</StackResourceSummaries>${next}</ListStackResourcesResult></ListStackResourcesResponse>`,
  );
}

function refuse(status: number, code: string, message: string): ScriptedReply {
  return xml(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    status,
  );
}

function xml(body: string, status = 200): ScriptedReply {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
