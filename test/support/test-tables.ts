/** The four tables in the embedded engine, behind a door at which a test may answer in its place. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { EMBEDDED_CREDENTIALS, EMBEDDED_REGION } from '../../local/dynamodb.ts';
import { readStack } from '../../local/table-definitions.ts';
import type { TableNames } from '../../stores/dynamodb/requests.ts';
import { callEngine } from './call-engine.ts';
import {
  type ReceivedRequest,
  type ScriptedReply,
  startScriptedServer,
} from './scripted-server.ts';
import { startTestEngine } from './test-engine.ts';

export const TEST_TABLES: TableNames = {
  playlist: 'spotify-etl-test-playlist',
  track: 'spotify-etl-test-track',
  album: 'spotify-etl-test-album',
  artist: 'spotify-etl-test-artist',
};

export type TestTables = {
  readonly client: DynamoDBDocumentClient;
  readonly url: string;
  readonly close: () => Promise<void>;
};

export async function startTestTables(): Promise<TestTables> {
  const { tables } = await readStack('serverless.yml', 'test');
  const { close, url } = await startTestEngine({ tables });
  const client = createTestClient(url);
  return {
    client,
    url,
    close: async () => {
      client.destroy();
      await close();
    },
  };
}

/** A client that repeats nothing by itself, so that a test sees each call. */
export function createTestClient(url: string): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: url,
      region: EMBEDDED_REGION,
      credentials: EMBEDDED_CREDENTIALS,
      maxAttempts: 1,
    }),
  );
}

/** One call as it goes over the wire. */
export type WireCall = {
  readonly operation: string;
  /** The request, in DynamoDB's own JSON. */
  readonly input: unknown;
  /** Hands a request, by default this one, to the engine. */
  readonly forward: (input?: unknown) => Promise<{ status: number; body: unknown }>;
};

/** Starts a door before the engine; `answer` gives every reply. `closeScriptedServers` closes it. */
export async function startDoor(
  engineUrl: string,
  answer: (call: WireCall) => Promise<ScriptedReply>,
): Promise<{ readonly client: DynamoDBDocumentClient; readonly calls: WireCall[] }> {
  const calls: WireCall[] = [];
  const { url } = await startScriptedServer(async (request) => {
    const call = toWireCall(engineUrl, request);
    calls.push(call);
    return answer(call);
  });
  return { client: createTestClient(url.origin), calls };
}

function toWireCall(engineUrl: string, { headers, body }: ReceivedRequest): WireCall {
  const target = String(headers['x-amz-target']);
  const input: unknown = JSON.parse(body);
  return {
    operation: target.slice(target.indexOf('.') + 1),
    input,
    forward: async (wanted = input) => {
      const answer = await callEngine(engineUrl, headers, JSON.stringify(wanted));
      return { status: answer.status, body: JSON.parse(answer.body) as unknown };
    },
  };
}

/** An error as DynamoDB sends it. */
export function wireError(name: string, message = 'as the test says'): ScriptedReply {
  return {
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message },
  };
}
