/** Which lists a person wants, and in which order they are read. Pure. */

import { playlistRefSchema } from '../../etl/model/ids.ts';
import type { PlaylistEntry } from '../../etl/model/playlist-listing.ts';
import { UsageError } from '../../lib/usage-error.ts';

export type Wanted = {
  /** IDs of lists named by link, each once. */
  readonly playlistIds: readonly string[];
  readonly all: boolean;
  readonly liked: boolean;
};

/** @throws UsageError naming every link that is none, or where nothing is wanted */
export function parseWanted(
  links: readonly string[],
  { all, liked }: Pick<Wanted, 'all' | 'liked'>,
): Wanted {
  const parsed = links.map((link) => ({ link, result: playlistRefSchema.safeParse(link) }));
  const faults = parsed.flatMap(({ link, result }) =>
    result.success ? [] : [`${link}: ${result.error.issues[0]?.message ?? ''}`],
  );
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  if (links.length === 0 && !all && !liked) {
    throw new UsageError(
      'Which playlists? Name some by their links, or give --all for all of yours, --liked for your Liked Songs.',
    );
  }
  const ids = parsed.flatMap(({ result }) => (result.success ? [result.data] : []));
  return { playlistIds: [...new Set(ids)], all, liked };
}

/** A list to read: its ID, and what the list of playlists says of it. */
export type ListToRead = { readonly id: string; readonly name?: string; readonly items?: number };

/** What of a listing must be read, the smallest first: where the day's calls are too few, most lists fit. */
export function chooseLists(entries: readonly PlaylistEntry[]): ListToRead[] {
  return entries
    .filter(({ readable, state }) => readable && state !== 'unchanged')
    .map(({ items, playlist_id: id, playlist_name: name }) => ({
      id,
      name,
      ...(items === undefined ? {} : { items }),
    }))
    .sort((one, other) => (one.items ?? 0) - (other.items ?? 0));
}
