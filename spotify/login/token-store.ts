/** Where a user's login is kept. Adapters implement this port: a file on a laptop, Secrets Manager in AWS. */
import * as z from 'zod/mini';

const timestamp = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))));

/**
 * What a header can hold: visible ASCII. Of anything else, fetch makes an error that quotes the header, and so the token,
 * into the log.
 */
export const accessTokenSchema = z.string().check(z.regex(/^[\x21-\x7e]+$/));

/**
 * A user's login, as it is stored. The refresh token is what counts; the access token beside it lives an hour at most, and is
 * there so that many processes need one refresh between them.
 */
export const loginSchema = z.object({
  refresh_token: z.string().check(z.minLength(1)),
  /** The app it was given to: a login is worth nothing to any other. */
  client_id: z.string(),
  /**
   * When the user agreed, ISO 8601: `loginEndsAt` says what follows. Absent where the refresh token was given outright, and
   * with it all that only a login by this program knows.
   */
  authorized_at: z.optional(timestamp),
  scopes: z.array(z.string()),
  /** Spotify's lasting, pseudonymous name of the account; replies of older apps lack it. */
  account_id: z.optional(z.string()),
  /** The account's ID as playlists name their owner. */
  user_id: z.optional(z.string()),
  /** Whether it was got with the app's secret, as a login without PKCE is: it is then refreshed with the secret too. */
  needs_secret: z.optional(z.boolean()),
  access_token: z.optional(accessTokenSchema),
  /** ISO 8601. */
  access_token_expires_at: z.optional(timestamp),
  /** Set when Spotify refused the refresh token for good, ISO 8601. Nobody tries it again; a new login clears it. */
  refused_at: z.optional(timestamp),
  /** Who is refreshing now, and until when nobody else may, ISO 8601. */
  refresh_claim: z.optional(z.object({ by: z.string(), until: timestamp })),
});

export type Login = z.infer<typeof loginSchema>;

/** A login and the mark of the version read. */
export type StoredLogin = { readonly login: Login; readonly version: string };

export type TokenStore = {
  /** Where it is, for people: a path or the name of a secret. Never a secret itself. */
  readonly place: string;
  /**
   * Undefined where nobody has logged in.
   *
   * @throws EtlError `CONFIG_INVALID` where what stands there is not a login, or may not be read
   * @throws EtlError `TOKEN_STORE_UNAVAILABLE` where the store gives no answer
   */
  find(): Promise<StoredLogin | undefined>;
  /**
   * Replaces the version `replaces`, or creates the first where that is undefined. Of several writers who replace the same
   * version one wins; the others are given undefined and must read again. Returns the new version. To repeat a put that was
   * applied though its answer was lost gives the same version again.
   *
   * @throws as `find`
   */
  put(login: Login, replaces: string | undefined): Promise<string | undefined>;
  /** Forgets the login; it is no failure where there is none. */
  remove(): Promise<void>;
};
