import type { Logger } from '@aws-lambda-powertools/logger';
import { EtlError } from '../../etl/errors.ts';
import type { RunMeasures, RunReport } from '../../etl/model/summaries.ts';
import { type EndedRun, publishPoll, toFailedOutcome } from './metrics.ts';

/** What a run used; nothing if it ended before it could be measured. */
export type Ended = Partial<RunReport & RunMeasures>;

/** Publishes and logs that a scheduled run has failed, with what it had used by then. */
export function noteFailedRun(
  logger: Logger,
  ended: Omit<EndedRun, 'outcome'>,
  error: unknown,
): void {
  const cause = error instanceof Error ? error : String(error);
  const code = error instanceof EtlError ? error.code : 'INTERNAL';
  publishPoll({ ...ended, outcome: toFailedOutcome(error) });
  logger.error('run failed', { run_id: ended.run_id, code, error: cause });
}

/** What an answer and a log line have of a run's use. */
export function toFigures({
  cost_usd,
  duration_ms,
  prices_as_of,
  read_units,
  ...ended
}: Ended): object {
  const { spotify_requests, token_days_left, write_units } = ended;
  const use = { spotify_requests, duration_ms, read_units, write_units, cost_usd, prices_as_of };
  return { ...use, token_days_left };
}
