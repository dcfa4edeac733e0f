/** What a start did, in numbers and as an exit code. Pure. */
import type { Outcome } from './outcome.ts';
import type { RecordedResponse } from './recorded-response.ts';

/** Why a start ended before its rows did. */
export type StopReason = RecordedResponse & { readonly retryAfterMs?: number };

export type TriggerSummary = {
  /** Rows of the file that were to be sent. */
  readonly rows: number;
  /** Requests with an answer of any kind, by code. */
  readonly codes: Readonly<Record<string, number>>;
  readonly done: number;
  /** Of those done, seen as unchanged in the list of playlists; absent where no row was. */
  readonly listed?: number;
  readonly failed: number;
  readonly later: number;
  /** Never sent in this start. */
  readonly untouched: number;
  readonly durationMs: number;
  readonly stoppedBy?: StopReason;
  readonly signal?: NodeJS.Signals;
};

export type Tally = {
  add: (outcome: Outcome, rows: number) => void;
  toSummary: (end: Pick<TriggerSummary, 'durationMs' | 'stoppedBy' | 'signal'>) => TriggerSummary;
};

/** Counts rows. */
export function createTally(rows: number): Tally {
  const codes = new Map<string, number>();
  const counts = { done: 0, failed: 0, later: 0, stop: 0 };
  let listed = 0;
  return {
    add: ({ isListed, verdict, response }, count) => {
      counts[verdict] += count;
      if (isListed === true) listed += count;
      codes.set(response.code, (codes.get(response.code) ?? 0) + count);
    },
    toSummary: (end) => {
      const { done, failed, later, stop } = counts;
      return {
        rows,
        codes: Object.fromEntries(codes),
        done,
        ...(listed > 0 ? { listed } : {}),
        failed,
        later: later + stop,
        untouched: rows - done - failed - later - stop,
        ...end,
      };
    },
  };
}

export const EXIT = {
  allDone: 0,
  someFailed: 1,
  usage: 2,
  later: 75,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** What cron and scripts are told: the worst of it. */
export function toExitCode({ signal, stoppedBy, later, failed }: TriggerSummary): number {
  if (signal !== undefined) return signal === 'SIGTERM' ? EXIT.SIGTERM : EXIT.SIGINT;
  if (stoppedBy !== undefined || later > 0) return EXIT.later;
  return failed > 0 ? EXIT.someFailed : EXIT.allDone;
}
