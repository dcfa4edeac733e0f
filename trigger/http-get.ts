/** One GET over node:http: what fetch leaves behind for each of 100,000 rows would fill the memory. */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { RequestFailure } from './request-failure.ts';

export type HttpAnswer = {
  readonly status: number;
  /** Those that decide something, by their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type HttpGet = (
  url: string,
  headers: Readonly<Record<string, string>>,
) => Promise<HttpAnswer>;

const MAX_BODY_BYTES = 1_048_576;

type GetLimits = {
  /** From the first byte sent to the last one read. */
  readonly timeoutMs: number;
  readonly maxBodyBytes?: number;
};

/** Connections are kept. Proxies are not asked. */
export function createHttpGet({ timeoutMs, maxBodyBytes = MAX_BODY_BYTES }: GetLimits): HttpGet {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };
  const serverOf = createServerLookup();
  return (url, headers) =>
    new Promise((resolve, reject) => {
      const { origin, hostname, port, isSecure } = serverOf(url);
      const target = { hostname, port, path: url.slice(origin.length), headers };
      const request = isSecure
        ? https.get({ ...target, agent: agents['https:'] })
        : http.get({ ...target, agent: agents['http:'] });
      const timer = setTimeout(() => {
        request.destroy(new RequestFailure('TIMEOUT', `No answer within ${timeoutMs / 1000} s.`));
      }, timeoutMs);
      request.on('response', (response) => {
        collect(response, maxBodyBytes).then(resolve, reject);
      });
      request.on('error', reject);
      request.on('close', () => {
        clearTimeout(timer);
      });
    });
}

type Server = {
  readonly origin: string;
  readonly hostname: string;
  readonly port: string;
  readonly isSecure: boolean;
};

/** Every row asks the same server: its part of the address is taken apart once. */
function createServerLookup(): (url: string) => Server {
  let last: Server | undefined;
  return (url) => {
    if (last !== undefined && url.startsWith(`${last.origin}/`)) return last;
    const { origin, hostname, port, protocol } = new URL(url);
    last = {
      origin,
      // An IPv6 address has brackets in a URL and nowhere else.
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      isSecure: protocol === 'https:',
    };
    return last;
  };
}

/** By events: an async iterator would cost as much again as the request. */
function collect(response: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      response.destroy(
        new RequestFailure(
          'BODY_TOO_LARGE',
          `The answer is larger than ${maxBytes} bytes. Is the endpoint right?`,
        ),
      );
    });
    response.on('error', reject);
    response.on('end', () => {
      resolve({
        status: response.statusCode ?? 0,
        headers: toHeaders(response),
        body: Buffer.concat(chunks).toString('utf8'),
      });
    });
  });
}

/** What decides. Everything else stays unread. */
const HEADERS = ['content-type', 'location', 'retry-after', 'x-amzn-errortype'];

function toHeaders({ headers }: IncomingMessage): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of HEADERS) {
    const value = headers[name];
    if (value !== undefined) found[name] = value.toString();
  }
  return found;
}
