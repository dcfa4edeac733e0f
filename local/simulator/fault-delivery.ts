import { type ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import { type Answer, toBodyText } from './answers.ts';
import { type DeliveryAction } from './faults.ts';

const TRICKLE_EVERY_MS = 20;

/** Sends a right answer the wrong way; the socket may stay open until either side ends it. */
export function deliverBroken(
  action: DeliveryAction,
  answer: Answer,
  response: ServerResponse,
): void {
  const body = Buffer.from(toBodyText(answer));
  const half = body.subarray(0, Math.floor(body.length / 2));
  switch (action.type) {
    case 'hang':
      return;
    case 'reset':
      reset(action.when, { answer, response, body });
      return;
    case 'truncate':
      response.writeHead(answer.status, toHeaders(answer, action.chunked === true ? {} : body));
      response.write(half, () => response.socket?.destroySoon());
      return;
    case 'half-json':
      response.writeHead(answer.status, toHeaders(answer, half)).end(half);
      return;
    case 'truncated-gzip': {
      const zipped = gzipSync(body);
      const cut = zipped.subarray(0, Math.floor(zipped.length / 2));
      const headers = { ...toHeaders(answer, cut), 'content-encoding': 'gzip' };
      response.writeHead(answer.status, headers).end(cut);
      return;
    }
    case 'trickle':
      response.writeHead(answer.status, toHeaders(answer, {}));
      trickle(response, body, action.everyMs ?? TRICKLE_EVERY_MS);
      return;
    case 'padded':
      sendPadded(action, { answer, response, body });
      return;
  }
}

/** Without a length the body goes out in chunks. */
function toHeaders(answer: Answer, body: { readonly length?: number }): Record<string, string> {
  return body.length === undefined
    ? { ...answer.headers }
    : { ...answer.headers, 'content-length': String(body.length) };
}

type Delivery = {
  readonly answer: Answer;
  readonly response: ServerResponse;
  readonly body: Buffer;
};

function reset(
  when: 'before-headers' | 'after-headers' | 'mid-body',
  { answer, response, body }: Delivery,
): void {
  const { socket } = response;
  if (when === 'before-headers') {
    socket?.resetAndDestroy();
    return;
  }
  response.writeHead(answer.status, toHeaders(answer, body));
  if (when === 'after-headers') response.flushHeaders();
  else response.write(body.subarray(0, Math.floor(body.length / 2)));
  // A reset discards what the other side has not read yet: let it arrive first.
  setTimeout(() => socket?.resetAndDestroy(), 30).unref();
}

function sendPadded(
  {
    gzip = false,
    megabytes = Number.POSITIVE_INFINITY,
  }: Extract<DeliveryAction, { type: 'padded' }>,
  { answer, response, body }: Delivery,
): void {
  const headers = toHeaders(answer, {});
  response.writeHead(answer.status, gzip ? { ...headers, 'content-encoding': 'gzip' } : headers);
  const padded = Readable.from(pad(body, megabytes));
  // The client may leave before the end: no error here.
  pipeline(gzip ? [padded, createGzip(), response] : [padded, response], () => undefined);
}

function* pad(body: Buffer, megabytes: number): Generator<Buffer> {
  yield body;
  const blanks = Buffer.alloc(1024 * 1024, ' ');
  for (let sent = 0; sent < megabytes; sent += 1) yield blanks;
}

/** Byte by byte and, after the last one, blanks: it never ends by itself. */
function trickle(response: ServerResponse, body: Buffer, everyMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(sent < body.length ? body.subarray(sent, sent + 1) : ' ');
    sent += 1;
  }, everyMs);
  response.on('close', () => {
    clearInterval(timer);
  });
}
