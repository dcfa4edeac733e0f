/** A run over a playlists file by a state machine: which playlists are due, and which rows get an answer. Pure. */
import * as z from 'zod/mini';
import { parseJson } from '../lib/parse-json.ts';
import { shortHash } from '../lib/short-hash.ts';
import {
  countFailures,
  type Outcome,
  outcomeSchema,
  recordedSchema,
  toOutcome,
} from './outcome.ts';
import {
  editPlaylists,
  type PlaylistsRow,
  toPlaylistKey,
  toRequestSent,
} from './playlists-file.ts';

/** By `toPlaylistKey`: marks of the cells that the rows of a due playlist have. */
export type DuePlaylists = ReadonlyMap<string, string>;

/** The playlists of the wanted rows in the order of the file. Throws UsageError as `parseRowFile` does. */
export function findDue(source: Buffer, isWanted: (row: PlaylistsRow) => boolean): DuePlaylists {
  const due = new Map<string, string>();
  editPlaylists(source, (row) => {
    if (!isWanted(row)) return undefined;
    const key = toPlaylistKey(row.uri);
    const mark = toMark(row);
    const marks = due.get(key);
    // A copy: as a part of the cell, the key would keep all of it.
    if (marks === undefined) due.set(Buffer.from(key).toString(), mark);
    else if (!hasMark(marks, mark)) due.set(key, `${marks} ${mark}`);
    return undefined;
  });
  return due;
}

/**
 * Whether the row has failed in the execution with a fault of its own that can have passed now. A bug is counted once in an
 * execution.
 */
export function isSick({ isSent, response }: PlaylistsRow, since: number, now: number): boolean {
  const { data } = recordedSchema.safeParse(parseJson(response));
  if (isSent || data === undefined || data.failures > 0) return false;
  const { retry_after: seconds, status, time } = data;
  const headers = seconds === undefined ? {} : { 'retry-after': `${seconds}` };
  const at = Date.parse(time);
  return at >= since && mayTryAgain(toOutcome({ status, headers, body: response }, at), at, now);
}

/** Of an outcome at `at`. A wait of up to a minute is over in the next round, as rounds are a minute apart. */
export const mayTryAgain = (outcome: Outcome, at: number, now: number): boolean =>
  outcome.isTransient && (outcome.retryAfterMs ?? 0) <= Math.max(now - at, 60_000);

/** Short for most rows. */
const toMark = ({ isSent, response }: PlaylistsRow): string =>
  !isSent && response === '' ? 'new' : shortHash(JSON.stringify([isSent, response]));

const hasMark = (marks: string, mark: string): boolean => marks.split(' ').includes(mark);

/** A playlist's outcome, on its way to the file. */
export const dueAnswerSchema = z.object({
  /** By `toPlaylistKey`. */
  key: z.string(),
  /** The marks from `findDue`: a row that somebody has edited since keeps its cells. */
  before: z.string(),
  outcome: outcomeSchema,
});
export type DueAnswer = z.infer<typeof dueAnswerSchema>;

/** How many rows were answered: done, failed for good, and left for a later try. */
export type RecordedRows = Readonly<Record<'done' | 'failed' | 'left', number>>;

type RecordedFile = { readonly chunks: readonly Uint8Array[]; readonly rows: RecordedRows };

/** The file with answers. Again with the same answers, it changes nothing. */
export function recordAnswers(source: Buffer, answers: readonly DueAnswer[]): RecordedFile {
  const byKey = Map.groupBy(answers, ({ key }) => key);
  const rows = { done: 0, failed: 0, left: 0 };
  const chunks = editPlaylists(source, (row) => {
    const mine = byKey.get(toPlaylistKey(row.uri));
    const answer = mine?.find(({ before }) => hasMark(before, toMark(row)));
    if (answer === undefined) return undefined;
    const { response, verdict } = countFailures(answer.outcome, row.response);
    const isFinal = verdict === 'done' || verdict === 'failed';
    rows[isFinal ? verdict : 'left'] += 1;
    return { requestSent: toRequestSent(isFinal), response: JSON.stringify(response) };
  });
  return { chunks, rows };
}
