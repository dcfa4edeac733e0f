/**
 * The floor: the requests that ours sent, sent again, each kind as many at a time as ours had under way, and nothing in
 * between. Replies are read to their end and dropped; only the token's is looked into. Argument: the recording.
 */
import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Exchange } from '../traffic.ts';
import { toDocument } from './document.ts';
import { measure } from './measure.ts';

type Session = { readonly dynamodb: DynamoDBDocumentClient; token: string };

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
      return ({ dynamodb }) => dynamodb.send(new GetCommand(input as never));
    case 'PutItem':
      return ({ dynamodb }) => dynamodb.send(new PutCommand(input as never));
    case 'UpdateItem':
      return ({ dynamodb }) => dynamodb.send(new UpdateCommand(input as never));
    case 'BatchGetItem':
      return ({ dynamodb }) => dynamodb.send(new BatchGetCommand(input as never));
    case 'BatchWriteItem':
      return ({ dynamodb }) => dynamodb.send(new BatchWriteCommand(input as never));
    default:
      throw new Error(`The floor does not know ${operation} yet.`);
  }
}

async function replay(phases: readonly Phase[]): Promise<void> {
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const session = { dynamodb, token: '' };
  for (const { sends, inFlight } of phases) {
    const queue = sends.values();
    const sendInTurn = async (): Promise<void> => {
      for (const send of queue) await send(session);
    };
    await Promise.all(Array.from({ length: inFlight }, sendInTurn));
  }
}

const recording = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Exchange[];
const phases = toPhases(recording);
void measure(() => replay(phases));
