import type { EtlError } from '../../etl/errors.ts';
import { endsRun, isStoredByOthers, type ListOutcome } from './read-lists.ts';

type Counts = Readonly<Record<'loaded' | 'unchanged' | 'failed' | 'later', number>>;

/** What a run of `get` did. Wire names. */
export type GetSummary = Counts & {
  /** Lists that were wanted and can be read. */
  readonly lists: number;
  /** Not asked for in this run. */
  readonly left: number;
  readonly spotify_requests: number;
  readonly duration_ms: number;
  /** Its path or address. */
  readonly library: string;
};

/** Counts outcomes, after what a listing has found. */
export class GetTally {
  readonly #counts = { loaded: 0, unchanged: 0, failed: 0, later: 0 };
  readonly #listed: number;
  #requests: number;
  /** What ended the run before its last list. */
  stoppedBy: EtlError | undefined;

  constructor(unchanged: number, requests = 0) {
    this.#listed = unchanged;
    this.#counts.unchanged = unchanged;
    this.#requests = requests;
  }

  add(outcome: ListOutcome): void {
    this.#requests += outcome.report.spotify_requests ?? 0;
    if ('summary' in outcome) this.#counts[outcome.summary.status] += 1;
    else if (isStoredByOthers(outcome.error)) this.#counts.unchanged += 1;
    else if (endsRun(outcome.error)) this.stoppedBy = outcome.error;
    else this.#counts[outcome.error.kind === 'final' ? 'failed' : 'later'] += 1;
  }

  /** `toRead`: how many lists were to be read, besides those that the listing has found unchanged. */
  summarise(toRead: number): Omit<GetSummary, 'duration_ms' | 'library'> {
    const { failed, later, loaded, unchanged } = this.#counts;
    const lists = toRead + this.#listed;
    const left = lists - loaded - unchanged - failed - later;
    return { lists, ...this.#counts, left, spotify_requests: this.#requests };
  }
}
