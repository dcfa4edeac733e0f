/** The listening history: Spotify's list of the last plays into a library. */
import type { PollSummary } from '../etl/model/plays.ts';
import type { Run } from '../etl/model/summaries.ts';
import { type PollOptions, pollPlays } from '../etl/pipelines/plays.ts';
import { createRecentPlaysSource } from '../spotify/recent-plays.ts';
import type { Library } from '../stores/sqlite/library.ts';
import { LibraryPlays } from '../stores/sqlite/library-plays.ts';
import { type Metered, meteredRun } from './metered-run.ts';

export type PlaysParts = Metered & { readonly library: Library };

/**
 * Polls once. Its calls come out of those that bulk work may not use.
 *
 * @throws EtlError with a code of `etl/errors.ts`
 */
export function pollInto(
  { library, memoryMb, session }: PlaysParts,
  run: Run,
  options?: PollOptions,
): Promise<PollSummary> {
  return meteredRun({ session, memoryMb, run, purpose: 'history' }, (spotify) => {
    const sink = new LibraryPlays(library, { deadlineAt: run.deadlineAt });
    return pollPlays({ source: createRecentPlaysSource(spotify), sink }, options);
  });
}
