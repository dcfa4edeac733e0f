/**
 * Executions of a state machine. The requests are signed here: with the client of Step Functions, a function of the API would be
 * larger than 400 KB.
 */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod/mini';
import { EtlError } from '../../etl/errors.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { type RunLimits, repeat } from '../dynamodb/one-call.ts';
import { isRetryable } from '../dynamodb/table-errors.ts';

export type Machine = {
  readonly arn: string;
  /** Step Functions elsewhere, as the SDK's own variables name it. */
  readonly endpoint: string | undefined;
};

export type Execution = {
  /** `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`. */
  readonly status: string;
  /** Milliseconds since the epoch; undefined while it runs. */
  readonly endedAt: number | undefined;
};

const MAX_REPEATS = 2;
const RETRY_AFTER_SECONDS = 30;

const handledSchema = z.object({
  response: z.object({ statusCode: z.number(), body: z.unknown() }),
});
const executionSchema = z.object({ status: z.string(), stopDate: z.nullish(z.number()) });
const refusalSchema = z.object({ __type: z.string(), message: z.catch(z.string(), '') });

/** Formed like an error of the SDK, whose predicates then know what can be repeated. */
class RefusedCall extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(action: string, httpStatusCode: number, body: unknown) {
    const { __type = '', message = '' } = refusalSchema.safeParse(body).data ?? {};
    super(`Step Functions answers ${action} with ${httpStatusCode} ${__type} ${message}`);
    this.name = __type.replace(/^.*#/, '');
    this.$metadata = { httpStatusCode };
  }
}

export class Executions {
  readonly #machine: Machine;
  readonly #config: DynamoDBDocumentClient['config'];
  readonly #signer: SignatureV4;

  /** Uses the credentials and connections of the client. */
  constructor(machine: Machine, { config }: Pick<DynamoDBDocumentClient, 'config'>) {
    const { credentials, sha256 } = config;
    this.#machine = machine;
    this.#config = config;
    this.#signer = new SignatureV4({
      service: 'states',
      region: partsOf(machine.arn).region,
      credentials,
      sha256,
    });
  }

  /** False if there has been one of this name that has ended or has another input. Starts one of a name only once. */
  async start(name: string, input: object, limits: RunLimits): Promise<boolean> {
    const { arn: stateMachineArn } = this.#machine;
    const request = { stateMachineArn, name, input: JSON.stringify(input) };
    const start = this.#call('StartExecution', request, limits);
    return (await unless('ExecutionAlreadyExists', start)) !== undefined;
  }

  /** Undefined if there is none of this name. AWS keeps them for 90 days. */
  async describe(name: string, limits: RunLimits): Promise<Execution | undefined> {
    const executionArn = `${this.#machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const description = this.#call('DescribeExecution', { executionArn }, limits);
    const found = await unless('ExecutionDoesNotExist', description);
    if (found === undefined) return undefined;
    const { status, stopDate } = executionSchema.parse(found);
    return { status, endedAt: typeof stopDate === 'number' ? stopDate * 1000 : undefined };
  }

  async #call(action: string, input: object, limits: RunLimits): Promise<unknown> {
    const send = async (options: { readonly abortSignal: AbortSignal }): Promise<unknown> => {
      const { requestHandler, streamCollector, utf8Encoder } = this.#config;
      const signed = await this.#signer.sign(toRequest(this.#machine, action, input));
      const handled: unknown = await requestHandler.handle(new HttpRequest(signed), options);
      const { body, statusCode } = handledSchema.parse(handled).response;
      const answer = parseJson(utf8Encoder(await streamCollector(body)));
      if (statusCode === 200) return answer;
      throw new RefusedCall(action, statusCode, answer);
    };
    try {
      return await repeat(limits, send, MAX_REPEATS);
    } catch (cause) {
      if (!isRetryable(cause)) throw cause;
      const message = `Step Functions does not answer ${action}. Ask again in ${RETRY_AFTER_SECONDS} seconds.`;
      const options = { cause, retryAfterSeconds: RETRY_AFTER_SECONDS };
      throw new EtlError('RUNS_UNAVAILABLE', message, options);
    }
  }
}

/** Undefined if the call was refused with this code. */
async function unless(code: string, call: Promise<unknown>): Promise<unknown> {
  return await call.catch((error: unknown) => {
    if (error instanceof RefusedCall && error.name === code) return undefined;
    throw error;
  });
}

function toRequest({ arn, endpoint }: Machine, action: string, input: object): HttpRequest {
  const { partition, region } = partsOf(arn);
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = new URL(endpoint ?? `https://states.${region}.${domain}`);
  const { host, hostname, port, protocol } = url;
  return new HttpRequest({
    method: 'POST',
    protocol,
    hostname,
    ...(port !== '' && { port: Number(port) }),
    path: '/',
    headers: {
      host,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AWSStepFunctions.${action}`,
    },
    body: JSON.stringify(input),
  });
}

function partsOf(arn: string): { readonly partition: string; readonly region: string } {
  const [, partition = '', , region = ''] = arn.split(':');
  return { partition, region };
}
