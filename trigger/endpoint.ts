/** The API's endpoint and its requests. Pure. */
import { isLoopbackUrl } from '../lib/loopback-url.ts';
import { UsageError } from '../lib/usage-error.ts';
import type { TriggerOptions } from './options.ts';

export type Endpoint = {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** The region to sign for with SigV4; undefined if requests are not signed. */
  readonly signingRegion: string | undefined;
  readonly apiKey: string | undefined;
};

type EndpointOptions = Partial<Pick<TriggerOptions, 'apiKey' | 'region' | 'sign'>> & {
  /** The region in the host's name wins over it, and `region` over that. */
  readonly defaultRegion?: string | undefined;
};

/** `{api}.execute-api.{region}.amazonaws.com`, with the VPC endpoint's ID in the name of a private one. */
const EXECUTE_API = /^[\w-]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** Cloud machines serve credentials there. */
const LINK_LOCAL = /^169\.254\.|^\[fe[89ab]|^\[::ffff:a9fe:|^\[fd00:ec2:/;

/** Parses `--endpoint`. Throws UsageError for a forbidden address. */
export function parseEndpoint(text: string, options: EndpointOptions = {}): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fault = url === undefined ? `${text.slice(0, 200)} is not a URL` : findFault(url);
  if (url === undefined || fault !== undefined) {
    throw new UsageError(
      `The endpoint ${fault}. Give --endpoint or set SPOTIFY_ETL_ENDPOINT to the API's base, such as https://….execute-api.….amazonaws.com/dev or http://127.0.0.1:3000.`,
    );
  }
  return {
    // People also paste the route's whole address.
    baseUrl: `${url.origin}${url.pathname.replace(/(?:\/ingest)?\/*$/, '')}`,
    signingRegion: planSigning(url.hostname, options),
    // The key of a deployed API must not go to a program on this machine.
    apiKey: isLoopbackUrl(url) ? undefined : parseApiKey(options.apiKey),
  };
}

function parseApiKey(text: string | undefined): string | undefined {
  const key = text?.trim();
  if (key === undefined || /^[!#-&(-~]*$/.test(key)) return key === '' ? undefined : key;
  throw new UsageError(
    'The API key (--api-key, SPOTIFY_ETL_API_KEY) has quotes, spaces or other characters that no key has. Copy it exactly from AWS.',
  );
}

/** The region to sign for; undefined if requests are not signed. */
function planSigning(host: string, options: EndpointOptions): string | undefined {
  const regionOfHost = EXECUTE_API.exec(host)?.[1];
  if (!(options.sign ?? regionOfHost !== undefined)) return undefined;
  const region = options.region ?? regionOfHost ?? options.defaultRegion;
  if (region !== undefined) return region;
  throw new UsageError(
    'The endpoint does not name the region to sign for. Give --region or set AWS_REGION.',
  );
}

/** Undefined for a valid address. */
function findFault(url: URL): string | undefined {
  const { hostname, href, password, protocol, username } = url;
  // Not repeated: it holds a password.
  if (username + password !== '') return 'holds a user name or password';
  if (/[?#]/.test(href)) return `${href} has a query or a fragment; /ingest is added to its end`;
  if (LINK_LOCAL.test(hostname)) return `${href} is a link-local address`;
  if (protocol === 'https:' || (protocol === 'http:' && isLoopbackUrl(url))) return undefined;
  return `${href} is neither https nor http on this machine`;
}

/** Encodes the reference like SigV4, so that the signed text equals the request. */
export function toIngestUrl({ baseUrl }: Pick<Endpoint, 'baseUrl'>, playlistUri: string): string {
  const encode = (character: string): string =>
    `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  const encoded = encodeURIComponent(playlistUri).replace(/[!'()*]/g, encode);
  return `${baseUrl}/ingest?playlist_uri=${encoded}`;
}

export const toRunUrl = ({ baseUrl }: Endpoint, runId: string): string =>
  `${baseUrl}/runs/${encodeURIComponent(runId)}`;

/** `maxRequests` limits the calls to Spotify for the list of playlists. */
export const toListUrl = ({ baseUrl }: Endpoint, maxRequests: number): string =>
  `${baseUrl}/playlists?max_requests=${maxRequests}`;
