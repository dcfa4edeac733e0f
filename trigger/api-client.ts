/** GET requests that go no further than the API's own server. */
import { messageOf } from '../lib/usage-error.ts';
import type { Endpoint } from './endpoint.ts';
import type { Answer } from './outcome.ts';
import type { SignRequest } from './request-signer.ts';

type ClientOptions = {
  readonly endpoint: Endpoint;
  readonly sign?: SignRequest | undefined;
  /** From the first byte sent to the last one read. */
  readonly timeoutMs: number;
  readonly maxBodyBytes?: number;
};

const MAX_BODY_BYTES = 1_048_576;
const MAX_REDIRECTS = 3;
const SECRET_HEADERS = ['x-api-key', 'x-amz-security-token', 'authorization'];

class RequestFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Returns a function that asks for a URL of the API and never throws: what goes wrong is an answer too. */
export function createApiClient(options: ClientOptions): (url: string) => Promise<Answer> {
  const { apiKey } = options.endpoint;
  const sign = async (url: string): Promise<Record<string, string>> => {
    try {
      return (await options.sign?.(url)) ?? {};
    } catch (error) {
      const message = `The request cannot be signed: ${messageOf(error)} Log in to AWS again.`;
      throw new RequestFailure('SIGNING_FAILED', message);
    }
  };
  const get = async (url: string, redirects = 0): Promise<Answer> => {
    const accept = 'application/json, application/problem+json';
    const key: Record<string, string> = apiKey === undefined ? {} : { 'x-api-key': apiKey };
    const headers = { accept, ...key, ...(await sign(url)) };
    const answer = await fetchWithin(url, headers, options);
    const target = redirectTarget(answer, url);
    if (target === undefined) return { ...answer, body: withoutSecrets(answer.body, headers) };
    if (redirects < MAX_REDIRECTS) return get(target, redirects + 1);
    const message = `The endpoint redirects more than ${MAX_REDIRECTS} times.`;
    throw new RequestFailure('TOO_MANY_REDIRECTS', message);
  };
  return (url) => get(url).catch(toFailure);
}

async function fetchWithin(
  url: string,
  headers: Record<string, string>,
  { maxBodyBytes = MAX_BODY_BYTES, timeoutMs }: ClientOptions,
): Promise<Answer & { readonly status: number }> {
  // AbortSignal.timeout would keep its timer, and all that hangs on it, after the answer.
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new RequestFailure('TIMEOUT', `No answer within ${timeoutMs / 1000} s.`));
  }, timeoutMs);
  try {
    const response = await fetch(url, { headers, redirect: 'manual', signal: controller.signal });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > maxBodyBytes) {
        const message = `The answer is larger than ${maxBodyBytes} bytes. Is the endpoint right?`;
        throw new RequestFailure('BODY_TOO_LARGE', message);
      }
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks).toString('utf8');
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  } finally {
    clearTimeout(timer);
  }
}

/** API Gateway quotes what was signed when a signature is wrong, and the body is recorded. */
function withoutSecrets(body: string, headers: Readonly<Record<string, string>>): string {
  const secrets = SECRET_HEADERS.map((name) => headers[name] ?? '').filter((text) => text !== '');
  return secrets.reduce((text, secret) => text.replaceAll(secret, '…'), body);
}

/** A signature or a key goes to the server it was meant for and to no other. */
function redirectTarget(
  { headers: { location }, status }: Answer & { readonly status: number },
  url: string,
): string | undefined {
  if (status < 300 || status >= 400 || location === undefined) return undefined;
  const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
  if (target !== undefined && target.origin === new URL(url).origin) return target.href;
  throw new RequestFailure(
    'REDIRECT_REFUSED',
    `The endpoint redirects to another server (${target?.origin ?? 'unreadable'}), which is refused. If that is right, give it as --endpoint.`,
  );
}

function toFailure(error: unknown): Answer {
  const code = error instanceof RequestFailure ? error.code : 'UNREACHABLE';
  // fetch says only that it failed; its cause says why, once for each address of the host.
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const causes = cause instanceof AggregateError ? cause.errors : [cause];
  const message = causes.map(messageOf).join('; ');
  return { status: null, headers: {}, body: JSON.stringify({ code, message }) };
}
