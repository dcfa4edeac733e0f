/** GET requests that stay on the API's own server. */
import { readBoundedText } from '../lib/bounded-body.ts';
import { isLoopbackUrl } from '../lib/loopback-url.ts';
import { isSystemError } from '../lib/system-error.ts';
import { messageOf } from '../lib/usage-error.ts';
import type { Endpoint } from './endpoint.ts';
import type { Answer } from './outcome.ts';
import type { SignRequest } from './request-signer.ts';

type ClientOptions = {
  readonly endpoint: Endpoint;
  readonly sign: SignRequest | undefined;
  /** From the first byte sent to the last one read. */
  readonly timeoutMs: number;
  readonly maxBodyBytes?: number;
};

const MAX_BODY_BYTES = 1_048_576;
const MAX_REDIRECTS = 3;
const SECRET_HEADERS = ['x-api-key', 'x-amz-security-token', 'authorization'];

/** Returns a function that requests a URL of the API and never throws: a failure is an answer too. */
export function createApiClient(options: ClientOptions): (url: string) => Promise<Answer> {
  const { endpoint, sign } = options;
  const fixed = {
    accept: 'application/json, application/problem+json',
    ...(endpoint.apiKey === undefined ? {} : { 'x-api-key': endpoint.apiKey }),
  };
  const get = async (url: string, redirects = 0): Promise<Answer> => {
    const headers: Record<string, string> = { ...fixed, ...(await sign?.(url)) };
    const answer = await fetchBounded(url, headers, options);
    const target = redirectTarget(answer, url);
    if (target === undefined) return { ...answer, body: withoutSecrets(answer.body, headers) };
    // Signatures and keys are sent only to the intended server.
    if (target.origin !== new URL(url).origin) {
      const message = `The endpoint redirects to another server (${target.origin}), which is refused. If that server is right, use it as --endpoint.`;
      return failure('REDIRECT_REFUSED', message);
    }
    if (redirects < MAX_REDIRECTS) return get(target.href, redirects + 1);
    return failure('TOO_MANY_REDIRECTS', `The endpoint redirects more than ${redirects} times.`);
  };
  return (url) =>
    get(url).catch((error: unknown) => {
      const message = `The request cannot be signed: ${messageOf(error)} Log in to AWS again.`;
      return failure('SIGNING_FAILED', message);
    });
}

async function fetchBounded(
  url: string,
  headers: Record<string, string>,
  { maxBodyBytes = MAX_BODY_BYTES, timeoutMs }: ClientOptions,
): Promise<Answer> {
  // AbortSignal.timeout would keep its timer after the answer.
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    timeout.abort();
  }, timeoutMs);
  const { signal } = timeout;
  try {
    const response = await fetch(url, { headers, redirect: 'manual', signal });
    const body = await readBoundedText(response, maxBodyBytes);
    if (body === undefined) {
      const message = `The answer is larger than ${maxBodyBytes} bytes. Is the endpoint right?`;
      return failure('BODY_TOO_LARGE', message);
    }
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  } catch (error) {
    if (signal.aborted) return failure('TIMEOUT', `No answer within ${timeoutMs / 1000} s.`);
    const causes = findCauses(error);
    if (!causes.every((cause) => isSystemError(cause, 'ECONNREFUSED'))) {
      return failure('UNREACHABLE', causes.map(messageOf).join('; '));
    }
    const { origin } = new URL(url);
    const hint = isLoopbackUrl(new URL(url))
      ? 'Is `npm run local` running?'
      : 'Is it the right one?';
    return failure('CONNECTION_REFUSED', `Nothing answers at ${origin}. ${hint}`);
  } finally {
    clearTimeout(timer);
  }
}

function failure(code: string, message: string): Answer {
  return { status: null, headers: {}, body: JSON.stringify({ code, message }) };
}

function redirectTarget({ headers, status }: Answer, url: string): URL | undefined {
  const { location = '' } = headers;
  const isRedirect = status !== null && status >= 300 && status < 400 && location !== '';
  return isRedirect && URL.canParse(location, url) ? new URL(location, url) : undefined;
}

/** If a signature is wrong, API Gateway quotes the signed text, and the body is recorded. */
function withoutSecrets(body: string, headers: Readonly<Record<string, string>>): string {
  const secrets = SECRET_HEADERS.map((name) => headers[name] ?? '').filter((text) => text !== '');
  return secrets.reduce((text, secret) => text.replaceAll(secret, '…'), body);
}

/** fetch says only that it failed; its innermost cause says why, once for each address of the host. */
function findCauses(error: unknown): unknown[] {
  if (error instanceof AggregateError) return error.errors;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? [error] : findCauses(cause);
}
