import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { EtlError } from '../../etl/errors.ts';
import type { PlaylistListing } from '../../etl/model/playlist-listing.ts';
import type { PlaylistRun } from '../../etl/model/playlist-run.ts';
import type { Problem } from '../../etl/model/problem.ts';
import type { IngestSummary, Run, RunMeasures, RunReport } from '../../etl/model/summaries.ts';
import { visible } from '../../lib/plain-text.ts';
import { respond, respondRun } from './answers.ts';
import { type EndedRun, publishRun, toEffect, toFailedOutcome } from './metrics.ts';
import { toProblem } from './problems.ts';
import type { ApiEvent } from './requests.ts';

/** Reserved for the answer itself when the function's time runs out. */
const ANSWER_RESERVE_MS = 1_500;

/** The part of Lambda's context that a run uses. */
export type RunContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>;

export type ApiHandler = (event: ApiEvent, context: RunContext) => Promise<APIGatewayProxyResult>;

const logger = new Logger({ serviceName: 'spotify-etl' });

/** Parses a request, before any effect, and executes it. */
type Work = (event: ApiEvent, run: Run) => Promise<Result>;
type Result = IngestSummary | PlaylistListing | PlaylistRun;

/** The measures of a run, even of a failed one. */
type Ended = Partial<RunReport & RunMeasures>;

/**
 * A handler for one method of the API: answers 200 with the result of `work` and the run's figures, 202 if a run of its own goes
 * on with it, or a problem document for its error. Logs either under the run's ID and publishes metrics. Never throws.
 * `functionName` is the one in `serverless.yml`; without one, no metrics are published.
 */
export function apiHandler(functionName: string | undefined, work: Work): ApiHandler {
  const publish = (run: Omit<EndedRun, 'functionName'>): void => {
    if (functionName !== undefined) publishRun({ ...run, functionName });
  };
  return async (event, context) => {
    const runId = context.awsRequestId;
    let report: RunReport | undefined;
    let measures: RunMeasures | undefined;
    const run: Run = {
      runId,
      deadlineAt: Date.now() + context.getRemainingTimeInMillis() - ANSWER_RESERVE_MS,
      onEnd: ({ warnings, ...ended }, measured) => {
        report = { ...ended, ...(warnings && { warnings: warnings.map(visible) }) };
        measures = measured;
      },
    };
    try {
      const result = await work(event, run);
      const logged = { ...toLogged(result), ...report };
      logger.info('run finished', { run_id: runId, result: logged });
      logWarnings(report, runId);
      publish({ ...report, ...measures, ...toEffect(result), run_id: runId });
      if (!('state' in result)) return respond(200, { ...result, ...report });
      // Relative to the address of GET /ingest, whatever the stage's path is.
      const location = event.pathParameters ? {} : { location: `runs/${result.run_id}` };
      const shown = { ...result, ...(report?.warnings && { warnings: report.warnings }) };
      return respondRun(shown, Date.now(), location);
    } catch (error) {
      const problem = toProblem(error, runId);
      const ended: Ended = { ...report, ...measures };
      const isLoginOver = problem.code === 'REAUTH_REQUIRED';
      return fail(error, problem, isLoginOver ? { ...ended, token_days_left: 0 } : ended);
    }
  };

  function fail(error: unknown, problem: Problem, ended: Ended): APIGatewayProxyResult {
    const { run_id: runId } = problem;
    logFailure({ ...ended, ...problem }, error);
    logWarnings(ended, runId);
    publish({ ...ended, outcome: toFailedOutcome(error), run_id: runId });
    const { warnings } = ended;
    const waitSeconds = error instanceof EtlError ? error.retryAfterSeconds : undefined;
    const headers = waitSeconds === undefined ? {} : { 'retry-after': String(waitSeconds) };
    return respond(problem.status, { ...problem, warnings }, headers);
  }
}

/** The log gets the counts of a listing, but no names of playlists. */
function toLogged(result: Result): object {
  if ('state' in result) return { about: result.run_id, state: result.state };
  if (!('playlists' in result)) return result;
  const { playlists: _, ...counted } = result;
  return counted;
}

function logWarnings({ warnings = [] }: Ended = {}, runId: string): void {
  for (const warning of warnings) logger.warn(warning, { run_id: runId });
}

/** Logs an EtlError as a warning with its causes, anything else as an error with its stack; never a request or a header. */
function logFailure(problem: Problem, error: unknown): void {
  if (error instanceof EtlError) {
    logger.warn('run failed', { ...problem, detail: error.message, causes: causesOf(error) });
  } else {
    const defect = error instanceof Error ? error : String(error);
    logger.error('run failed', { ...problem, error: defect });
  }
}

/** The chain of causes, outermost first. */
function causesOf({ cause }: Error): string[] {
  return cause instanceof Error ? [`${cause.name}: ${cause.message}`, ...causesOf(cause)] : [];
}
