import * as z from 'zod/mini';
import type { Clock } from '../lib/clock.ts';
import { toUserError } from './errors.ts';
import { parseReply } from './parse-reply.ts';
import { RequestSender } from './request-sender.ts';
import { meRequest } from './requests.ts';
import { isUnauthorised } from './retry-policy.ts';
import { createTransport } from './transport.ts';

const accountSchema = z.object({
  id: z.string().check(z.minLength(1)),
  account_id: z.nullish(z.string()),
  display_name: z.nullish(z.string()),
});

/** A user of Spotify. */
export type Account = {
  /** As playlists name their owner. */
  readonly userId: string;
  /** Spotify's lasting, pseudonymous name of the account; replies to older apps lack it. */
  readonly accountId: string | undefined;
  /** What the user is called in public, if it is anything. */
  readonly displayName: string | undefined;
};

type AccountOptions = {
  readonly apiUrl: URL;
  readonly clock: Clock;
  readonly stop?: AbortSignal | undefined;
};

/** A good token is sometimes refused once, and taken a moment later. */
const REFUSED_TOKEN_WAIT_MS = 1_000;

/**
 * Whose access token this is. Once `stop` is given it throws what it was given for.
 *
 * @throws EtlError `APP_NOT_PERMITTED`
 * @throws EtlError where Spotify does not answer as it should
 */
export async function getAccount(
  { apiUrl, clock, stop }: AccountOptions,
  accessToken: string,
): Promise<Account> {
  const exchange = createTransport(clock.now);
  const sender = new RequestSender({ exchange, clock, deadlineAt: Number.POSITIVE_INFINITY });
  const request = meRequest(apiUrl)(accessToken);
  let answer = await sender.send(request, { stop });
  if (!answer.ok && isUnauthorised(answer.failure)) {
    await clock.sleep(REFUSED_TOKEN_WAIT_MS);
    answer = await sender.send(request, { stop });
  }
  if (!answer.ok) throw toUserError(answer.failure);
  const { id, account_id, display_name } = parseReply(accountSchema, answer.body, 'me');
  return {
    userId: id,
    accountId: account_id ?? undefined,
    displayName: display_name ?? undefined,
  };
}
