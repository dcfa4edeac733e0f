/** What was used of the quota. */

import type { Clock } from '../lib/clock.ts';
import { callsLeft, countCalls } from '../spotify/quota/ledger.ts';
import type { Cooldown, QuotaState } from '../spotify/quota/store.ts';
import { createLibraryQuotaStore } from '../stores/sqlite/quota-store.ts';
import type { Config } from './config.ts';
import type { Library } from './library.ts';

export type Usage = {
  /** Calls of the last 24 hours. */
  readonly spent: number;
  /** Calls left for loads; undefined without a budget. */
  readonly left: number | undefined;
  readonly cooldown: Cooldown | undefined;
};

export function toUsage(
  { calls, cooldown }: QuotaState,
  { budget }: Pick<Config['spotify'], 'budget'>,
  now: number,
): Usage {
  return {
    spent: countCalls(calls, now),
    left: budget && callsLeft(calls, now, { budget, purpose: 'load' }),
    cooldown: cooldown !== undefined && cooldown.until > now ? cooldown : undefined,
  };
}

/**
 * The usage of an app as a library has counted it; undefined where it has not.
 *
 * @throws EtlError as `Library.run`
 */
export async function readUsage(
  library: Library,
  { budget, credentials }: Pick<Config['spotify'], 'budget' | 'credentials'>,
  clock: Clock,
): Promise<Usage | undefined> {
  const { clientId } = credentials;
  const store = createLibraryQuotaStore(library, { clientId, clock });
  const state = await store.read({ deadlineAt: Number.POSITIVE_INFINITY });
  return state.revision === 0 ? undefined : toUsage(state, { budget }, clock.now());
}
