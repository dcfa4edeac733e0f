import type { App } from '../../app/app.ts';
import { EtlError } from '../../etl/errors.ts';
import type { IngestSummary, RunReport } from '../../etl/model/summaries.ts';
import { startRun } from '../shared/run.ts';
import type { ListToRead } from './wanted.ts';

/** What became of one list. */
export type ListOutcome = {
  readonly list: ListToRead;
  readonly report: Partial<RunReport>;
} & ({ readonly summary: IngestSummary } | { readonly error: EtlError });

/** The longest list, with its waits for the pace. */
const RUN_MS = 600_000;

/**
 * Reads these lists into the library, one after the other, and yields what became of each. Ends after the one at hand once
 * `signal` is given, and after the first error that would meet every further list: the last outcome has it.
 */
export async function* readLists(
  app: Pick<App, 'ingestPlaylist'>,
  lists: readonly ListToRead[],
  signal: AbortSignal,
): AsyncGenerator<ListOutcome> {
  for (const list of lists) {
    if (signal.aborted) return;
    const outcome = await readList(app, list);
    yield outcome;
    if ('error' in outcome && endsRun(outcome.error)) return;
  }
}

async function readList(app: Pick<App, 'ingestPlaylist'>, list: ListToRead): Promise<ListOutcome> {
  const started = startRun(RUN_MS);
  try {
    const summary = await app.ingestPlaylist(list.id, started.run);
    return { list, report: started.report, summary };
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    return { list, report: started.report, error };
  }
}

/** Another process has read it meanwhile, so it is stored as it is. */
export const isStoredByOthers = ({ code }: EtlError): boolean => code === 'NEWER_RUN_WON';

/** The lists come by size: where one does not fit into the day's calls, no later one does. */
export function endsRun({ code, kind }: EtlError): boolean {
  return kind === 'stop' || code === 'PLAYLIST_OVER_BUDGET';
}
