/** Where the API is and how to ask it. Pure. */
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
  /** Loses to the region in the host's name; `region` wins over it. */
  readonly defaultRegion?: string | undefined;
};

/** `{api}.execute-api.{region}.amazonaws.com`, with the VPC endpoint's ID in the name of a private one. */
const EXECUTE_API = /^[\w-]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** URL writes every form of an IPv4 address as four numbers. */
const LOOPBACK = /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/;
/** Cloud machines serve their credentials there. */
const LINK_LOCAL = /^169\.254\.|^\[fe[89ab]|^\[::ffff:a9fe:|^\[fd00:ec2:/;

/** Parses `--endpoint`. Throws UsageError for an address that a request must not go to. */
export function parseEndpoint(text: string, options: EndpointOptions = {}): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fault = url === undefined ? `${text.slice(0, 200)} is not a URL` : findFault(url);
  if (url === undefined || fault !== undefined) {
    throw new UsageError(
      `The endpoint ${fault}. Give --endpoint or set SPOTIFY_ETL_ENDPOINT to the API's base, such as https://….execute-api.….amazonaws.com/dev or http://127.0.0.1:3000.`,
    );
  }
  return {
    // People paste the whole address of the route too.
    baseUrl: `${url.origin}${url.pathname.replace(/(?:\/ingest)?\/*$/, '')}`,
    signingRegion: planSigning(url.hostname, options),
    // A deployed API's key is not for whatever listens on this machine.
    apiKey: isLoopback(url) ? undefined : parseApiKey(options.apiKey),
  };
}

export const isLoopback = ({ hostname }: Pick<URL, 'hostname'>): boolean => LOOPBACK.test(hostname);

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

/** Undefined if requests can go there. */
function findFault(url: URL): string | undefined {
  const { hostname, href, password, protocol, username } = url;
  // Not repeated: it holds a password.
  if (username + password !== '') return 'holds a user name or password';
  if (/[?#]/.test(href)) return `${href} has a query or a fragment; /ingest is added to its end`;
  if (LINK_LOCAL.test(hostname)) return `${href} is a link-local address`;
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(url))) return undefined;
  return `${href} is neither https nor http on this machine`;
}

/** The reference is encoded the way SigV4 does it, so that what is signed is what is sent. */
export function toIngestUrl({ baseUrl }: Pick<Endpoint, 'baseUrl'>, playlistUri: string): string {
  const encode = (character: string): string =>
    `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  const encoded = encodeURIComponent(playlistUri).replace(/[!'()*]/g, encode);
  return `${baseUrl}/ingest?playlist_uri=${encoded}`;
}

/** `maxRequests`: the most calls to Spotify that the list of playlists can cost. */
export const toListUrl = ({ baseUrl }: Endpoint, maxRequests: number): string =>
  `${baseUrl}/playlists?max_requests=${maxRequests}`;
