/** One start over a playlists store: what cron's program and the function of the cloud have in common. */
import { createAnswerRecorder } from './answer-recorder.ts';
import { planRequests } from './plan-requests.ts';
import { parsePlaylists } from './playlists-file.ts';
import type { Selection } from './playlists-row.ts';
import type { PlaylistsStore } from './playlists-store.ts';
import { runTrigger, type TriggerRun } from './run-trigger.ts';
import type { TriggerSummary } from './summary.ts';

export type Walk = Omit<TriggerRun, 'requests' | 'recorder'> & {
  readonly store: PlaylistsStore;
  readonly selection: Selection;
  /** At most so many playlists. */
  readonly limit?: number | undefined;
  /** The least time between two writes; a store that keeps every version is not to keep one for every answer. */
  readonly leastPauseMs?: number | undefined;
  /** How many requests are planned. Told once the file is read. */
  readonly onStart: (requests: number) => void;
  /** Told once the answers are in the file, or it is known that they cannot be. */
  readonly onEnd: (summary: TriggerSummary) => void;
};

/**
 * Sends the rows that are selected and brings their answers into the file.
 *
 * @throws UsageError where the file cannot be read, Error where it cannot be written
 */
export async function walkPlaylists(walk: Walk): Promise<TriggerSummary> {
  const { halt, leastPauseMs, limit, onEnd, onStart, selection, store, ...run } = walk;
  const playlists = parsePlaylists(await store.read());
  const requests = planRequests(playlists, selection, limit);
  const recorder = createAnswerRecorder({
    store,
    playlists,
    clock: Date,
    leastPauseMs,
    // An answer that cannot be kept is not worth a call.
    onFailure: () => {
      halt.abort();
    },
  });
  onStart(requests.length);
  const summary = await runTrigger({ ...run, halt, requests, recorder });
  try {
    await recorder.flush();
  } finally {
    onEnd(summary);
  }
  return summary;
}
