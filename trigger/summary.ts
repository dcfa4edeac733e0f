/** The summary of a run and its exit code. */
import type { Outcome } from './outcome.ts';

export type TriggerSummary = {
  /** Rows selected for this run. */
  readonly rows: number;
  /** Answered rows, by code. */
  readonly codes: Readonly<Record<string, number>>;
  readonly done: number;
  /** Done rows that the list showed as unchanged; absent if there are none. */
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

export class Tally {
  readonly #codes: Record<string, number> = {};
  readonly #counts = { done: 0, failed: 0, later: 0, stop: 0, listed: 0 };

  add({ isListed, response: { code }, verdict }: Outcome, rows: number): void {
    this.#codes[code] = (this.#codes[code] ?? 0) + rows;
    this.#counts[verdict] += rows;
    if (isListed === true) this.#counts.listed += rows;
  }

  summarise(rows: number): Omit<TriggerSummary, 'durationMs'> {
    const { done, failed, later, stop, listed } = this.#counts;
    const untouched = rows - done - failed - later - stop;
    const some = listed === 0 ? {} : { listed };
    return { rows, codes: this.#codes, done, ...some, failed, later: later + stop, untouched };
  }
}

export const EXIT = { done: 0, failed: 1, later: 75, SIGINT: 130, SIGTERM: 143 } as const;

/** The code of the worst outcome. */
export function toExitCode({ failed, later, signal, stoppedBy }: TriggerSummary): number {
  if (signal !== undefined) return signal === 'SIGTERM' ? EXIT.SIGTERM : EXIT.SIGINT;
  if (stoppedBy !== undefined || later > 0) return EXIT.later;
  return failed > 0 ? EXIT.failed : EXIT.done;
}
