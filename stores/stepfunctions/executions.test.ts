import { closeScriptedServers } from '../../test/support/scripted-server.ts';
import {
  MACHINE_ARN,
  REGION,
  refuse,
  type StepFunctionsServer,
  startStepFunctions,
} from '../../test/support/step-functions-server.ts';
import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import { createDocumentClient } from '../dynamodb/document-client.ts';
import { Executions } from './executions.ts';

let server: StepFunctionsServer;
let executions: Executions;
const clock = createVirtualClock({ startMs: Date.now() });
const limits = { clock, deadlineAt: clock.now() + 60_000 };
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

beforeEach(async () => {
  server = await startStepFunctions();
  process.env.AWS_ENDPOINT_URL_SFN = server.url;
  const client = createDocumentClient({ region: REGION, credentials });
  executions = new Executions(MACHINE_ARN, client);
});
afterEach(closeScriptedServers);

describe('An execution', () => {
  it('starts once for one name and input, and not again after its end', async () => {
    expect(await executions.start('one', { list: 1 }, limits)).toBe(true);
    expect(await executions.start('one', { list: 1 }, limits)).toBe(true);
    expect(await executions.start('one', { list: 2 }, limits)).toBe(false);
    server.end('one', 'FAILED', clock.now());

    expect(await executions.start('one', { list: 1 }, limits)).toBe(false);
    expect(server.inputs()).toEqual({ one: { list: 1 } });
  });

  it('has no end while it runs, and one when it has ended, and not without a start', async () => {
    await executions.start('one', {}, limits);
    const running = await executions.findEnd('one', limits);
    server.end('one', 'TIMED_OUT', 1_790_000_000_500);

    expect(running).toBe(Number.POSITIVE_INFINITY);
    expect(await executions.findEnd('one', limits)).toBe(1_790_000_000_500);
    expect(await executions.findEnd('two', limits)).toBeUndefined();
  });
});

describe('A call to Step Functions', () => {
  it.each([
    ['throttled', refuse('ThrottlingException')],
    ['answered with 500', refuse('InternalFailure', 500)],
  ])('that is %s is repeated twice', async (_how, fault) => {
    server.faults.push(fault, fault);
    expect(await executions.start('one', {}, limits)).toBe(true);

    server.faults.push(fault, fault, fault);
    await expect(executions.findEnd('one', limits)).rejects.toMatchObject({
      code: 'RUNS_UNAVAILABLE',
      retryAfterSeconds: 30,
    });
    expect(server.calls).toHaveLength(6);
  });

  it('that is refused says why, and is not repeated', async () => {
    server.faults.push(refuse('AccessDeniedException'));

    await expect(executions.start('one', {}, limits)).rejects.toThrow(
      'Step Functions answers StartExecution with 400',
    );
    expect(server.calls).toHaveLength(1);
  });

  it('that nothing answers ends with the time of the run', async () => {
    await closeScriptedServers();

    await expect(executions.start('one', {}, limits)).rejects.toMatchObject({
      code: 'RUNS_UNAVAILABLE',
    });
  });
});
