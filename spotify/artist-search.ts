import * as z from 'zod/mini';
import { optional } from '../lib/optional-values.ts';
import { toUserError } from './errors.ts';
import { parseReply } from './parse-reply.ts';
import { artistSearchRequest } from './requests.ts';
import type { SpotifyRun } from './spotify-run.ts';

const candidatesSchema = z.object({
  artists: z.object({
    items: z.array(z.object({ id: z.string(), name: optional(z.string()) })),
  }),
});

export type Candidate = { readonly id: string; readonly name: string };

/** Artists whose names are like this one, in one call. A search is no identity: a person chooses. */
export async function findArtists(
  { calls, session }: SpotifyRun,
  name: string,
): Promise<Candidate[]> {
  const answer = await calls.call(artistSearchRequest(session.settings.apiUrl, name));
  if (!answer.ok) throw toUserError(answer.failure);
  const { artists } = parseReply(candidatesSchema, answer.body, 'search');
  return artists.items.map(({ id, name: found }) => ({ id, name: found ?? '' }));
}
