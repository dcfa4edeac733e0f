/** Polls and plays for tests of the listening history. */
import type { Poll } from '../../etl/load/sinks.ts';
import type { Play } from '../../etl/model/plays.ts';
import type { Track } from '../../etl/model/spotify-objects.ts';
import { toPlayRecords } from '../../etl/transform/plays.ts';
import { START_MS } from './virtual-clock.ts';

export const ACCOUNT = 'ada';

/** A track of its own album; its artist is one of four. */
export function trackOf(index: number, more: Partial<Track> = {}): Track {
  const artist = { id: `artist-${index % 4}`, name: `Artist ${index % 4}` };
  return {
    id: `track-${index}`,
    name: `Song ${index}`,
    duration_ms: 180_000,
    external_ids: { isrc: `ZZ${index}` },
    album: { id: `album-${index}`, name: `Album ${index}`, artists: [artist] },
    artists: [artist],
    ...more,
  };
}

/** A play that ended so many minutes after the start. */
export function playAt(minutes: number, track: Track = trackOf(minutes)): Play {
  return { track, endedAtMs: START_MS + minutes * 60_000 };
}

/** Plays that ended at each minute from `from` to `to`, both included. */
export function playsOf(from: number, to: number): Play[] {
  return Array.from({ length: to - from + 1 }, (_, at) => playAt(from + at));
}

/** An answer with these plays, asked for a minute after the last of them, or at that minute. */
export function pollOf(
  plays: readonly Play[],
  { accountId = ACCOUNT, minutes }: { readonly accountId?: string; readonly minutes?: number } = {},
): Poll {
  const newest = Math.max(...plays.map(({ endedAtMs }) => endedAtMs), START_MS);
  return {
    accountId,
    askedAtMs: minutes === undefined ? newest + 60_000 : START_MS + minutes * 60_000,
    returned: plays.length,
    records: toPlayRecords(plays),
  };
}
