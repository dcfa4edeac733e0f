/** One request to the API, which goes no further than the API's own server. */

import { messageOf } from '../lib/usage-error.ts';
import { type Endpoint, isSameOrigin } from './endpoint.ts';
import type { HttpAnswer, HttpGet } from './http-get.ts';
import type { Answer } from './outcome.ts';
import { RequestFailure } from './request-failure.ts';
import type { SignRequest } from './request-signer.ts';

/** Asks for one address of the API. Never throws: what goes wrong is an answer too. */
export type RequestApi = (url: string) => Promise<Answer>;

type RequesterOptions = {
  readonly endpoint: Endpoint;
  readonly httpGet: HttpGet;
  readonly sign?: SignRequest | undefined;
};

const MAX_REDIRECTS = 3;

/** Asks an endpoint. */
export function createApiRequester({ endpoint, httpGet, sign }: RequesterOptions): RequestApi {
  const key: Record<string, string> =
    endpoint.apiKey === undefined ? {} : { 'x-api-key': endpoint.apiKey };
  const headersFor = async (url: string): Promise<Record<string, string>> => ({
    accept: 'application/json, application/problem+json',
    ...key,
    ...(sign === undefined ? {} : await signOrFail(sign, url)),
  });
  const ask = async (firstUrl: string): Promise<Answer> => {
    let url = firstUrl;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const headers = await headersFor(url);
      const answer = await httpGet(url, headers);
      const target = redirectTarget(answer, url);
      if (target === undefined) {
        return { kind: 'response', ...answer, body: withoutSecrets(answer.body, headers) };
      }
      url = target;
    }
    throw new RequestFailure(
      'TOO_MANY_REDIRECTS',
      `The endpoint redirects more than ${MAX_REDIRECTS} times.`,
    );
  };
  return (url) => ask(url).catch(toFailure);
}

const SECRET_HEADERS = ['x-api-key', 'x-amz-security-token', 'authorization'];

/** Of a signature that does not fit API Gateway quotes what was signed, and the body is recorded. */
function withoutSecrets(body: string, headers: Readonly<Record<string, string>>): string {
  return SECRET_HEADERS.reduce((text, name) => {
    const secret = headers[name];
    return secret === undefined || secret === '' ? text : text.replaceAll(secret, '…');
  }, body);
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
function redirectTarget({ status, headers }: HttpAnswer, url: string): string | undefined {
  const { location } = headers;
  if (status < 300 || status >= 400 || location === undefined) return undefined;
  const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
  if (target !== undefined && isSameOrigin(target.href, url)) return target.href;
  throw new RequestFailure(
    'REDIRECT_REFUSED',
    `The endpoint redirects to another server (${target?.origin ?? 'unreadable'}), which is refused. If that is right, give it as --endpoint.`,
  );
}

function toFailure(error: unknown): Answer {
  if (error instanceof RequestFailure) {
    return { kind: 'failure', code: error.code, message: error.message };
  }
  return { kind: 'failure', code: 'UNREACHABLE', message: describe(error) };
}

/** Of several addresses of one host each has an error of its own, and the whole none. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return messageOf(error);
}
