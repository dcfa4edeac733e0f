import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { maskAwsError } from '../../lib/mask-secrets.ts';
import { NoAnswerError } from './table-errors.ts';
import { measureCall } from './table-use.ts';

const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_SOCKETS = 16;

/** Where the tables are and who asks. The SDK finds what is left out, in the environment and `~/.aws`. */
export type DynamodbSettings = {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string }
    | undefined;
  /** How long one answer may take to begin. */
  readonly requestTimeoutMs?: number | undefined;
  /** Default 2: one repeat by the SDK. 1 where the caller repeats calls with a clock and a deadline of its own. */
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
      // An answer that has begun must also go on.
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
        // DynamoDB puts a request ID on all it says. Without this check an empty answer of something in between would count as one
        // that leaves nothing unprocessed and finds no row.
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
