/** AWS Step Functions as far as executions of one machine are started and looked up, over real HTTP, with the documented semantics. */
import { EMBEDDED_REGION as REGION } from '../../local/dynamodb.ts';
import { type ScriptedReply, startScriptedServer } from './scripted-server.ts';

/** Of the embedded DynamoDB. */
export { EMBEDDED_REGION as REGION } from '../../local/dynamodb.ts';

const ARN = `arn:aws:states:${REGION}:123456789012`;
export const MACHINE_ARN = `${ARN}:stateMachine:spotify-etl-test-playlist`;

type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

type Execution = { readonly input: string; status: Status; stopDate?: number };

export type StepFunctionsServer = {
  readonly url: string;
  /** `StartExecution <name>` and so on, in order. */
  readonly calls: string[];
  /** Inputs of executions by name, in the order of their starts. */
  readonly inputs: () => Readonly<Record<string, unknown>>;
  /** An execution that somebody else has started. */
  readonly begin: (name: string) => void;
  /** Ends an execution at a time, in milliseconds since the epoch. */
  readonly end: (name: string, status: Status, at: number) => void;
  /** What the next calls meet instead of an answer. */
  readonly faults: ScriptedReply[];
};

/** `closeScriptedServers` ends it. */
export async function startStepFunctions(): Promise<StepFunctionsServer> {
  const executions = new Map<string, Execution>();
  const calls: string[] = [];
  const faults: ScriptedReply[] = [];
  const { url } = await startScriptedServer(({ body, headers }): ScriptedReply => {
    const action = String(headers['x-amz-target']).replace('AWSStepFunctions.', '');
    const scope = new RegExp(`Credential=[^/]+/\\d{8}/${REGION}/states/aws4_request`);
    if (!scope.test(headers.authorization ?? '')) return refuse('IncompleteSignature');
    const request = JSON.parse(body) as Record<string, string>;
    const name = request.name ?? request.executionArn?.split(':').at(-1) ?? '';
    calls.push(`${action} ${name}`);
    const fault = faults.shift();
    if (fault !== undefined) return fault;
    const reply = action === 'StartExecution' ? start(name, request) : describe(request);
    return { headers: { 'content-type': 'application/x-amz-json-1.0' }, ...reply };
  });
  const start = (name: string, { input = '', stateMachineArn }: Record<string, string>) => {
    if (stateMachineArn !== MACHINE_ARN) return refuse('StateMachineDoesNotExist');
    const known = executions.get(name);
    // The same again while it runs is answered like the first.
    if (known && (known.status !== 'RUNNING' || known.input !== input)) {
      return refuse('ExecutionAlreadyExists');
    }
    executions.set(name, known ?? { input, status: 'RUNNING' });
    return { body: { executionArn: toArn(name), startDate: 1_790_000_000.123 } };
  };
  const describe = ({ executionArn = '' }: Record<string, string>): ScriptedReply => {
    const [name, execution] =
      [...executions].find(([other]) => toArn(other) === executionArn) ?? [];
    if (execution === undefined) return refuse('ExecutionDoesNotExist');
    return { body: { executionArn, stateMachineArn: MACHINE_ARN, name, ...execution } };
  };
  return {
    url: url.origin,
    calls,
    faults,
    inputs: () =>
      Object.fromEntries([...executions].map(([name, { input }]) => [name, JSON.parse(input)])),
    begin: (name) => void executions.set(name, { input: '{}', status: 'RUNNING' }),
    end: (name, status, at) => {
      const execution = executions.get(name);
      if (execution === undefined) throw new Error(`There is no execution ${name}.`);
      Object.assign(execution, { status, stopDate: at / 1000 });
    },
  };
}

const toArn = (name: string): string =>
  `${MACHINE_ARN.replace('stateMachine', 'execution')}:${name}`;

export function refuse(code: string, status = 400): ScriptedReply {
  const __type = `com.amazonaws.swf.service.v2.model#${code}`;
  return { status, body: { __type, message: 'As the test says.' } };
}
