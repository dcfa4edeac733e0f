import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { systemClock } from '../app/app.ts';
import { parseRunsPlace } from '../app/config.ts';
import { createRuns, type Runs } from '../app/runs.ts';
import { respondProblem, respondRun } from './http/answers.ts';
import type { RunContext } from './http/api-handler.ts';
import { toProblem } from './http/problems.ts';

type RunsHandler = (
  event: Pick<APIGatewayProxyEvent, 'pathParameters'>,
  context: RunContext,
) => Promise<APIGatewayProxyResult>;

const logger = new Logger({ serviceName: 'spotify-etl' });

/** `GET /runs/{run_id}`: how a run that outlasts requests gets on, or its answer. It is no run itself, so it has no metrics. */
export function createRunsHandler(openRuns: () => Pick<Runs, 'find'>): RunsHandler {
  return async ({ pathParameters }, { awsRequestId: run_id, getRemainingTimeInMillis }) => {
    try {
      const deadlineAt = Date.now() + getRemainingTimeInMillis();
      return respondRun(
        await openRuns().find(pathParameters?.run_id ?? '', { deadlineAt }),
        Date.now(),
      );
    } catch (error) {
      const problem = toProblem(error, run_id);
      const cause = error instanceof Error ? error : String(error);
      logger.warn('run not found', { ...problem, error: cause });
      return respondProblem(error, problem);
    }
  };
}

export const handler = createRunsHandler(() =>
  createRuns(parseRunsPlace(), { clock: systemClock }),
);
