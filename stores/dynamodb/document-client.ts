import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { maskAwsError } from '../../lib/mask-secrets.ts';
import { NoAnswerError } from './table-errors.ts';
import { measureCall } from './table-use.ts';

const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_SOCKETS = 16;

/** Region, endpoint and credentials. The SDK finds omitted values in the environment and `~/.aws`. */
export type DynamodbSettings = {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string }
    | undefined;
  /** Time limit for the beginning of an answer. */
  readonly requestTimeoutMs?: number | undefined;
  /** Default 2: one repeat by the SDK. 1 if the caller repeats calls itself. */
  readonly maxAttempts?: number | undefined;
};

/**
 * The DynamoDB client, once per process. Retries are pinned, since the SDK's defaults change with its version. Its errors hold no
 * secrets.
 */
export function createDocumentClient(settings: DynamodbSettings = {}): DynamoDBDocumentClient {
  const { maxAttempts = 2, requestTimeoutMs = REQUEST_TIMEOUT_MS, ...where } = settings;
  const client = new DynamoDBClient({
    ...Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined)),
    maxAttempts,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      // An answer must also not stall.
      socketTimeout: requestTimeoutMs,
      httpAgent: { maxSockets: MAX_SOCKETS },
      httpsAgent: { maxSockets: MAX_SOCKETS },
    },
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
        // Every answer of DynamoDB has a request ID. Without this check an empty answer from a proxy would mean "nothing
        // unprocessed, no row found".
        if (reply.output.$metadata.requestId === undefined) throw new NoAnswerError();
        return reply;
      } catch (error) {
        throw maskAwsError(error);
      }
    },
    { step: 'initialize', name: 'checkAnswer' },
  );
  return DynamoDBDocumentClient.from(client);
}
