/** Amazon S3 as far as one object is read and conditionally replaced, over real HTTP, for a caller that may not list the bucket. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { serveOnLoopback } from '../../lib/loopback-server.ts';

export type S3Fault =
  /** Answered with this error instead. */
  | { readonly status: number; readonly code: string }
  /** Carried out, but the answer is lost. */
  | 'lost-answer'
  /** The connection breaks before anything is done. */
  | 'reset';

export type S3Server = {
  readonly url: string;
  /** `GET bucket/key` and so on, in order. */
  readonly requests: string[];
  /** What stands there; undefined where nothing does. */
  readonly read: (path: string) => string | undefined;
  /** Puts it there, as a person with another program does. */
  readonly write: (path: string, body: string | undefined) => void;
  /** Called before each request, such as `PUT bucket/key`; returns the fault to inject. */
  onRequest: (request: string) => S3Fault | undefined;
  readonly close: () => Promise<void>;
};

type Reply = {
  readonly status: number;
  readonly body?: Buffer | string;
  readonly headers?: Record<string, string>;
};

export async function startS3Server(): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const s3: Omit<S3Server, 'url' | 'close'> = {
    requests,
    read: (path) => objects.get(path)?.toString(),
    write: (path, body) => {
      if (body === undefined) objects.delete(path);
      else objects.set(path, Buffer.from(body));
    },
    onRequest: () => undefined,
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://s3').pathname.slice(1));
    const name = `${request.method ?? ''} ${path}`;
    const body = await buffer(request);
    requests.push(name);
    const fault = s3.onRequest(name);
    if (fault === 'reset') {
      response.destroy();
      return;
    }
    const reply =
      typeof fault === 'object'
        ? refuse(fault.status, fault.code)
        : (findForgery(request, body) ?? carryOut(objects, { request, path, body }));
    if (fault === 'lost-answer') response.destroy();
    else response.writeHead(reply.status, reply.headers).end(reply.body);
  };
  const { close, url } = await serveOnLoopback(server, { port: 0 });
  return Object.assign(s3, { url, close });
}

/** Whether it is signed is looked at, and whether for this body; the signature itself is not computed again. */
function findForgery({ headers }: IncomingMessage, body: Buffer): Reply | undefined {
  const sum = headers['x-amz-content-sha256'];
  if (!/^AWS4-HMAC-SHA256 .*\/s3\/aws4_request/.test(headers.authorization ?? '')) {
    return refuse(403, 'AccessDenied');
  }
  const isRight = sum === 'UNSIGNED-PAYLOAD' || sum === hash('sha256', body, 'hex');
  return isRight ? undefined : refuse(400, 'XAmzContentSHA256Mismatch');
}

type Call = { readonly request: IncomingMessage; readonly path: string; readonly body: Buffer };

function carryOut(objects: Map<string, Buffer>, { body, path, request }: Call): Reply {
  const known = objects.get(path);
  const etag = known === undefined ? undefined : etagOf(known);
  // Without permission to list the bucket, a missing object is forbidden.
  if (request.method === 'GET') {
    return known === undefined
      ? refuse(403, 'AccessDenied')
      : {
          status: 200,
          body: known,
          headers: { etag: etagOf(known), 'content-length': String(known.length) },
        };
  }
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  if (match !== undefined && etag === undefined) return refuse(404, 'NoSuchKey');
  if (match !== undefined && match !== etag) return refuse(412, 'PreconditionFailed');
  if (noneMatch === '*' && etag !== undefined) return refuse(412, 'PreconditionFailed');
  objects.set(path, body);
  return { status: 200, headers: { etag: etagOf(body) } };
}

function refuse(status: number, code: string): Reply {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>As S3 says.</Message></Error>`,
  };
}

function etagOf(body: Buffer): string {
  return `"${hash('md5', body, 'hex')}"`;
}

function hash(algorithm: string, body: Buffer, encoding: 'hex'): string {
  return createHash(algorithm).update(body).digest(encoding);
}
