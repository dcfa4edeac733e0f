import * as z from 'zod/mini';
import { EtlError } from '../etl/errors.ts';
import { isLoopbackUrl } from '../lib/loopback-url.ts';
import type { Bucket } from '../stores/s3/bucket.ts';

/** Where the user's login is. Without one, the app uses its own token, which cannot read the user's private playlists. */
export type LoginPlace =
  | { readonly kind: 'refresh-token'; readonly refreshToken: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'secret'; readonly name: string };

/** The environment, parsed. An empty variable counts as not set. */
export type Config = ReturnType<typeof toConfig>;

const required = z.string('is not set').check(z.minLength(1, 'is not set'));

const wholeNumber = (fallback: number, [from, to]: readonly [number, number]) => {
  const message = `must be a whole number from ${from} to ${to}`;
  return z.pipe(
    z._default(z.string().check(z.regex(/^\d{1,6}$/, message)), String(fallback)),
    z.pipe(z.transform(Number), z.number().check(z.gte(from, message), z.lte(to, message))),
  );
};

const RATE = 'must be a number above 0 and up to 1000, such as 1 or 0.5';
const rate = z.pipe(
  z._default(z.string().check(z.regex(/^\d{1,4}(?:\.\d{1,3})?$/, RATE)), '1'),
  z.pipe(z.transform(Number), z.number().check(z.gt(0, RATE), z.lte(1000, RATE))),
);

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

/** Where Spotify is; read by every program that talks to it. */
export const spotifyOrigins = {
  SPOTIFY_API_URL: origin('https://api.spotify.com'),
  SPOTIFY_ACCOUNTS_URL: origin('https://accounts.spotify.com'),
};

const spotifySchema = z.object({
  SPOTIFY_CLIENT_ID: required,
  SPOTIFY_CLIENT_SECRET: z.optional(z.string()),
  SPOTIFY_REFRESH_TOKEN: z.optional(z.string()),
  SPOTIFY_TOKEN_FILE: z.optional(z.string()),
  SPOTIFY_TOKEN_SECRET: z.optional(z.string()),
  ...spotifyOrigins,
  SPOTIFY_PAGES_IN_FLIGHT: wholeNumber(1, [1, 9]),
  SPOTIFY_BURST_CALLS: wholeNumber(60, [0, 999_999]),
  SPOTIFY_CALLS_PER_SECOND: rate,
  SPOTIFY_DAILY_CALLS: wholeNumber(900, [0, 999_999]),
  SPOTIFY_RESERVED_CALLS: wholeNumber(80, [0, 999_999]),
  SPOTIFY_PLAYLIST_API: z._default(
    z.enum(['auto', 'items', 'tracks'], 'must be auto, items or tracks'),
    'auto',
  ),
});

const environmentSchema = z.extend(spotifySchema, {
  PLAYLIST_TABLE: required,
  TRACK_TABLE: required,
  ALBUM_TABLE: required,
  ARTIST_TABLE: required,
  STATE_TABLE: required,
  // The state machine that the function has to do with.
  MACHINE_ARN: z.optional(z.string()),
  // Set by the local stack and by commands at the local stage.
  QUOTA_LIBRARY: z.optional(z.string()),
  // Set by Lambda. The default is what serverless.yml asks for.
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: wholeNumber(512, [128, 10_240]),
});

type Environment = Readonly<Record<string, string | undefined>>;
type SpotifyVariables = z.infer<typeof spotifySchema>;

/**
 * The configuration in these variables, by default the process's own.
 *
 * @throws EtlError `CONFIG_INVALID` naming every wrong variable, never a value
 */
export function parseConfig(environment: Environment = process.env): Config {
  return toConfig(parseVariables(environmentSchema, environment, faultsTogether));
}

/**
 * The part of it that is about Spotify, for programs without tables.
 *
 * @throws as `parseConfig`
 */
export function parseSpotifyConfig(environment: Environment): Config['spotify'] {
  return toSpotifyConfig(parseVariables(spotifySchema, environment, faultsTogether));
}

/** Parses, or throws all faults in one message, without values. */
function parseVariables<Parsed extends object>(
  schema: z.ZodMiniType<Parsed>,
  environment: Environment,
  findFaults: (parsed: Parsed) => string[] = () => [],
): Parsed {
  const set = Object.fromEntries(
    Object.entries(environment)
      .map(([name, value = '']) => [name, value.trim()] as const)
      .filter(([, value]) => value !== ''),
  );
  const parsed = schema.safeParse(set);
  const faults = parsed.success
    ? [...findQuoted(parsed.data), ...findFaults(parsed.data)]
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  if (parsed.success && faults.length === 0) return parsed.data;
  throw new EtlError('CONFIG_INVALID', `The environment is not complete: ${faults.join('; ')}.`);
}

