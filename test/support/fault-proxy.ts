/**
 * An HTTP proxy before a DynamoDB engine: it speaks the wire protocol, does to calls what no engine on a laptop ever does,
 * notes every call and counts what each would cost.
 */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveOnLoopback } from '../../lib/loopback-server.ts';
import { callEngine } from './call-engine.ts';
import { type FindRow, measureCall, type Units } from './consumed-capacity.ts';
import {
  createDynamodbFaults,
  type DynamodbAction,
  type DynamodbFaults,
  partBatch,
  type WireBatch,
} from './dynamodb-faults.ts';
import type { WireItem } from './wire-size.ts';

export type ProxiedCall = {
  readonly operation: string;
  /** The request as it came, as text. */
  readonly body: string;
  /** What was done to it. */
  readonly fault: DynamodbAction['type'] | undefined;
  /** What the engine was made to do, if it is measured. */
  units: Units;
  /** What the engine answered, as text, if it was asked. */
  reply: string;
};

export type FaultProxy = {
  readonly url: string;
  readonly faults: DynamodbFaults;
  /** Calls since the last look, in the order in which they came. */
  readonly takeCalls: () => ProxiedCall[];
  /** Lets no more than so many calls from now on through to the engine; all others find the line dead. */
  readonly cutOffAfter: (calls: number) => void;
  /** Returns once no call is under way, those that come late among them. */
  readonly settle: () => Promise<void>;
  /** Undoes `cutOffAfter`. */
  readonly mend: () => void;
  readonly close: () => Promise<void>;
};

export type FaultProxyOptions = {
  readonly engineUrl: string;
  /** Counts units, for which it reads every row before and after: not for large loads. */
  readonly isMeasuring?: boolean;
  /** Awaited before a call is looked at. */
  readonly onCall?: (call: ProxiedCall) => void | Promise<void>;
  /** Awaited once a call was applied and before its answer is sent. */
  readonly onApplied?: (call: ProxiedCall) => void | Promise<void>;
};

/** DynamoDB's limit for a request, which the engines do not keep. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;
const JSON_TYPE = 'application/x-amz-json-1.0';

type Answer = {
  readonly status: number;
  readonly body: string;
  /** Whether somebody else than DynamoDB says so. */
  readonly isForeign?: boolean;
};

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { engineUrl, isMeasuring = false } = options;
  const faults = createDynamodbFaults();
  const calls: ProxiedCall[] = [];
  const underWay = new Set<Promise<unknown>>();
  let callsLeft = Number.POSITIVE_INFINITY;
  const server = createServer((incoming, response) => {
    const handled = handle(incoming.headers, text(incoming), response)
      .catch(() => response.destroy())
      .finally(() => underWay.delete(handled));
    underWay.add(handled);
  });

  async function handle(
    headers: IncomingHttpHeaders,
    reading: Promise<string>,
    response: ServerResponse,
  ): Promise<void> {
    const body = await reading;
    const operation = String(headers['x-amz-target']).replace(/^.*\./, '');
    const action = faults.take(operation, body);
    const call: ProxiedCall = {
      operation,
      body,
      fault: action?.type,
      units: { read: 0, write: 0 },
      reply: '',
    };
    calls.push(call);
    callsLeft -= 1;
    if (callsLeft < 0) {
      response.destroy();
      return;
    }
    await options.onCall?.(call);
    const apply = async (wanted = body): Promise<Answer> => {
      const answer = await forward(call, headers, wanted);
      call.reply = answer.body;
      await options.onApplied?.(call);
      return answer;
    };
    await strike(action, { body, apply, response });
  }

  async function forward(
    call: ProxiedCall,
    headers: IncomingHttpHeaders,
    body: string,
  ): Promise<Answer> {
    if (Buffer.byteLength(body) > MAX_REQUEST_BYTES) return toError('ValidationException', {});
    const send = (target: string, sent: string): Promise<Answer> =>
      callEngine(engineUrl, { ...headers, 'x-amz-target': target }, sent);
    const target = String(headers['x-amz-target']);
    if (!isMeasuring) return send(target, body);
    const findRow: FindRow = async ({ key, table }) => {
      const get = { TableName: table, Key: key, ConsistentRead: true };
      const found = await send('DynamoDB_20120810.GetItem', JSON.stringify(get));
      return (JSON.parse(found.body) as { Item?: WireItem }).Item;
    };
    const measure = await measureCall(call.operation, JSON.parse(body) as object, findRow);
    const answer = await send(target, body);
    call.units = await measure();
    return answer;
  }

  const { close, url } = await serveOnLoopback(server, { port: 0 });
  return {
    url,
    faults,
    takeCalls: () => calls.splice(0),
    cutOffAfter: (count) => {
      callsLeft = count;
    },
    settle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    mend: () => {
      callsLeft = Number.POSITIVE_INFINITY;
    },
    close,
  };
}

