/** A load of one playlist by the state machines: what starts it, what it answers, and what its row says. Wire names. */
import * as z from 'zod/mini';

/** The input of the function `load`, and of an execution of the machine `playlist`. */
export const loadInputSchema = z.object({
  /** A link, a URI or an ID. */
  playlist_uri: z.string(),
  /** The machine `playlist` only: the run whose row shows the progress, and the `run_id` of the answer. */
  run_id: z.optional(z.string()),
  /** When the execution started, ISO 8601; 14 days later it waits no longer. */
  started_at: z.string(),
  /** The machine `playlists` only: which rows of the file get the answer. */
  before: z.optional(z.string()),
});

export type LoadInput = z.infer<typeof loadInputSchema>;

/** What the row of a run says; `load` writes it. */
export const runNoteSchema = z.union([
  z.object({
    state: z.literal('running'),
    progress: z.object({ pages_done: z.int(), pages_total: z.int() }),
  }),
  /** Spotify or the budget asks for it, until then (ISO 8601). */
  z.object({ state: z.literal('waiting'), resumes_at: z.string() }),
  /** With the answer as `GET /ingest` gives it. */
  z.object({
    state: z.enum(['succeeded', 'failed']),
    answer: z.object({ status: z.number(), body: z.string() }),
  }),
]);
export type RunNote = z.infer<typeof runNoteSchema>;

/** A run that outlasts a request, as `GET /runs/{run_id}` shows it. */
export type PlaylistRun = { readonly run_id: string } & ({ readonly state: 'queued' } | RunNote);
