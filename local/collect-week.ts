/** A simulated week of listening, collected as `spotify-etl plays collect` does every 20 minutes. */
import { randomUUID } from 'node:crypto';
import { parseSpotifyConfig } from '../app/config.ts';
import { listTop, openLibrary, type TopEntry } from '../app/library.ts';
import { openLibraryApp } from '../app/library-app.ts';
import { spotifyVariables } from '../cli/shared/simulated-spotify.ts';
import { systemClock } from '../lib/system-clock.ts';
import { startSpotifySimulator } from './simulator/simulator.ts';

const POLL_MS = 20 * 60_000;
const WEEK_MS = 7 * 86_400_000;
const RUN_MS = 60_000;

/** What the polls of a week did, all together. */
export type CollectedWeek = Readonly<Record<'polls' | 'plays' | 'gaps', number>>;

/**
 * Fills the library there with the plays of the last seven days, or of those since it was filled last. The simulated Spotify that
 * answers is one of its own, whose clock runs through the week.
 */
export async function collectWeek(place: string, stopping: AbortSignal): Promise<CollectedWeek> {
  const now = systemClock.now();
  let at = await findStart(place, now);
  const clock = { ...systemClock, now: () => at };
  const spotify = await startSpotifySimulator({ now: clock.now, listener: 'normal' });
  const app = await openLibraryApp(
    parseSpotifyConfig(spotifyVariables(spotify)),
    { place, authToken: undefined },
    clock,
  );
  let collected: CollectedWeek = { polls: 0, plays: 0, gaps: 0 };
  try {
    for (; at <= now; at += POLL_MS) {
      stopping.throwIfAborted();
      const poll = await app.pollPlays({ runId: randomUUID(), deadlineAt: at + RUN_MS });
      collected = {
        polls: collected.polls + 1,
        plays: collected.plays + poll.new,
        gaps: collected.gaps + poll.gaps,
      };
    }
    return collected;
  } finally {
    await app.close();
    await spotify.close();
  }
}

/** A week ago, or the next poll after the last one. */
async function findStart(place: string, now: number): Promise<number> {
  const library = openLibrary({ place, authToken: undefined });
  const [[row] = []] = await library.run([{ sql: 'SELECT max(at) AS at FROM poll' }]);
  await library.close();
  return Math.max(now - WEEK_MS, Number(row?.at ?? 0) + POLL_MS);
}

/** The top five of all time. */
export async function askTops(
  place: string,
): Promise<Readonly<Record<'songs' | 'artists', TopEntry[]>>> {
  const library = openLibrary({ place, authToken: undefined });
  const query = { by: 'plays', limit: 5, sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER } as const;
  try {
    return {
      songs: await listTop(library, { of: 'songs', ...query }),
      artists: await listTop(library, { of: 'artists', ...query }),
    };
  } finally {
    await library.close();
  }
}