type Apply = (wanted?: string) => Promise<Answer>;

/** Has the engine do the call, as far as the fault lets it, and sends what the fault leaves of the answer. */
async function strike(
  action: DynamodbAction | undefined,
  {
    apply,
    body,
    response,
  }: { readonly body: string; readonly apply: Apply; readonly response: ServerResponse },
): Promise<void> {
  if (action?.type === 'hang') return;
  if (action?.type === 'reset') {
    if (action.when === 'after') await apply();
    response.destroy();
    return;
  }
  const answer = await toAnswer(action, { apply, body });
  if (action?.type === 'cut') sendHalf(response, answer, () => response.destroy());
  else if (action?.type === 'stall') sendHalf(response, answer);
  else send(response, answer);
}

async function toAnswer(
  action: Exclude<DynamodbAction, { type: 'hang' | 'reset' }> | undefined,
  { apply, body }: { readonly body: string; readonly apply: Apply },
): Promise<Answer> {
  switch (action?.type) {
    case 'error':
      return toError(action.name, action);
    case 'unprocessed':
      return applyInPart(action, body, apply);
    case 'foreign-200':
      return { status: 200, body: action.body, isForeign: true };
    case 'slow':
      await sleep(action.ms);
      return apply();
    case 'unknown-field': {
      const answer = await apply();
      const fields = JSON.parse(answer.body) as object;
      return { ...answer, body: JSON.stringify({ ...fields, NewIn2027: [{}] }) };
    }
    case 'cut':
    case 'stall':
    case undefined:
      return apply();
  }
}

function sendHalf(
  response: ServerResponse,
  answer: Answer,
  then: () => void = () => undefined,
): void {
  const { body, status } = answer;
  const length = Buffer.byteLength(body) + 1;
  response.writeHead(status, { ...toHeaders(answer), 'content-length': length });
  response.write(body.slice(0, Math.ceil(body.length / 2)), then);
}

async function applyInPart(
  { which }: Extract<DynamodbAction, { type: 'unprocessed' }>,
  body: string,
  apply: Apply,
): Promise<Answer> {
  const request = JSON.parse(body) as WireBatch;
  const { left, taken } = partBatch(request, which);
  const isReading = 'Keys' in (Object.values(request.RequestItems)[0] as object);
  const isNothing = Object.keys(taken.RequestItems).length === 0;
  const applied = isNothing
    ? { status: 200, body: isReading ? '{"Responses":{}}' : '{}' }
    : await apply(JSON.stringify({ ...request, ...taken }));
  if (applied.status !== 200) return applied;
  const name = isReading ? 'UnprocessedKeys' : 'UnprocessedItems';
  const answer = JSON.parse(applied.body) as object;
  return { status: 200, body: JSON.stringify({ ...answer, [name]: left }) };
}

function toError(
  name: string,
  { reasons, status = 400 }: { readonly reasons?: readonly string[]; readonly status?: number },
): Answer {
  const ThrottlingReasons = reasons?.map((reason) => ({ reason, resource: 'arn:aws:dynamodb' }));
  const body = {
    __type: `com.amazonaws.dynamodb.v20120810#${name}`,
    message: `${name}, as the test says`,
    ...(ThrottlingReasons === undefined ? {} : { ThrottlingReasons }),
  };
  return { status, body: JSON.stringify(body) };
}

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, toHeaders(answer));
  response.end(answer.body);
}

/** DynamoDB puts an ID on all it says. */
function toHeaders({ isForeign = false }: Answer): Record<string, string> {
  return { 'content-type': JSON_TYPE, ...(isForeign ? {} : { 'x-amzn-requestid': 'proxied' }) };
}
