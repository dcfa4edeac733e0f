/**
 * Brings answers into the playlists file: soon after they come, not more often than the file can bear, and never over
 * somebody's edit.
 */
import type { Clock } from '../lib/clock.ts';
import { messageOf, UsageError } from '../lib/usage-error.ts';
import type { Playlists } from './playlists-file.ts';
import type { OwnCells } from './playlists-row.ts';
import type { PlaylistsStore } from './playlists-store.ts';
import { createRecordedAnswers, type RecordedAnswers } from './recorded-answers.ts';

export type AnswerRecorder = {
  /** Begins with a row; false where it is gone or somebody else has marked it as sent. */
  readonly take: (row: number) => boolean;
  /** The cells of a row, by its place in the file as it was first read. Returns at once; the file follows. */
  readonly record: (row: number, cells: OwnCells) => void;
  /** Writes what is not written yet. Throws what an earlier write failed with. */
  readonly flush: () => Promise<void>;
};

type RecorderOptions = {
  readonly store: PlaylistsStore;
  /** The file as it was read. */
  readonly playlists: Playlists;
  readonly clock: Pick<Clock, 'now'>;
  /** The least time between two writes. */
  readonly leastPauseMs?: number | undefined;
  /** Told at once when the file can no longer be written. */
  readonly onFailure: () => void;
};

/** A file is rewritten after every answer while that is cheap, and at most once a second when it is not. */
const LONGEST_PAUSE_MS = 1_000;
const PAUSE_PER_WRITE_MS = 20;
const MERGES = 5;

/** Starts with nothing to write. */
export function createAnswerRecorder(options: RecorderOptions): AnswerRecorder {
  const { store, clock, leastPauseMs = 0, onFailure } = options;
  const answers = createRecordedAnswers(options.playlists);
  const pause = createPause();
  const state: { isDirty: boolean; failure?: Error; writing?: Promise<void> | undefined } = {
    isDirty: false,
  };
  const drain = async (): Promise<void> => {
    while (state.isDirty) {
      const startedAt = clock.now();
      state.isDirty = false;
      await write(store, answers);
      const tookMs = Math.max(0, clock.now() - startedAt);
      const dueMs = Math.min(LONGEST_PAUSE_MS, tookMs * PAUSE_PER_WRITE_MS);
      await pause.wait(Math.max(leastPauseMs, dueMs));
    }
  };
  const start = (): void => {
    if (state.failure !== undefined) return;
    state.writing ??= drain()
      .catch((error: unknown) => {
        state.failure = toWriteFailure(error, store, answers);
        onFailure();
      })
      .finally(() => {
        state.writing = undefined;
      });
  };
  return {
    take: answers.take,
    record: (row, cells) => {
      if (!answers.set(row, cells)) return;
      state.isDirty = true;
      if (store.isRewritable) start();
    },
    flush: async () => {
      pause.end();
      await state.writing;
      if (state.isDirty || !store.isRewritable) {
        state.isDirty = true;
        start();
        await state.writing;
      }
      if (state.failure !== undefined) throw state.failure;
    },
  };
}

/** The file is taken over as it has been edited until a write meets no new edit. */
async function write(store: PlaylistsStore, answers: RecordedAnswers): Promise<void> {
  for (let merges = 0; merges <= MERGES; merges += 1) {
    if (await store.replace(answers.encode())) return;
    answers.rebase(await store.read());
  }
  throw new Error('somebody keeps editing it. Close the other program.');
}

function toWriteFailure(error: unknown, store: PlaylistsStore, answers: RecordedAnswers): Error {
  const what =
    error instanceof UsageError
      ? `${store.name} was edited while its rows were sent, and cannot be read any more`
      : `${store.name} cannot be written`;
  return new Error(
    `${what}: ${messageOf(error)} The file is left as it is; which of ${answers.count()} answers are not in it, the next start asks for again.`,
    { cause: error },
  );
}

/** A wait that can be cut short for good. */
function createPause(): { wait: (ms: number) => Promise<void>; end: () => void } {
  let isOver = false;
  let wake: (() => void) | undefined;
  return {
    wait: async (ms) => {
      if (isOver || ms <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    end: () => {
      isOver = true;
      wake?.();
    },
  };
}
