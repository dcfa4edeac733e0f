import * as z from 'zod/mini';
import { FatalError } from './errors.ts';

/** The environment, parsed. A variable set to nothing counts as not set. */
export type Config = {
  readonly spotify: {
    readonly apiUrl: URL;
    readonly accountsUrl: URL;
    readonly credentials: { readonly clientId: string; readonly clientSecret: string };
    /** Without one the app speaks for itself, and can read no playlist that only its user can. */
    readonly refreshToken: string | undefined;
    /** Pages of one playlist asked for at the same time. */
    readonly pagesInFlight: number;
  };
  readonly tables: {
    readonly playlist: string;
    readonly track: string;
    readonly album: string;
    readonly artist: string;
  };
};

const required = z.string('is not set').check(z.minLength(1, 'is not set'));
const origin = (fallback: string) =>
  z.pipe(
    z._default(z.string(), fallback),
    z.transform((value, context) => {
      const url = URL.canParse(value) ? new URL(value) : undefined;
      if (url !== undefined && isOrigin(url)) return url;
      const message = 'must be an origin such as https://api.spotify.com; http only on loopback';
      context.issues.push({ code: 'custom', message, input: value });
      return z.NEVER;
    }),
  );

const environmentSchema = z.object({
  SPOTIFY_CLIENT_ID: required,
  SPOTIFY_CLIENT_SECRET: required,
  SPOTIFY_REFRESH_TOKEN: z.optional(z.string()),
  SPOTIFY_API_URL: origin('https://api.spotify.com'),
  SPOTIFY_ACCOUNTS_URL: origin('https://accounts.spotify.com'),
  SPOTIFY_PAGES_IN_FLIGHT: z.pipe(
    z._default(z.string().check(z.regex(/^[1-9]$/, 'must be a whole number from 1 to 9')), '2'),
    z.transform(Number),
  ),
  PLAYLIST_TABLE: required,
  TRACK_TABLE: required,
  ALBUM_TABLE: required,
  ARTIST_TABLE: required,
});

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration in these variables, by default the process's own.
 *
 * @throws FatalError `CONFIG_INVALID` naming every variable at fault, never a value
 */
export function parseConfig(environment: Environment = process.env): Config {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(set);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new FatalError(
      'CONFIG_INVALID',
      `The environment is not complete: ${faults.join('; ')}.`,
    );
  }
  const variables = parsed.data;
  return {
    spotify: {
      apiUrl: variables.SPOTIFY_API_URL,
      accountsUrl: variables.SPOTIFY_ACCOUNTS_URL,
      credentials: {
        clientId: variables.SPOTIFY_CLIENT_ID,
        clientSecret: variables.SPOTIFY_CLIENT_SECRET,
      },
      refreshToken: variables.SPOTIFY_REFRESH_TOKEN,
      pagesInFlight: variables.SPOTIFY_PAGES_IN_FLIGHT,
    },
    tables: {
      playlist: variables.PLAYLIST_TABLE,
      track: variables.TRACK_TABLE,
      album: variables.ALBUM_TABLE,
      artist: variables.ARTIST_TABLE,
    },
  };
}

/** Secrets go there: encrypted, or never leaving the machine. */
function isOrigin(url: URL): boolean {
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  const isPlain = url.href === `${url.origin}/`;
  return isPlain && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback));
}
