/**
 * The floor: the requests that ours sent, sent again, each kind as many at a time as ours had under way, and nothing in
 * between. Replies are read to their end and dropped; only the token's is looked into. The first time the SDK is loaded too.
 * Arguments: the SDK's file, then a recording for each time.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Exchange } from '../traffic.ts';
import { toDocument } from './document.ts';
import type * as documentClient from './document-client.ts';
import { measure } from './measure.ts';

type Sdk = typeof documentClient;

/** What outlives a load: connections and the token. */
type Session = { readonly sdk: Sdk; readonly dynamodb: DynamoDBDocumentClient; token: string };

/** Sends one request; its input was made before the clock started. */
type Send = (session: Session) => Promise<unknown>;

/** Requests of one kind that came one after another. */
type Phase = { readonly kind: string; readonly sends: Send[]; inFlight: number };

function toPhases(exchanges: readonly Exchange[]): Phase[] {
  const phases: Phase[] = [];
  for (const exchange of exchanges) {
    const { kind, inFlight } = exchange;
    const last = phases.at(-1);
    const phase = last?.kind === kind ? last : { kind, sends: [], inFlight };
    if (phase !== last) phases.push(phase);
    phase.sends.push(toSend(exchange));
    phase.inFlight = Math.max(phase.inFlight, inFlight);
  }
  return phases;
}

function toSend(exchange: Exchange): Send {
  if (exchange.kind === 'POST /api/token') return login(exchange);
  if (exchange.method === 'GET') return read(exchange);
  return callDynamodb(exchange.kind, toDocument(JSON.parse(exchange.body)));
}

function login({ path, headers, body }: Exchange): Send {
  const { authorization = '', 'content-type': contentType = '' } = headers;
  return async (session) => {
    const response = await fetch(`${process.env.SPOTIFY_ACCOUNTS_URL}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': contentType },
      body,
    });
    const reply = JSON.parse(await response.text()) as { access_token: string };
    session.token = reply.access_token;
  };
}

function read({ path, headers: { accept = '' } }: Exchange): Send {
  const url = `${process.env.SPOTIFY_API_URL}${path}`;
  return async ({ token }) => {
    const response = await fetch(url, { headers: { accept, authorization: `Bearer ${token}` } });
    await response.text();
  };
}

/** Commands take their own input; which one the recording holds, its operation says. */
function callDynamodb(operation: string, input: unknown): Send {
  switch (operation) {
    case 'GetItem':
      return ({ dynamodb, sdk }) => dynamodb.send(new sdk.GetCommand(input as never));
    case 'PutItem':
      return ({ dynamodb, sdk }) => dynamodb.send(new sdk.PutCommand(input as never));
    case 'UpdateItem':
      return ({ dynamodb, sdk }) => dynamodb.send(new sdk.UpdateCommand(input as never));
    case 'BatchGetItem':
      return ({ dynamodb, sdk }) => dynamodb.send(new sdk.BatchGetCommand(input as never));
    case 'BatchWriteItem':
      return ({ dynamodb, sdk }) => dynamodb.send(new sdk.BatchWriteCommand(input as never));
    default:
      throw new Error(`The floor does not know ${operation} yet.`);
  }
}

async function replay(phases: readonly Phase[], session: Session): Promise<void> {
  for (const { sends, inFlight } of phases) {
    const queue = sends.values();
    const sendInTurn = async (): Promise<void> => {
      for (const send of queue) await send(session);
    };
    await Promise.all(Array.from({ length: inFlight }, sendInTurn));
  }
}

function startSession(): Session {
  const sdk = createRequire(sdkPath)(sdkPath) as Sdk;
  return { sdk, dynamodb: sdk.DynamoDBDocumentClient.from(new sdk.DynamoDBClient({})), token: '' };
}

const [, , sdkPath = '', ...recordingPaths] = process.argv;
const loads = recordingPaths
  .map((path) => toPhases(JSON.parse(readFileSync(path, 'utf8')) as Exchange[]))
  .values();
let session: Session | undefined;
void measure(async () => {
  session ??= startSession();
  await replay(loads.next().value ?? [], session);
}, recordingPaths.length - 1);
