/** The port for a user's login. Adapters: a file on a laptop, Secrets Manager on AWS. */
import * as z from 'zod/mini';
import { EtlError } from '../../etl/errors.ts';
import { parseJson } from '../../lib/parse-json.ts';

const timestamp = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))));

/** Visible ASCII for a header: for anything else, fetch throws an error that quotes the token. */
export const accessTokenSchema = z.string().check(z.regex(/^[\x21-\x7e]+$/));

/** A user's stored login. The access token lives for an hour at most; it is stored so that many processes share one refresh. */
export const loginSchema = z.object({
  refresh_token: z.string().check(z.minLength(1)),
  /** The app of the login: no other app can use it. */
  client_id: z.string(),
  /** When the user agreed, ISO 8601. Absent for a refresh token from the environment. */
  authorized_at: z.optional(timestamp),
  scopes: z.array(z.string()),
  /** Spotify's lasting, pseudonymous name of the account; replies of older apps lack it. */
  account_id: z.optional(z.string()),
  /** The account's ID, like in a playlist's owner. */
  user_id: z.optional(z.string()),
  /** Whether it was made with the app's secret, without PKCE: its refresh then needs the secret too. */
  needs_secret: z.optional(z.boolean()),
  access_token: z.optional(accessTokenSchema),
  /** ISO 8601. */
  access_token_expires_at: z.optional(timestamp),
  /** Set when Spotify refused the refresh token for good, ISO 8601. Nobody tries it again; a new login clears it. */
  refused_at: z.optional(timestamp),
  /** In Secrets Manager: who is refreshing now, and until when the others must wait, ISO 8601. */
  refresh_claim: z.optional(z.object({ by: z.string(), until: timestamp })),
});

export type Login = z.infer<typeof loginSchema>;

/** A login and the mark of the version read. */
export type StoredLogin = { readonly login: Login; readonly version: string };

/** A login that this process alone may refresh, until `release`. */
export type HeldLogin = {
  /**
   * Stores the changed login. False if another login is stored by now, or none: then that counts.
   *
   * A process that was frozen for long can have lost its lock. `onlyIfHeld` then stores nothing. Without it the login is stored
   * anyway, because the refresh token of the others is used up.
   *
   * @throws as `find`
   */
  save(next: Login, options?: { readonly onlyIfHeld: boolean }): Promise<boolean>;
  /** Lets others refresh. Never throws. */
  release(): Promise<void>;
};

/** A place where a login is kept. */
export type LoginSource = {
  /** Where it is, for people: a path or the name of a secret. Never a secret itself. */
  readonly place: string;
  /**
   * Undefined if nobody has logged in.
   *
   * @throws EtlError `CONFIG_INVALID` if something else than a login is stored there, or access is denied
   * @throws EtlError `TOKEN_STORE_UNAVAILABLE` if the store gives no answer
   */
  find(): Promise<StoredLogin | undefined>;
  /**
   * Undefined if another process holds it, or has changed it since it was found.
   *
   * @throws as `find`
   */
  hold(found: StoredLogin): Promise<HeldLogin | undefined>;
};

export type TokenStore = LoginSource & {
  /**
   * Stores a new login, replacing any other. True if there was one.
   *
   * @throws as `find`
   */
  replace(login: Login): Promise<boolean>;
  /** Deletes the login; having none is not a failure. */
  remove(): Promise<void>;
};

/** The same text for equal logins, regardless of the order of fields. */
export function toLoginText(login: Login): string {
  return JSON.stringify(loginSchema.parse(login), null, 2);
}

/**
 * The login in a text.
 *
 * @throws EtlError `CONFIG_INVALID` that names the place. It has no cause, because a JSON error quotes the text.
 */
export function parseLoginText(text: string, place: string): Login {
  const parsed = loginSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new EtlError(
    'CONFIG_INVALID',
    `${place} is not a login of this program. Remove it and run npx spotify-etl login.`,
  );
}
