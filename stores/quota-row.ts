/** The quota's state as it is stored, whatever the store. */
import * as z from 'zod/mini';
import { MAX_WAIT_MS } from '../lib/retry-after.ts';
import type { QuotaState } from '../spotify/quota/store.ts';

/** A row that nobody has written to for so long remembers nothing that still counts, but how the app is served. */
const KEPT_MS = 400 * 86_400_000;

/** ISO 8601, as milliseconds since the epoch. */
const moment = z.pipe(
  z.iso.datetime(),
  z.transform((text) => Date.parse(text)),
);
/** Older versions stored more attributes: they are ignored, and left out by the next write. */
const rowSchema = z.object({
  revision: z.number(),
  cooldown: z.exactOptional(z.object({ until: moment, reason: z.enum(['quota', 'rate-limit']) })),
  calls: z.record(z.string(), z.record(z.string(), z.number())),
  full_at: moment,
  app_kind: z.exactOptional(z.enum(['A or B', 'C'])),
  playlist_api: z.exactOptional(z.enum(['items', 'tracks'])),
  page_limit: z.exactOptional(z.number()),
  announced: z.exactOptional(z.object({ authorized_at: z.string(), days: z.number() })),
  /** Epoch seconds, and so long after the last write. */
  expires_at: z.number(),
});

type Row = z.infer<typeof rowSchema>;

/** One row for each app: quota, cooldown and the way an app is served are its own. */
export function quotaRowId(clientId: string): string {
  return `app#${clientId}`;
}

/** Undefined for a row that was not written by this version. */
export function parseQuotaRow(row: unknown): QuotaState | undefined {
  const { data } = rowSchema.safeParse(row);
  return data && toState(data);
}

/** A cooldown that an older version stored ends as early as if it had been capped then. */
function toState({ calls, cooldown, expires_at, full_at, revision, ...facts }: Row): QuotaState {
  const state = { revision, calls, fullAt: full_at, facts };
  if (cooldown === undefined) return state;
  const writtenAt = expires_at * 1000 - KEPT_MS;
  const until = Math.min(cooldown.until, writtenAt + MAX_WAIT_MS);
  return { ...state, cooldown: { ...cooldown, until } };
}

export function toQuotaRow(
  { calls, cooldown, facts, fullAt, revision }: QuotaState,
  now: number,
): object {
  return {
    ...facts,
    revision,
    calls,
    full_at: new Date(fullAt).toISOString(),
    ...(cooldown && { cooldown: { ...cooldown, until: new Date(cooldown.until).toISOString() } }),
    expires_at: Math.ceil((now + KEPT_MS) / 1000),
  };
}
