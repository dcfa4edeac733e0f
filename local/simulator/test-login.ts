import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type SpotifySimulator } from './simulator.ts';
import { createTestClient, type Reply, type TestClient, toReply } from './test-client.ts';

export const REDIRECT_URI = 'http://127.0.0.1:8888/callback';
/** The S256 challenge of the verifier beside it. */
export const PKCE = {
  verifier: 'v'.repeat(43),
  query: {
    code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'),
    code_challenge_method: 'S256',
  },
};

export type Form = Readonly<Record<string, string>>;

const tokensSchema = z.object({ access_token: z.string(), refresh_token: z.string() });

export type Login = { readonly user: TestClient; readonly refreshToken: string };

/** The address a browser is sent to, with what a right request holds unless told otherwise. */
export function toAuthorizeUrl({ url, credentials }: SpotifySimulator, query: Form = {}): URL {
  const address = new URL('/authorize', url);
  const { clientId } = credentials;
  const asked = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    ...query,
  };
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  return address;
}

/** What the browser meets, without following it: a page, or a redirect. */
export async function authorize(simulator: SpotifySimulator, query?: Form): Promise<Response> {
  return fetch(toAuthorizeUrl(simulator, query), { redirect: 'manual' });
}

/** Where an answer sends the browser; throws where it does not. */
export function readLocation(response: Response): URL {
  return new URL(response.headers.get('location') ?? '');
}

/** The code of a user who agreed on the page. */
export async function receiveCode(simulator: SpotifySimulator, query?: Form): Promise<string> {
  const agreed = await fetch(toAuthorizeUrl(simulator, query), {
    method: 'POST',
    body: new URLSearchParams({ decision: 'agree' }),
    redirect: 'manual',
  });
  return readLocation(agreed).searchParams.get('code') ?? '';
}

/** Asks the token endpoint with no more than the form. */
export async function postToken(
  simulator: SpotifySimulator,
  form: Form,
  authorization?: string,
): Promise<Reply> {
  return toReply(
    await fetch(`${simulator.url}/api/token`, {
      method: 'POST',
      headers: authorization === undefined ? {} : { authorization },
      body: new URLSearchParams(form),
    }),
  );
}

export function toBasic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** A whole login, by PKCE or with the secret. */
export async function logInAnew(
  simulator: SpotifySimulator,
  { scope = '', usesPkce = false }: { readonly scope?: string; readonly usesPkce?: boolean } = {},
): Promise<Login> {
  const { clientId, clientSecret } = simulator.credentials;
  const query = { scope, ...(usesPkce ? PKCE.query : {}) };
  const reply = await postToken(simulator, {
    grant_type: 'authorization_code',
    code: await receiveCode(simulator, query),
    redirect_uri: REDIRECT_URI,
    client_id: clientId,
    ...(usesPkce ? { code_verifier: PKCE.verifier } : { client_secret: clientSecret }),
  });
  const tokens = tokensSchema.parse(reply.body);
  const user = createTestClient(simulator.url, `Bearer ${tokens.access_token}`);
  return { user, refreshToken: tokens.refresh_token };
}