/** Docker's --env-file keeps quotes as part of the value. */
const findQuoted = (variables: object): string[] =>
  Object.entries(variables)
    .filter(([, value]) => /^(["']).*\1$/.test(String(value)))
    .map(([name]) => `${name} has quotes around its value; remove them`);

const NO_DATABASE = 'is not set (the address of the database for the plays: docs/listening.md)';

const playsSchema = z.extend(environmentSchema, {
  TURSO_DATABASE_URL: z.string(NO_DATABASE),
  /** The name of the secret with the database's token. */
  TURSO_TOKEN_SECRET: z.optional(z.string()),
  /** The token itself, for a local run. */
  TURSO_AUTH_TOKEN: z.optional(z.string()),
});

export type PlaysConfig = Config & {
  readonly library: {
    readonly place: string;
    readonly authToken: string | undefined;
    readonly tokenSecret: string | undefined;
  };
};

/**
 * The configuration of the function `plays` in these variables, by default the process's own.
 *
 * @throws as `parseConfig`
 */
export function parsePlaysConfig(environment: Environment = process.env): PlaysConfig {
  const variables = parseVariables(playsSchema, environment, faultsTogether);
  return {
    ...toConfig(variables),
    library: {
      place: variables.TURSO_DATABASE_URL,
      authToken: variables.TURSO_AUTH_TOKEN,
      tokenSecret: variables.TURSO_TOKEN_SECRET,
    },
  };
}

const newsSchema = z.object({
  STAGE: required,
  ALARM_TOPIC_ARN: required,
  DIGEST_TOPIC_ARN: required,
  SYNC_TIME_ZONE: z.optional(z.string()),
});
export type NewsPlace = z.infer<typeof newsSchema>;

/** Whom the function `sync` tells what it has done, and when its weeks begin; throws as `parseConfig`. */
export function parseNewsPlace(environment: Environment = process.env): NewsPlace {
  return parseVariables(newsSchema, environment);
}

const bucketSchema = z.object({
  PLAYLISTS_BUCKET: required,
  AWS_REGION: required,
  AWS_ENDPOINT_URL: z.optional(z.string()),
  AWS_ENDPOINT_URL_S3: z.optional(z.string()),
});

/**
 * The bucket of the playlists file in these variables, by default the process's own.
 *
 * @throws EtlError `CONFIG_INVALID` naming every wrong variable
 */
export function parseBucketPlace(environment: Environment = process.env): Bucket {
  const variables = parseVariables(bucketSchema, environment);
  return {
    bucket: variables.PLAYLISTS_BUCKET,
    region: variables.AWS_REGION,
    // S3 elsewhere, as the SDK's own variables name it.
    endpoint: variables.AWS_ENDPOINT_URL_S3 ?? variables.AWS_ENDPOINT_URL,
  };
}

/** Faults that involve several variables. */
function faultsTogether(variables: SpotifyVariables): string[] {
  const faults: string[] = [];
  if (toLoginPlace(variables) === undefined && variables.SPOTIFY_CLIENT_SECRET === undefined) {
    faults.push(
      'neither SPOTIFY_CLIENT_SECRET nor a login (SPOTIFY_TOKEN_FILE, SPOTIFY_TOKEN_SECRET or SPOTIFY_REFRESH_TOKEN) is set',
    );
  }
  const { SPOTIFY_DAILY_CALLS: daily, SPOTIFY_RESERVED_CALLS: reserved } = variables;
  if (daily > 0 && reserved >= daily) {
    faults.push('SPOTIFY_RESERVED_CALLS must be less than SPOTIFY_DAILY_CALLS');
  }
  return faults;
}

function toConfig(variables: z.infer<typeof environmentSchema>) {
  return {
    spotify: toSpotifyConfig(variables),
    tables: {
      playlist: variables.PLAYLIST_TABLE,
      track: variables.TRACK_TABLE,
      album: variables.ALBUM_TABLE,
      artist: variables.ARTIST_TABLE,
    },
    /** The table of the state that functions share. */
    stateTable: variables.STATE_TABLE,
    /** Undefined where nothing outlasts a request, such as on a laptop. */
    machineArn: variables.MACHINE_ARN,
    /** The file of a library that keeps this state instead of the table, so that a laptop has one ledger. */
    quotaLibrary: variables.QUOTA_LIBRARY,
    /** The memory that a run is charged for; on a laptop, a function's. */
    memoryMb: variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  };
}

function toSpotifyConfig(variables: SpotifyVariables) {
  const burstCalls = variables.SPOTIFY_BURST_CALLS;
  const callsPerSecond = variables.SPOTIFY_CALLS_PER_SECOND;
  const dailyCalls = variables.SPOTIFY_DAILY_CALLS;
  const reservedCalls = variables.SPOTIFY_RESERVED_CALLS;
  const playlistApi = variables.SPOTIFY_PLAYLIST_API;
  return {
    apiUrl: variables.SPOTIFY_API_URL,
    accountsUrl: variables.SPOTIFY_ACCOUNTS_URL,
    credentials: {
      clientId: variables.SPOTIFY_CLIENT_ID,
      /** Needed only without a login, or if the refresh token was made with the secret. */
      clientSecret: variables.SPOTIFY_CLIENT_SECRET,
    },
    login: toLoginPlace(variables),
    /** Pages of one playlist asked for at the same time. */
    pagesInFlight: variables.SPOTIFY_PAGES_IN_FLIGHT,
    /** Undefined: calls start as they come. */
    pace: burstCalls === 0 ? undefined : { burstCalls, callsPerSecond },
    /** Undefined: calls are counted, none is refused. */
    budget: dailyCalls === 0 ? undefined : { dailyCalls, reservedCalls },
    /** Undefined: found out from replies. */
    playlistApi: playlistApi === 'auto' ? undefined : playlistApi,
  };
}

/** A refresh token wins over a file, and a file over a secret. */
function toLoginPlace(variables: SpotifyVariables): LoginPlace | undefined {
  const { SPOTIFY_REFRESH_TOKEN: refreshToken, SPOTIFY_TOKEN_FILE: path } = variables;
  if (refreshToken !== undefined) return { kind: 'refresh-token', refreshToken };
  if (path !== undefined) return { kind: 'file', path };
  const name = variables.SPOTIFY_TOKEN_SECRET;
  return name === undefined ? undefined : { kind: 'secret', name };
}

/** Secrets are sent there, so https, or http on this machine only. */
function isOrigin(url: URL): boolean {
  const isPlain = url.href === `${url.origin}/`;
  return isPlain && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackUrl(url)));
}
