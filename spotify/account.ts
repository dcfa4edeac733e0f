import * as z from 'zod/mini';
import type { Clock } from '../lib/clock.ts';
import { toUserError } from './errors.ts';
import { parseReply } from './parse-reply.ts';
import { RequestSender } from './request-sender.ts';
import { meRequest } from './requests.ts';
import { isUnauthorised } from './retry-policy.ts';
import { createTransport } from './transport.ts';

const accountSchema = z.pipe(
  z.object({
    id: z.string().check(z.minLength(1)),
    /** Spotify's lasting, pseudonymous name of the account; replies to older apps lack it. */
    account_id: z.nullish(z.string()),
    /** The user's public name, if any. */
    display_name: z.nullish(z.string()),
  }),
  z.transform((me) => ({
    /** As playlists name their owner. */
    userId: me.id,
    accountId: me.account_id ?? undefined,
    displayName: me.display_name ?? undefined,
  })),
);

/** A user of Spotify. */
export type Account = Readonly<z.infer<typeof accountSchema>>;

type AccountOptions = {
  readonly apiUrl: URL;
  readonly clock: Clock;
  readonly stop?: AbortSignal | undefined;
};

/** Spotify sometimes refuses a good token once, and accepts it a moment later. */
const REFUSED_TOKEN_WAIT_MS = 1_000;

/**
 * Asks whose access token this is, with one call. Throws the reason of `stop` after an abort.
 *
 * @throws EtlError `APP_NOT_PERMITTED` if the account is not on the app's list, or its owner has no Premium
 * @throws EtlError with another code if Spotify gives no valid answer
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
  return parseReply(accountSchema, answer.body, 'me');
}
