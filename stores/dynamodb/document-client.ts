import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { maskAwsError } from '../../lib/mask-secrets.ts';
import { assertAnswered } from './no-answer.ts';
import { measureCall } from './table-use.ts';

const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_SOCKETS = 16;

/** Where the tables are and who asks; what is left out is found as the SDK does, in the environment and `~/.aws`. */
export type DynamodbSettings = {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string }
    | undefined;
  /** How long one answer may take to begin. */
  readonly requestTimeoutMs?: number | undefined;
  /** 2 where not said: one repeat by the SDK. 1 for who repeats calls with a clock and a deadline of its own. */
  readonly maxAttempts?: number | undefined;
};

/**
 * The DynamoDB client, once per process. Retries are pinned, since the SDK's defaults change with its version. What it throws is
 * fit for a log.
 */
export function createDocumentClient(settings: DynamodbSettings = {}): DynamoDBDocumentClient {
  const { maxAttempts = 2, requestTimeoutMs = REQUEST_TIMEOUT_MS, ...where } = settings;
  const client = new DynamoDBClient({
    ...Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined)),
    maxAttempts,
    retryMode: 'standard',
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      // An answer that has begun must also go on.
      socketTimeout: requestTimeoutMs,
      httpAgent: { maxSockets: MAX_SOCKETS },
      httpsAgent: { maxSockets: MAX_SOCKETS },
    }),
  });
  client.middlewareStack.add(
    (next, { commandName }) =>
      (call) =>
        measureCall(commandName, call, next),
    { step: 'initialize', name: 'measureTableUse' },
  );
  client.middlewareStack.add(
    (next) => async (call) => {
      try {
        const reply = await next(call);
        assertAnswered(reply.output);
        return reply;
      } catch (error) {
        throw maskAwsError(error);
      }
    },
    { step: 'initialize', name: 'checkAnswer' },
  );
  return DynamoDBDocumentClient.from(client);
}
