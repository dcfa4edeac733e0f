import * as z from 'zod/mini';
import { toTokenError } from '../errors.ts';
import { parseReply } from '../parse-reply.ts';
import { RequestSender, type SenderOptions } from '../request-sender.ts';
import { type AppCredentials, type RefreshGrant, tokenRequest } from '../requests.ts';
import { accessTokenSchema } from './token-store.ts';

const tokenReplySchema = z.object({
  access_token: accessTokenSchema,
  expires_in: z.number(),
  /** Sent only when Spotify replaces the refresh token. */
  refresh_token: z.nullish(z.string()),
});

export type TokenEndpoint = Omit<SenderOptions, 'deadlineAt'> & {
  readonly accountsUrl: URL;
  readonly credentials: AppCredentials;
};

export type AccessToken = {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
};

export type TokenReply = {
  readonly accessToken: AccessToken;
  /** Set if Spotify replaced the one used. */
  readonly refreshToken: string | undefined;
};

/** A token this close to its end is replaced before it is used. */
const EXPIRY_MARGIN_MS = 60_000;
/** Tokens live an hour; this caps a wrong reply. */
const LONGEST_LIFE_SECONDS = 86_400;

/**
 * Requests an access token: a user's with a grant, the app's own without.
 *
 * @throws EtlError `REAUTH_REQUIRED`, `APP_NOT_PERMITTED`
 * @throws EtlError when the accounts service does not answer
 */
export async function requestToken(
  { accountsUrl, credentials, exchange, clock, isRepeating = true }: TokenEndpoint,
  grant?: RefreshGrant,
): Promise<TokenReply> {
  const deadlineAt = Number.POSITIVE_INFINITY;
  const sender = new RequestSender({ exchange, clock, isRepeating, deadlineAt });
  const requestedAt = clock.now();
  const answer = await sender.send(tokenRequest(accountsUrl, credentials, grant));
  if (!answer.ok) throw toTokenError(answer.failure);
  const reply = parseReply(tokenReplySchema, answer.body, 'token');
  const lifeSeconds = Math.min(Math.max(reply.expires_in, 0), LONGEST_LIFE_SECONDS);
  return {
    accessToken: { value: reply.access_token, expiresAt: requestedAt + lifeSeconds * 1000 },
    refreshToken: reply.refresh_token ?? undefined,
  };
}

export function isFresh({ expiresAt }: AccessToken, nowMs: number): boolean {
  return nowMs < expiresAt - EXPIRY_MARGIN_MS;
}
