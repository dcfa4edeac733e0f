/** What a run did, in numbers and as an exit code. Pure. */
import type { Outcome } from './outcome.ts';

export type TriggerSummary = {
  /** Rows that were to be sent. */
  readonly rows: number;
  /** Answered rows, by code. */
  readonly codes: Readonly<Record<string, number>>;
  readonly done: number;
  /** Of those done, unchanged by the list of playlists; absent if there are none. */
  readonly listed?: number | undefined;
  readonly failed: number;
  readonly later: number;
  /** Never sent in this run. */
  readonly untouched: number;
  readonly durationMs: number;
  /** The answer that ended the run before its last row. */
  readonly stoppedBy?: Outcome | undefined;
  readonly signal?: NodeJS.Signals | undefined;
};

export type Settled = { readonly outcome: Outcome; readonly rows: number };

export function countOutcomes(
  rows: number,
  settled: readonly Settled[],
): Omit<TriggerSummary, 'durationMs'> {
  const sum = (isCounted: (outcome: Outcome) => boolean): number =>
    settled.reduce((all, one) => all + (isCounted(one.outcome) ? one.rows : 0), 0);
  const codes: Record<string, number> = {};
  for (const { outcome, rows: count } of settled) {
    const { code } = outcome.response;
    codes[code] = (codes[code] ?? 0) + count;
  }
  const listed = sum(({ isListed }) => isListed === true);
  return {
    rows,
    codes,
    done: sum(({ verdict }) => verdict === 'done'),
    listed: listed === 0 ? undefined : listed,
    failed: sum(({ verdict }) => verdict === 'failed'),
    later: sum(({ verdict }) => verdict === 'later' || verdict === 'stop'),
    untouched: rows - sum(() => true),
  };
}

export const EXIT = { done: 0, failed: 1, later: 75, SIGINT: 130, SIGTERM: 143 } as const;

/** The worst of what happened. */
export function toExitCode({ failed, later, signal, stoppedBy }: TriggerSummary): number {
  if (signal !== undefined) return signal === 'SIGTERM' ? EXIT.SIGTERM : EXIT.SIGINT;
  if (stoppedBy !== undefined || later > 0) return EXIT.later;
  return failed > 0 ? EXIT.failed : EXIT.done;
}
