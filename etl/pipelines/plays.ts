import type { RecentPlaysSource } from '../extract/sources.ts';
import type { PlaySink } from '../load/sinks.ts';
import type { PollSummary } from '../model/plays.ts';
import { toPlayRecords } from '../transform/plays.ts';

export type PollPorts = { readonly source: RecentPlaysSource; readonly sink: PlaySink };

export type PollOptions = {
  /** Tells what a poll would do, and writes nothing. */
  readonly isDryRun?: boolean;
};

/**
 * Stores the plays that Spotify lists now, and a gap where it cannot be ruled out that plays have fallen out of its list since
 * the poll before.
 *
 * @throws EtlError of the source or the sink; nothing is written then
 */
export async function pollPlays(
  { sink, source }: PollPorts,
  { isDryRun = false }: PollOptions = {},
): Promise<PollSummary> {
  const accountId = await source.getUserId();
  const { askedAtMs, plays, returned } = await source.getRecentPlays();
  const records = toPlayRecords(plays);
  const poll = { accountId, askedAtMs, records, returned };
  const outcome = isDryRun ? await sink.previewPoll(poll) : await sink.putPoll(poll);
  const { forgotten, fresh, quietSinceMs } = outcome;
  const unreadable = returned - plays.length;
  return {
    returned,
    new: fresh,
    known: records.plays.length - fresh - forgotten,
    gaps: outcome.gaps,
    ...(forgotten > 0 && { forgotten }),
    ...(unreadable > 0 && { unreadable }),
    ...(quietSinceMs !== undefined && { quiet_since: new Date(quietSinceMs).toISOString() }),
  };
}
