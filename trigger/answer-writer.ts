/** Writes answers into the playlists file: soon, but not too often, and never over an edit. */
import { messageOf, UsageError } from '../lib/usage-error.ts';
import { type OwnCells, type PlaylistsRow, parsePlaylists } from './playlists-file.ts';
import { editStore, type PlaylistsStore } from './playlists-store.ts';

export type WriterOptions = {
  readonly store: PlaylistsStore;
  /** From the first read of the file. */
  readonly rows: readonly PlaylistsRow[];
  /**
   * Ends the run: aborted by the caller, by an answer, or when the file can no longer be written. Requests in flight finish.
   */
  readonly halt: AbortController;
};

/** Writing takes at most a tenth of the time. */
const PAUSE_PER_WRITE_MS = 10;

/**
 * Each write reads the present file and replaces it. A row gets its answer if its cells are the same as when it was sent. So an
 * editor that saves an older copy removes no answer, and other edits of these cells stay.
 */
export class AnswerWriter {
  readonly #options: WriterOptions;
  readonly #answers = new Map<string, { before: readonly PlaylistsRow[]; cells: OwnCells }>();
  /** By `playlist_uri`, from the last read. */
  #rows: ReadonlyMap<string, readonly PlaylistsRow[]>;
  /** The number of answers, and of those in the file. */
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

  /** The rows that still need an answer, without those that somebody has removed or marked as sent meanwhile. */
  take(rows: readonly PlaylistsRow[]): readonly PlaylistsRow[] {
    return rows.flatMap((row) => {
      const twins = this.#rows.get(row.uri) ?? [];
      const found = twins.find((twin) => isSame(twin, row)) ?? twins.at(-1);
      return found === undefined || (found.isSent && !row.isSent) ? [] : [found];
    });
  }

  /** Records an answer to rows of `take`. Returns at once; the file is written later. */
  record(rows: readonly PlaylistsRow[], cells: OwnCells): void {
    for (const [uri, before] of byUri(rows)) this.#answers.set(uri, { before, cells });
    this.#recorded += rows.length;
    this.#schedule();
  }

  /** Writes the remaining answers. Throws the error of an earlier write. */
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
    const { halt, store } = this.#options;
    const startedAt = performance.now();
    const recorded = this.#recorded;
    try {
      const { rows } = await editStore(store, (source) => parsePlaylists(source, this.#answer));
      this.#rows = byUri(rows);
      this.#written = recorded;
    } catch (error) {
      this.#failure = toWriteFailure(error, store.name);
      halt.abort();
    }
    const now = performance.now();
    this.#nextWriteAt = now + (now - startedAt) * PAUSE_PER_WRITE_MS;
    this.#timer = undefined;
    if (this.#recorded > recorded) this.#schedule();
  }

  readonly #answer = (row: PlaylistsRow): OwnCells | undefined => {
    const answer = this.#answers.get(row.uri);
    return answer?.before.some((before) => isSame(before, row)) ? answer.cells : undefined;
  };
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
