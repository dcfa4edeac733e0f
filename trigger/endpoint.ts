/** Where the API is and how it is to be asked. Pure. */
import { isIP } from 'node:net';
import { UsageError } from '../lib/usage-error.ts';

export type Endpoint = {
  /** The API's base, without a slash at its end. */
  readonly baseUrl: string;
  /** Where requests are signed with SigV4: the region to sign for. */
  readonly signingRegion: string | undefined;
  readonly apiKey: string | undefined;
};

type EndpointOptions = {
  /** `--sign` or `--no-sign`; undefined leaves it to the host. */
  readonly sign?: boolean | undefined;
  /** `--region`: goes before the one in the host's name. */
  readonly region?: string | undefined;
  /** `AWS_REGION`: comes after it. */
  readonly defaultRegion?: string | undefined;
  readonly apiKey?: string | undefined;
};

/** `{api}.execute-api.{region}.amazonaws.com`, with the VPC endpoint's ID in the name of a private one. */
const EXECUTE_API = /^[\w-]+\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/**
 * Parses `--endpoint`.
 *
 * @throws UsageError for an address that a request must not go to
 */
export function parseEndpoint(text: string, options: EndpointOptions = {}): Endpoint {
  if (!URL.canParse(text)) throw refused(text, 'is not a URL');
  const url = new URL(text);
  refuseUnsafe(url);
  return {
    baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    signingRegion: planSigning(url, options),
    // A key of the deployed API is not for whatever listens on this machine.
    apiKey: isLoopback(url.hostname) ? undefined : options.apiKey,
  };
}

/** The region to sign for; undefined where requests are not signed. */
function planSigning(
  { hostname }: URL,
  { sign, region, defaultRegion }: EndpointOptions,
): string | undefined {
  const regionOfHost = EXECUTE_API.exec(hostname)?.[1];
  if (!(sign ?? regionOfHost !== undefined)) return undefined;
  const signingRegion = region ?? regionOfHost ?? defaultRegion;
  if (signingRegion !== undefined) return signingRegion;
  throw new UsageError(
    'The region to sign for cannot be read from the endpoint. Give --region or set AWS_REGION.',
  );
}

function refuseUnsafe(url: URL): void {
  // The address itself is not repeated: it holds a password.
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      'The endpoint holds a user name or password. Take it out: requests are signed, or carry --api-key.',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw refused(url.href, 'has a query or a fragment; it is the base that /ingest is added to');
  }
  if (isLinkLocal(url.hostname)) throw refused(url.href, 'is a link-local address');
  if (url.protocol === 'https:') return;
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return;
  throw refused(url.href, 'is neither https nor http on this machine');
}

function refused(text: string, fault: string): UsageError {
  return new UsageError(
    `The endpoint ${text.slice(0, 200)} ${fault}. Give the API's base, as https://….execute-api.….amazonaws.com/dev or http://127.0.0.1:3000.`,
  );
}

function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}

/** Where cloud machines serve their credentials. */
function isLinkLocal(hostname: string): boolean {
  return /^169\.254\.|^\[fe[89ab]|^\[::ffff:a9fe:|^\[fd00:ec2:/.test(hostname);
}

/** The address of one playlist. The reference is encoded as SigV4 does, so that what is signed is what is sent. */
export function toIngestUrl({ baseUrl }: Pick<Endpoint, 'baseUrl'>, playlistUri: string): string {
  const encoded = encodeURIComponent(playlistUri).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${baseUrl}/ingest?playlist_uri=${encoded}`;
}

/** The address of the list of the user's playlists, read with at most so many calls to Spotify. */
export function toListUrl({ baseUrl }: Pick<Endpoint, 'baseUrl'>, maxRequests: number): string {
  return `${baseUrl}/playlists?max_requests=${maxRequests}`;
}

/** Whether a redirect from one address to another stays with the same server. */
export function isSameOrigin(one: string, other: string): boolean {
  return new URL(one).origin === new URL(other).origin;
}
