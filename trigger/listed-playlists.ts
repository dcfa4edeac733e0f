/** Which rows need no request of their own, by the list of the user's playlists. Pure. */
import { type ListedState, listingReplySchema } from '../etl/model/playlist-listing.ts';
import { parseJson } from '../lib/parse-json.ts';
import { toLine } from '../lib/plain-text.ts';
import { type Answer, type Outcome, toOutcome } from './outcome.ts';
import { toPlaylistKey } from './playlists-file.ts';

/** The list is not worth its call for fewer requests. */
const MIN_REQUESTS = 3;
/** The list can cost a tenth of what it can save. */
const REQUESTS_PER_CALL = 10;
/** The API's limit. */
const MAX_CALLS = 300;

/** The most calls to Spotify that the list can cost before so many requests; undefined if it is not worth any. */
export function planListCalls(requests: number): number | undefined {
  if (requests < MIN_REQUESTS) return undefined;
  return Math.min(MAX_CALLS, Math.ceil(requests / REQUESTS_PER_CALL));
}

/** Returns the outcome of an unchanged playlist; undefined for one that has to be sent. */
type FindListed = (playlistUri: string) => Outcome | undefined;

/** Undefined if an answer, which arrived at `now`, is not the list. */
export function parseList(
  { body, status }: Answer,
  now: number,
): { readonly find: FindListed; readonly warnings: readonly string[] } | undefined {
  const { data: list } = listingReplySchema.safeParse(parseJson(body));
  if (status !== 200 || list === undefined) return undefined;
  const unchanged = list.playlists.filter(({ state }) => state === 'unchanged');
  const byId = new Map(unchanged.map((listed) => [listed.playlist_id, listed]));
  return {
    warnings: (list.warnings ?? []).map(toLine),
    find: (playlistUri) => {
      const listed = byId.get(toPlaylistKey(playlistUri));
      if (listed === undefined) return undefined;
      const answer = toAnswer(listed, list.run_id);
      return { ...toOutcome(answer, now), isListed: true };
    },
  };
}

/** What a request of its own would have been answered. */
function toAnswer({ extracted_at, items, playlist_name }: ListedState, run_id?: string): Answer {
  const label = playlist_name.trim() === '' ? 'Unnamed playlist' : playlist_name;
  const when = extracted_at === undefined ? '' : ` since ${extracted_at}`;
  const message = `${label}: unchanged${when}; nothing written. Seen in the list of playlists, without a separate call.`;
  const counts = items === undefined ? undefined : { items };
  const body = { status: 'unchanged', message, run_id, counts };
  return { status: 200, headers: {}, body: JSON.stringify(body) };
}
