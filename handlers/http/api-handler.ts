import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { EtlError } from '../../etl/errors.ts';
import type { Problem } from '../../etl/model/problem.ts';
import type { Run, RunMeasures, RunReport } from '../../etl/model/summaries.ts';
import { publishRun, type RunEffect, toFailedOutcome } from './metrics.ts';
import { toProblem } from './problems.ts';
import type { QueryEvent } from './requests.ts';

/** Left for the answer itself when the function's time runs out. */
const ANSWER_RESERVE_MS = 1_500;

/** What of Lambda's context a run needs. */
export type RunContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>;

export type ApiHandler = (event: QueryEvent, context: RunContext) => Promise<APIGatewayProxyResult>;

const logger = new Logger({ serviceName: 'spotify-etl' });

type Report = Readonly<Record<string, unknown>> & RunReport;

type Method<App extends AboutLogin, Result> = {
  /** As in `serverless.yml`. */
  readonly functionName: string;
  /** The app of this container, asked for only once the request has been parsed. */
  readonly getApp: () => App;
  /** Parses the request, before any effect; what it returns then does the work. */
  readonly parse: (event: QueryEvent) => (app: App, run: Run) => Promise<Result>;
  /** What of a result goes into the log; all of it where this is left out. */
  readonly toLogged?: (result: Result) => Readonly<Record<string, unknown>>;
  /** What of a result is counted. */
  readonly toEffect: (result: Result) => RunEffect;
};

/** What a handler asks of any app, for the log and the metric. */
type AboutLogin = { readonly tokenDaysLeft: () => number | undefined };

/**
 * A handler for one method of the API: answers 200 with what its work returns or a problem document with what parsing or work
 * throws, logs either with the run's ID and the days that the login has left, and publishes what was measured. Never throws.
 */
export function createApiHandler<App extends AboutLogin, Result extends Report>({
  functionName,
  getApp,
  parse,
  toEffect,
  toLogged = (result) => result,
}: Method<App, Result>): ApiHandler {
  let app: App | undefined;
  return async (event, context) => {
    const runId = context.awsRequestId;
    const deadlineAt = Date.now() + context.getRemainingTimeInMillis() - ANSWER_RESERVE_MS;
    let measures: RunMeasures | undefined;
    const end = (effect: RunEffect, tokenDaysLeft: number | undefined): void => {
      publishRun({ ...effect, functionName, runId, measures, tokenDaysLeft });
    };
    try {
      const work = parse(event);
      app = getApp();
      const onMeasured = (measured: RunMeasures): void => {
        measures = measured;
      };
      const result = await work(app, { runId, deadlineAt, onMeasured });
      logger.info('run finished', { run_id: runId, result: toLogged(result) });
      for (const warning of result.warnings ?? []) logger.warn(warning, { run_id: runId });
      end(toEffect(result), app.tokenDaysLeft());
      return respond(200, result, { 'content-type': 'application/json' });
    } catch (error) {
      const problem = toProblem(error, runId);
      const daysLeft = problem.code === 'REAUTH_REQUIRED' ? 0 : app?.tokenDaysLeft();
      logFailure(
        {
          ...measures,
          ...problem,
          ...(daysLeft === undefined ? {} : { token_days_left: daysLeft }),
        },
        error,
      );
      end({ outcome: toFailedOutcome(error) }, daysLeft);
      return respond(problem.status, problem, {
        'content-type': 'application/problem+json',
        ...retryAfterHeader(error),
      });
    }
  };
}

/** What is foreseen is a warning with its cause in a line; what is not, an error with its stack. Never a request or a header. */
function logFailure(problem: Problem, error: unknown): void {
  if (!(error instanceof EtlError)) {
    logger.error('run failed', {
      ...problem,
      error: error instanceof Error ? error : String(error),
    });
    return;
  }
  logger.warn('run failed', { ...problem, detail: error.message, causes: causesOf(error) });
}

/** The chain of causes, outermost first, each in a line. */
function causesOf({ cause }: Error): string[] {
  return cause instanceof Error ? [`${cause.name}: ${cause.message}`, ...causesOf(cause)] : [];
}

function retryAfterHeader(error: unknown): Record<string, string> {
  if (!(error instanceof EtlError) || error.retryAfterSeconds === undefined) return {};
  return { 'retry-after': String(error.retryAfterSeconds) };
}

function respond(
  statusCode: number,
  body: object,
  headers: Record<string, string>,
): APIGatewayProxyResult {
  return {
    statusCode,
    headers: { 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
