/** Observes the requests to the HTTP servers of this process, without a proxy. */
import { subscribe } from 'node:diagnostics_channel';
import { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';

/** One request as it came over the wire. */
export type Exchange = {
  /** Requests of one kind are sent by one loop. */
  readonly kind: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How many of this kind were under way when it came, itself included. */
  readonly inFlight: number;
};

export const trafficSchema = z.record(
  z.string(),
  z.object({ requests: z.number(), bytes: z.number() }),
);

/** How many requests of each kind there were, and how long their bodies were together. */
export type Traffic = z.infer<typeof trafficSchema>;

/**
 * Listens to every HTTP server of this process. Returns a function that takes the requests since its last call, in the order of
 * arrival.
 */
export function watchTraffic(): () => readonly Exchange[] {
  const exchanges: Exchange[] = [];
  const underWay = new Map<string, number>();
  subscribe('http.server.request.start', (message) => {
    const { request, response } = toPair(message);
    const kind = kindOf(request);
    const inFlight = (underWay.get(kind) ?? 0) + 1;
    underWay.set(kind, inFlight);
    response.once('close', () => underWay.set(kind, (underWay.get(kind) ?? 0) - 1));
    const { method = '', url: path = '' } = request;
    const exchange = { kind, method, path, headers: headersOf(request), body: '', inFlight };
    exchanges.push(exchange);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      exchange.body = Buffer.concat(chunks).toString();
    });
  });
  return () => exchanges.splice(0);
}

export function toTraffic(exchanges: readonly Exchange[]): Traffic {
  const traffic: Record<string, { requests: number; bytes: number }> = {};
  for (const { kind, body } of exchanges) {
    const sum = (traffic[kind] ??= { requests: 0, bytes: 0 });
    sum.requests += 1;
    sum.bytes += Buffer.byteLength(body);
  }
  return traffic;
}

export function toRequestCount(traffic: Traffic): number {
  return Object.values(traffic).reduce((sum, { requests }) => sum + requests, 0);
}

function toPair(message: unknown): {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
} {
  const { request, response } = message as Record<string, unknown>;
  if (request instanceof IncomingMessage && response instanceof ServerResponse) {
    return { request, response: response as ServerResponse };
  }
  throw new Error('This Node tells of HTTP requests in another way.');
}

/** A call of DynamoDB by its operation, one of Spotify by its path with the ID left out. */
function kindOf({ headers, method, url = '' }: IncomingMessage): string {
  const operation = headers['x-amz-target'];
  if (typeof operation === 'string') return operation.replace(/^.*\./, '');
  const path = url.replace(/\?.*$/, '').replace(/[0-9A-Za-z]{22}/, '{id}');
  return `${method} ${path}`;
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
}
