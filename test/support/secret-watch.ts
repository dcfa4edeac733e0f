/** A Spotify that records every secret it gets, and can repeat them in its answers. */
import type { SpotifySimulator } from '../../local/simulator/simulator.ts';
import {
  type ReceivedRequest,
  type ScriptedReply,
  startScriptedServer,
} from './scripted-server.ts';

/** What to answer in the simulator's place; `secrets` are those of the request, as it sent them and in the clear. */
export type Echo = (
  request: ReceivedRequest,
  secrets: readonly string[],
) => ScriptedReply | undefined | Promise<ScriptedReply | undefined>;

export type SecretWatch = {
  /** The API and the accounts service. */
  readonly url: string;
  /** Every secret so far, by what it is. */
  readonly secrets: ReadonlyMap<string, ReadonlySet<string>>;
  add: (kind: string, value: string) => void;
  /** Undefined: everything is answered as the simulator does. */
  answerBy: (echo: Echo | undefined) => void;
  /** How many requests were answered in the simulator's place. */
  echoed: () => number;
};

const SECRET_FIELDS = ['refresh_token', 'code', 'code_verifier', 'client_secret'];

/** Starts in front of a simulator; `closeScriptedServers` ends it. */
export async function startSecretWatch({
  url: simulatorUrl,
}: Pick<SpotifySimulator, 'url'>): Promise<SecretWatch> {
  const secrets = new Map<string, Set<string>>();
  const add = (kind: string, value: string): void => {
    if (value !== '') secrets.set(kind, (secrets.get(kind) ?? new Set()).add(value));
  };
  let echo: Echo | undefined;
  let echoed = 0;
  const { url } = await startScriptedServer(async (request) => {
    const sent = readSent(request);
    for (const [kind, value] of sent) add(kind, value);
    const reply = await echo?.(
      request,
      sent.map(([, value]) => value),
    );
    if (reply !== undefined) {
      echoed += 1;
      return reply;
    }
    const forwarded = await forward(simulatorUrl, request);
    for (const [kind, value] of readIssued(forwarded)) add(kind, value);
    return forwarded;
  });
  return {
    url: url.origin,
    secrets,
    add,
    answerBy: (next) => {
      echo = next;
    },
    echoed: () => echoed,
  };
}

/** Secrets of a request, in the clear. */
function readSent({ body, headers }: ReceivedRequest): [string, string][] {
  const form = new URLSearchParams(body);
  const found = SECRET_FIELDS.map((field): [string, string] => [field, form.get(field) ?? '']);
  const [scheme = '', value = ''] = headers.authorization?.split(' ') ?? [];
  if (scheme === 'Bearer') found.push(['access_token', value]);
  if (scheme === 'Basic') {
    const [, secret = ''] = Buffer.from(value, 'base64').toString().split(':');
    found.push(['client_secret', secret]);
  }
  return found.filter(([, secret]) => secret !== '');
}

/** Tokens of an answer, and the code in the address a browser is sent to. */
function readIssued({ body, headers }: ScriptedReply): [string, string][] {
  const text = typeof body === 'string' ? body : '';
  const tokens = [...text.matchAll(/"(access_token|refresh_token)":"([^"]+)"/g)];
  const code = URL.canParse(headers?.location ?? '')
    ? new URL(headers?.location ?? '').searchParams.get('code')
    : null;
  return [
    ...tokens.map(([, kind = '', value = '']): [string, string] => [kind, value]),
    ...(code === null ? [] : [['code', code] satisfies [string, string]]),
  ];
}

async function forward(
  simulatorUrl: string,
  { body, headers, method, path, query }: ReceivedRequest,
): Promise<ScriptedReply & { readonly body: string }> {
  const address = new URL(path, simulatorUrl);
  address.search = new URLSearchParams(query).toString();
  const { authorization, 'content-type': contentType } = headers;
  const response = await fetch(address, {
    method,
    redirect: 'manual',
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    },
    ...(method === 'POST' ? { body } : {}),
  });
  const passed = ['content-type', 'location', 'retry-after'].flatMap((name): [string, string][] => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return {
    status: response.status,
    headers: Object.fromEntries(passed),
    body: await response.text(),
  };
}
