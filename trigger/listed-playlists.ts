/** What the list of the user's playlists says of rows: which of them need no request of their own. Pure. */
import * as z from 'zod/mini';
import { type Answer, type Outcome, toLine, toOutcome } from './outcome.ts';
import { toPlaylistKey } from './playlists-row.ts';

/** Fewer requests are not worth asking for the list first. */
const FEWEST_REQUESTS = 3;
/** The list may cost a tenth of what it may save. */
const REQUESTS_PER_CALL = 10;
/** The API takes no larger number. */
const MOST_CALLS = 300;
const MAX_WHY = 200;

/** How many calls to Spotify the list may cost where so many requests are planned; undefined where it is not asked for. */
export function planListCalls(requests: number): number | undefined {
  if (requests < FEWEST_REQUESTS) return undefined;
  return Math.min(MOST_CALLS, Math.ceil(requests / REQUESTS_PER_CALL));
}

export type ListVerdict =
  /** The outcome of an unchanged playlist; undefined of one that has to be asked for. */
  | {
      readonly kind: 'listed';
      readonly find: (playlistUri: string) => Outcome | undefined;
      /** What the API wants a person to know. */
      readonly warnings: readonly string[];
    }
  /** What the list was refused with, all rows would be too. */
  | { readonly kind: 'stop'; readonly outcome: Outcome }
  /** No list. */
  | { readonly kind: 'none'; readonly why: string; readonly retryAfterMs?: number | undefined };

const listSchema = z.object({
  run_id: z.optional(z.string()),
  warnings: z.catch(z.optional(z.array(z.string())), undefined),
  playlists: z.array(
    z.object({
      playlist_id: z.string(),
      playlist_name: z.string(),
      state: z.string(),
      items: z.optional(z.number()),
      extracted_at: z.optional(z.string()),
    }),
  ),
});

type List = z.infer<typeof listSchema>;
type Listed = List['playlists'][number];

/** What to make of the answer to a request for the list, which came at `now`. */
export function toListVerdict(answer: Answer, now: number): ListVerdict {
  const list = parseList(answer);
  if (list !== undefined) {
    const warnings = (list.warnings ?? []).map(toLine);
    return { kind: 'listed', find: createFind(list, now), warnings };
  }
  const outcome = toOutcome(answer, now);
  const { isShared, response, retryAfterMs, verdict } = outcome;
  // A refusal that is not the API's own can be about the list alone: an older API does not have it.
  if (isShared && verdict === 'stop') return { kind: 'stop', outcome };
  const why = `${response.code}: ${response.message.slice(0, MAX_WHY)}`;
  return { kind: 'none', why, ...(isShared ? { retryAfterMs } : {}) };
}

function parseList(answer: Answer): List | undefined {
  if (answer.kind !== 'response' || answer.status !== 200) return undefined;
  try {
    return listSchema.safeParse(JSON.parse(answer.body)).data;
  } catch {
    return undefined;
  }
}

function createFind(list: List, now: number): (playlistUri: string) => Outcome | undefined {
  const unchanged = new Map(
    list.playlists
      .filter(({ state }) => state === 'unchanged')
      .map((listed) => [listed.playlist_id, listed]),
  );
  return (playlistUri) => {
    const listed = unchanged.get(toPlaylistKey(playlistUri));
    return listed === undefined ? undefined : toUnchanged(listed, { runId: list.run_id, now });
  };
}

/** As an answer of its own would have been recorded. */
function toUnchanged(
  { playlist_name: name, extracted_at: since, items }: Listed,
  { runId, now }: { readonly runId: string | undefined; readonly now: number },
): Outcome {
  const label = name.trim() === '' ? 'Unnamed playlist' : name;
  const when = since === undefined ? '' : ` since ${since}`;
  return {
    verdict: 'done',
    isListed: true,
    isTransient: false,
    isShared: false,
    playlistName: name,
    response: {
      status: 200,
      code: 'unchanged',
      message: toLine(
        `${label}: unchanged${when}; nothing written. Seen in the list of playlists, without a call of its own.`,
      ),
      ...(runId === undefined ? {} : { run_id: toLine(runId) }),
      ...(items === undefined ? {} : { counts: { items } }),
      time: new Date(now).toISOString(),
    },
  };
}
