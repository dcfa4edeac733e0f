/** Finds rows that need no request, because the list of the user's playlists shows them as unchanged. Pure. */
import { type ListedState, listingReplySchema } from '../etl/model/playlist-listing.ts';
import { parseJson } from '../lib/parse-json.ts';
import { toLine } from '../lib/plain-text.ts';
import { type Answer, type Outcome, toOutcome } from './outcome.ts';
import { toPlaylistKey } from './playlists-file.ts';

/** For fewer requests the list does not pay. */
const MIN_REQUESTS = 3;
/** The list can cost a tenth of what it can save. */
const REQUESTS_PER_CALL = 10;
/** The API's limit. */
const MAX_CALLS = 300;

/** The limit of calls to Spotify for the list, given the number of requests; undefined if the list does not pay. */
export function planListCalls(requests: number): number | undefined {
  if (requests < MIN_REQUESTS) return undefined;
  return Math.min(MAX_CALLS, Math.ceil(requests / REQUESTS_PER_CALL));
}

type Listed = {
  /** Returns the outcome of an unchanged playlist; undefined if it must be sent. */
  readonly find: (playlistUri: string) => Outcome | undefined;
  readonly warnings: readonly string[];
  /** What the answer means if it is not the list; then nothing is found. */
  readonly fault?: Outcome;
};

/** Reads an answer that arrived at `now`. */
export function parseList(answer: Answer, now: number): Listed {
  const { data: list } = listingReplySchema.safeParse(parseJson(answer.body));
  if (answer.status !== 200 || list === undefined) {
    return { find: () => undefined, warnings: [], fault: toOutcome(answer, now) };
  }
  const unchanged = list.playlists.filter(({ state }) => state === 'unchanged');
  const byId = new Map(unchanged.map((listed) => [listed.playlist_id, listed]));
  return {
    warnings: (list.warnings ?? []).map(toLine),
    find: (playlistUri) => {
      const listed = byId.get(toPlaylistKey(playlistUri));
      if (listed === undefined) return undefined;
      return { ...toOutcome(toAnswer(listed, list.run_id), now), isListed: true };
    },
  };
}

/** The answer that a request would have had. */
function toAnswer({ extracted_at, items, playlist_name }: ListedState, run_id?: string): Answer {
  const label = playlist_name.trim() === '' ? 'Unnamed playlist' : playlist_name;
  const when = extracted_at === undefined ? '' : ` since ${extracted_at}`;
  const message = `${label}: unchanged${when}; nothing written. Seen in the list of playlists, without a separate call.`;
  const counts = items === undefined ? undefined : { items };
  const body = { status: 'unchanged', message, run_id, counts };
  return { status: 200, headers: {}, body: JSON.stringify(body) };
}
