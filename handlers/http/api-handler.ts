import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { EtlError } from '../../etl/errors.ts';
import type { Run, RunReport } from '../../etl/model/summaries.ts';
import { publishTokenDaysLeft } from './metrics.ts';
import { type Problem, toProblem } from './problems.ts';
import type { QueryEvent } from './requests.ts';

/** Left for the answer itself when the function's time runs out. */
const ANSWER_RESERVE_MS = 1_500;

/** What of Lambda's context a run needs. */
export type RunContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>;

export type ApiHandler = (event: QueryEvent, context: RunContext) => Promise<APIGatewayProxyResult>;

const logger = new Logger({ serviceName: 'spotify-etl' });

type Report = Readonly<Record<string, unknown>> & RunReport;

type Method<App extends AboutLogin, Result> = {
  /** The app of this container, asked for only once the request has been parsed. */
  readonly getApp: () => App;
  /** Parses the request, before any effect; what it returns then does the work. */
  readonly parse: (event: QueryEvent) => (app: App, run: Run) => Promise<Result>;
  /** What of a result goes into the log; all of it where this is left out. */
  readonly toLogged?: (result: Result) => Readonly<Record<string, unknown>>;
};

/** What a handler asks of any app, for the log and the metric. */
type AboutLogin = { readonly tokenDaysLeft: () => number | undefined };

/**
 * A handler for one method of the API: answers 200 with what its work returns or a problem document with what parsing or work
 * throws, and logs either with the run's ID and the days that the login has left. Never throws.
 */
export function createApiHandler<App extends AboutLogin, Result extends Report>({
  getApp,
  parse,
  toLogged = (result) => result,
}: Method<App, Result>): ApiHandler {
  let app: App | undefined;
  return async (event, context) => {
    const runId = context.awsRequestId;
    const deadlineAt = Date.now() + context.getRemainingTimeInMillis() - ANSWER_RESERVE_MS;
    try {
      const work = parse(event);
      app = getApp();
      const result = await work(app, { runId, deadlineAt });
      logger.info('run finished', { run_id: runId, result: toLogged(result) });
      for (const warning of result.warnings ?? []) logger.warn(warning, { run_id: runId });
      publishDaysLeft(app.tokenDaysLeft());
      return respond(200, result, { 'content-type': 'application/json' });
    } catch (error) {
      const problem = toProblem(error, runId);
      const daysLeft = problem.code === 'REAUTH_REQUIRED' ? 0 : app?.tokenDaysLeft();
      logFailure(
        { ...problem, ...(daysLeft === undefined ? {} : { token_days_left: daysLeft }) },
        error,
      );
      publishDaysLeft(daysLeft);
      return respond(problem.status, problem, {
        'content-type': 'application/problem+json',
        ...retryAfterHeader(error),
      });
    }
  };
}

/** Of a login whose age is not known, and of an app without one, nothing is published. */
function publishDaysLeft(days: number | undefined): void {
  if (days !== undefined) publishTokenDaysLeft(days);
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
