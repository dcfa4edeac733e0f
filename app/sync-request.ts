/** What the function `sync` is asked for. */
import * as z from 'zod/mini';
import { UsageError } from '../lib/usage-error.ts';
import { parseRunEvent } from './run-event.ts';

/** Like the options of `spotify-etl sync`. The schedule sends none of them. */
const flag = z._default(z.boolean(), false);
const eventSchema = z.strictObject({
  dryRun: flag,
  /** By name; all by default. */
  pairs: z._default(z.array(z.string()), []),
  /** Applies pairs with `apply` = `ask` too. */
  yes: flag,
  allowRemovals: z.exactOptional(z.int().check(z.nonnegative())),
  allowEmpty: flag,
  allowRewrite: flag,
  confirmExact: flag,
  /** Takes back the last run of this pair. */
  undo: z.exactOptional(z.string()),
});
export type SyncRequest = z.infer<typeof eventSchema>;

/**
 * A permission to remove is never given to every pair.
 *
 * @throws UsageError
 */
export function parseSyncRequest(event: unknown): SyncRequest {
  const request = parseRunEvent(eventSchema, event, 'docs/sync.md');
  const { allowRemovals, confirmExact, pairs } = request;
  if (pairs.length > 0 || (allowRemovals === undefined && !confirmExact)) return request;
  throw new UsageError('allowRemovals and confirmExact need the names of the pairs.');
}
