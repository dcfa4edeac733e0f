import * as z from 'zod';
import { type SpotifySimulator } from './simulator.ts';

const pageSchema = z.looseObject({
  href: z.string(),
  items: z.array(z.json()),
  limit: z.number(),
  next: z.string().nullable(),
  offset: z.number(),
  total: z.number(),
});
const tokenSchema = z.looseObject({ access_token: z.string() });

export type Page = z.infer<typeof pageSchema>;

export type Reply = {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
  /** Undefined where the text is not JSON. */
  readonly body: unknown;
};

/** A plain client for tests of the simulator: one token, no retries. */
export type TestClient = {
  /** A path of the API or a whole address, as `next` holds it. */
  readonly get: (path: string) => Promise<Reply>;
  /** With a JSON body, or a text as it is. */
  readonly send: (method: string, path: string, body: unknown) => Promise<Reply>;
  readonly getPage: (path: string) => Promise<Page>;
  /** All items from a page on, following `next`. */
  readonly listFrom: (page: Page) => Promise<unknown[]>;
};

export function toPage(value: unknown): Page {
  return pageSchema.parse(value);
}

/** Asks the token endpoint with the app's secret. */
export async function requestToken(
  { url, credentials }: SpotifySimulator,
  form: Readonly<Record<string, string>>,
): Promise<Reply> {
  const secret = Buffer.from(`${credentials.clientId}:${credentials.clientSecret}`);
  const headers = { authorization: `Basic ${secret.toString('base64')}` };
  const body = new URLSearchParams(form);
  return toReply(await fetch(`${url}/api/token`, { method: 'POST', headers, body }));
}

/** Logs in as the simulated user, or as the app alone. */
export async function logIn(
  simulator: SpotifySimulator,
  as: 'user' | 'app' = 'user',
): Promise<TestClient> {
  const { refreshToken } = simulator.credentials;
  const reply = await requestToken(
    simulator,
    as === 'user'
      ? { grant_type: 'refresh_token', refresh_token: refreshToken }
      : { grant_type: 'client_credentials' },
  );
  const authorization = `Bearer ${tokenSchema.parse(reply.body).access_token}`;
  return createTestClient(simulator.url, authorization);
}

export function createTestClient(url: string, authorization: string | undefined): TestClient {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const get = async (path: string): Promise<Reply> =>
    toReply(await fetch(new URL(path, url), { headers }));
  const send = async (method: string, path: string, body: unknown): Promise<Reply> => {
    const isText = typeof body === 'string';
    const type = { 'content-type': isText ? 'image/jpeg' : 'application/json' };
    return toReply(
      await fetch(new URL(path, url), {
        method,
        headers: { ...headers, ...type },
        body: isText ? body : JSON.stringify(body),
      }),
    );
  };
  const getPage = async (path: string): Promise<Page> => toPage((await get(path)).body);
  const listFrom = async (page: Page): Promise<unknown[]> =>
    page.next === null
      ? page.items
      : [...page.items, ...(await listFrom(await getPage(page.next)))];
  return { get, send, getPage, listFrom };
}

/** Reads an answer to its end. */
export async function toReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, retryAfter, text, body: tryParse(text) };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
