/**
 * Executions of a state machine. The requests are signed here: with the client of Step Functions, a function of the API would be
 * larger than 400 KB.
 */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { loadConfig } from '@smithy/core/config';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod/mini';
import { EtlError } from '../../etl/errors.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { type RunLimits, repeat } from '../dynamodb/one-call.ts';
import { isRetryable } from '../dynamodb/table-errors.ts';

const MAX_REPEATS = 2;
const RETRY_AFTER_SECONDS = 30;
const REFUSALS = new Set(['ExecutionAlreadyExists', 'ExecutionDoesNotExist']);

const replySchema = z.object({
  response: z.object({ statusCode: z.number(), body: z.unknown() }),
});
/** In seconds. */
const executionSchema = z.object({ stopDate: z.nullish(z.number()) });
const refusalSchema = z.object({ __type: z.string(), message: z.catch(z.string(), '') });

export class Executions {
  readonly #machineArn: string;
  readonly #config: DynamoDBDocumentClient['config'];
  readonly #signer: SignatureV4;

  /** Uses the client's region, credentials and connections. */
  constructor(machineArn: string, { config }: Pick<DynamoDBDocumentClient, 'config'>) {
    this.#machineArn = machineArn;
    this.#config = config;
    this.#signer = new SignatureV4({ ...config, service: 'states' });
  }

  /** False if there has been one of this name that has ended or has another input. Starts one of a name only once. */
  async start(name: string, input: object, limits: RunLimits): Promise<boolean> {
    const request = { stateMachineArn: this.#machineArn, name, input: JSON.stringify(input) };
    return (await this.#call('StartExecution', request, limits)) !== undefined;
  }

  /** In milliseconds since the epoch; infinite while it runs, undefined if there is none. AWS keeps them for 90 days. */
  async findEnd(name: string, limits: RunLimits): Promise<number | undefined> {
    const executionArn = `${this.#machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    return await this.#call('DescribeExecution', { executionArn }, limits);
  }

  /** When the execution has ended; undefined if the call is refused because there is one already, or none. */
  async #call(action: string, input: object, limits: RunLimits): Promise<number | undefined> {
    const send = (options: object): Promise<unknown> => this.#send(action, input, options);
    try {
      const { stopDate } = executionSchema.parse(await repeat(limits, send, MAX_REPEATS));
      return (stopDate ?? Number.POSITIVE_INFINITY) * 1000;
    } catch (cause) {
      if (cause instanceof Error && REFUSALS.has(cause.name)) return undefined;
      if (!isRetryable(cause)) throw cause;
      const message = `Step Functions does not answer ${action}. Ask again in ${RETRY_AFTER_SECONDS} seconds.`;
      const options = { cause, retryAfterSeconds: RETRY_AFTER_SECONDS };
      throw new EtlError('RUNS_UNAVAILABLE', message, options);
    }
  }

  async #send(action: string, input: object, options: object): Promise<unknown> {
    const { region, requestHandler, streamCollector, utf8Encoder } = this.#config;
    const { host, hostname, port, protocol } = new URL(await findEndpoint(await region()));
    const target = { 'x-amz-target': `AWSStepFunctions.${action}` };
    const request = await this.#signer.sign({
      ...{ method: 'POST', protocol, hostname, path: '/', body: JSON.stringify(input) },
      ...(port !== '' && { port: Number(port) }),
      headers: { host, 'content-type': 'application/x-amz-json-1.0', ...target },
    });
    const { response } = replySchema.parse(
      await requestHandler.handle(new HttpRequest(request), options),
    );
    const body = parseJson(utf8Encoder(await streamCollector(response.body)));
    const httpStatusCode = response.statusCode;
    if (httpStatusCode === 200) return body;
    const { __type = '', message = '' } = refusalSchema.safeParse(body).data ?? {};
    const text = `Step Functions answers ${action} with ${httpStatusCode} ${__type} ${message}`;
    // Formed like an error of the SDK, whose predicates then know what can be repeated.
    const name = __type.replace(/^.*#/, '');
    throw Object.assign(new Error(text), { name, $metadata: { httpStatusCode } });
  }
}

/** As the SDK's clients find theirs. */
const findEndpoint = (region: string): Promise<string> =>
  loadConfig({
    environmentVariableSelector: (env) => env.AWS_ENDPOINT_URL_SFN ?? env.AWS_ENDPOINT_URL,
    configFileSelector: () => undefined,
    default: `https://states.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
  })();
