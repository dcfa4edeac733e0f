/** Brings answers into the playlists file: soon after they come, no more often than the file can bear, and never over an edit. */
import type { Clock } from '../lib/clock.ts';
import { retry } from '../lib/retry.ts';
import { messageOf, UsageError } from '../lib/usage-error.ts';
import { type OwnCells, type PlaylistsRow, parsePlaylists } from './playlists-file.ts';
import type { PlaylistsStore } from './playlists-store.ts';

type WriterOptions = {
  readonly store: PlaylistsStore;
  /** Of the file as it was first read. */
  readonly rows: readonly PlaylistsRow[];
  readonly clock: Clock;
  readonly minWriteIntervalMs?: number | undefined;
  /** Aborted when the file can no longer be written: an answer that cannot be kept is not worth a call. */
  readonly halt: AbortController;
};

/** Writing takes at most a tenth of the time. */
const PAUSE_PER_WRITE_MS = 10;
const MAX_EDITS = 5;

class EditedMeanwhile extends Error {}

/**
 * Each write reads the file as it is now and replaces it. A row gets its answer while its cells are what they were when it
 * was sent: so an editor that saves an older copy takes no answer away, and anything else that somebody writes there stays.
 */
export class AnswerWriter {
  readonly #options: WriterOptions;
  readonly #answers = new Map<string, { before: readonly PlaylistsRow[]; cells: OwnCells }>();
  /** By `playlist_uri`, as the file was read last. */
  #rows: ReadonlyMap<string, readonly PlaylistsRow[]>;
  /** How many answers there are, and how many of them are in the file. */
  #recorded = 0;
  #written = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #nextWriteAt = 0;
  #failure: Error | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#rows = byUri(options.rows);
  }

  /** The rows that still need an answer: not those that somebody has removed or marked as sent meanwhile. */
  take(rows: readonly PlaylistsRow[]): readonly PlaylistsRow[] {
    return rows.flatMap((row) => {
      const twins = this.#rows.get(row.uri) ?? [];
      const found = twins.find((twin) => isSame(twin, row)) ?? twins.at(-1);
      return found === undefined || (found.isSent && !row.isSent) ? [] : [found];
    });
  }

  /** Keeps an answer to rows that were taken. Returns at once; the file follows. */
  record(rows: readonly PlaylistsRow[], cells: OwnCells): void {
    for (const [uri, before] of byUri(rows)) this.#answers.set(uri, { before, cells });
    this.#recorded += rows.length;
    this.#schedule();
  }

  /** Writes what is not written yet. Throws what an earlier write failed with. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    clearTimeout(this.#timer);
    if (this.#recorded > this.#written) await this.#write();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #schedule(): void {
    const waitMs = Math.max(0, this.#nextWriteAt - performance.now());
    this.#timer ??= setTimeout(() => {
      this.#writing = this.#write();
    }, waitMs);
  }

  async #write(): Promise<void> {
    if (this.#failure !== undefined) return;
    const { clock, halt, minWriteIntervalMs = 0, store } = this.#options;
    const startedAt = performance.now();
    const recorded = this.#recorded;
    try {
      await retry(() => this.#writeOnce(store), {
        clock,
        planDelayMs: (error, attempt) =>
          error instanceof EditedMeanwhile && attempt <= MAX_EDITS ? 0 : undefined,
      });
      this.#written = recorded;
    } catch (error) {
      this.#failure = toWriteFailure(error, store.name);
      halt.abort();
    }
    const pauseMs = (performance.now() - startedAt) * PAUSE_PER_WRITE_MS;
    this.#nextWriteAt = performance.now() + Math.max(minWriteIntervalMs, pauseMs);
    this.#timer = undefined;
    if (this.#recorded > recorded) this.#schedule();
  }

  async #writeOnce(store: PlaylistsStore): Promise<void> {
    const { chunks, rows } = parsePlaylists(await store.read(), (row) => {
      const answer = this.#answers.get(row.uri);
      return answer?.before.some((before) => isSame(before, row)) ? answer.cells : undefined;
    });
    this.#rows = byUri(rows);
    const isEdited = chunks.length > 1;
    if (!isEdited || (await store.replace(chunks))) return;
    throw new EditedMeanwhile('Another program keeps editing it. Close that program.');
  }
}

const byUri = (rows: readonly PlaylistsRow[]): Map<string, PlaylistsRow[]> =>
  Map.groupBy(rows, ({ uri }) => uri);

const isSame = (one: OwnCells, other: OwnCells): boolean =>
  one.requestSent === other.requestSent && one.response === other.response;

function toWriteFailure(error: unknown, name: string): Error {
  const isBroken = error instanceof UsageError;
  const what = isBroken ? 'was edited while its rows were sent' : 'cannot be written';
  const hint = 'The next run requests the missing answers again.';
  return new Error(`${name} ${what}: ${messageOf(error)} ${hint}`, { cause: error });
}
