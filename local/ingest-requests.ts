import * as z from 'zod/mini';

const counts = z.object({
  items: z.number(),
  tracks: z.optional(z.number()),
  albums: z.optional(z.number()),
  artists: z.optional(z.number()),
  episodes: z.number(),
  local: z.number(),
  unavailable: z.number(),
});

const loadedSchema = z.object({
  status: z.enum(['loaded', 'unchanged']),
  message: z.string(),
  playlist_id: z.string(),
  playlist_name: z.string(),
  counts,
  written: z.record(z.string(), z.number()),
  spotify_requests: z.number(),
  duration_ms: z.number(),
});

const problemSchema = z.object({
  status: z.number(),
  code: z.string(),
  title: z.string(),
  detail: z.string(),
});

/** What the API answered for one playlist. */
export type IngestAnswer =
  | { readonly playlistRef: string; readonly summary: z.infer<typeof loadedSchema> }
  | { readonly playlistRef: string; readonly problem: z.infer<typeof problemSchema> };

/** The address that loads this playlist. */
export function ingestUrl(apiUrl: string, playlistRef: string): string {
  const url = new URL('/ingest', apiUrl);
  url.searchParams.set('playlist_uri', playlistRef);
  return url.href;
}

/** Sends `GET /ingest` for one playlist over HTTP. */
export async function requestIngest(apiUrl: string, playlistRef: string): Promise<IngestAnswer> {
  const response = await fetch(ingestUrl(apiUrl, playlistRef));
  const body: unknown = await response.json();
  return response.ok
    ? { playlistRef, summary: loadedSchema.parse(body) }
    : { playlistRef, problem: problemSchema.parse(body) };
}
