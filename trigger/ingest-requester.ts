/** One request to the API: with a time limit, no further than the API's own server, and no more than a sane answer read. */
import { type Endpoint, isSameOrigin, toIngestUrl } from './endpoint.ts';
import type { Answer, FailureCode } from './outcome.ts';
import type { SignRequest } from './request-signer.ts';
import { messageOf } from './usage-error.ts';

/** Asks for one playlist. Never throws: what goes wrong is an answer too. */
export type RequestIngest = (playlistUri: string) => Promise<Answer>;

type RequesterOptions = {
  readonly endpoint: Endpoint;
  readonly timeoutMs: number;
  readonly sign?: SignRequest | undefined;
};

const MAX_BODY_BYTES = 1_048_576;
const MAX_REDIRECTS = 3;

class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Asks an endpoint. */
export function createIngestRequester({
  endpoint,
  timeoutMs,
  sign,
}: RequesterOptions): RequestIngest {
  const key: Record<string, string> =
    endpoint.apiKey === undefined ? {} : { 'x-api-key': endpoint.apiKey };
  const signed = (url: string): Promise<Record<string, string>> =>
    sign === undefined ? Promise.resolve({}) : signOrFail(sign, url);

  const ask = async (firstUrl: string): Promise<Answer> => {
    const signal = AbortSignal.timeout(timeoutMs);
    let url = firstUrl;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const headers = {
        accept: 'application/json, application/problem+json',
        ...key,
        ...(await signed(url)),
      };
      const response = await fetch(url, { headers, signal, redirect: 'manual' });
      const target = redirectTarget(response, url);
      if (target === undefined) return await readAnswer(response);
      await response.body?.cancel();
      url = target;
    }
    throw new RequestFailure(
      'TOO_MANY_REDIRECTS',
      `The endpoint redirects more than ${MAX_REDIRECTS} times.`,
    );
  };
  return (playlistUri) =>
    ask(toIngestUrl(endpoint, playlistUri)).catch((error: unknown) => toFailure(error, timeoutMs));
}

async function signOrFail(sign: SignRequest, url: string): Promise<Record<string, string>> {
  try {
    return await sign(url);
  } catch (error) {
    throw new RequestFailure(
      'SIGNING_FAILED',
      `The request cannot be signed: ${messageOf(error)} Log in to AWS again.`,
    );
  }
}

/** What was signed, or carries a key, goes to the server it was meant for and to no other. */
function redirectTarget({ status, headers }: Response, url: string): string | undefined {
  const location = headers.get('location');
  if (status < 300 || status >= 400 || location === null) return undefined;
  const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
  if (target !== undefined && isSameOrigin(target.href, url)) return target.href;
  throw new RequestFailure(
    'REDIRECT_REFUSED',
    `The endpoint redirects to another server (${target?.origin ?? 'unreadable'}), which is refused. If that is right, give it as --endpoint.`,
  );
}

async function readAnswer(response: Response): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new RequestFailure(
        'BODY_TOO_LARGE',
        `The answer is larger than ${MAX_BODY_BYTES} bytes. Is the endpoint right?`,
      );
    }
    chunks.push(chunk);
  }
  return {
    kind: 'response',
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function toFailure(error: unknown, timeoutMs: number): Answer {
  if (error instanceof RequestFailure) {
    return { kind: 'failure', code: error.code, message: error.message };
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    const message = `No answer within ${timeoutMs / 1000} s.`;
    return { kind: 'failure', code: 'TIMEOUT', message };
  }
  // fetch says only that it failed; why is one level down.
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return { kind: 'failure', code: 'UNREACHABLE', message: describe(cause) };
}

/** Of several addresses of one host each has an error of its own, and the whole none. */
function describe(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(messageOf).join('; ');
  return messageOf(cause);
}
