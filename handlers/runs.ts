import { systemClock } from '../app/app.ts';
import { parseConfig } from '../app/config.ts';
import { createRuns, type Runs } from '../app/runs.ts';
import { type ApiHandler, apiHandler } from './http/api-handler.ts';

/** `GET /runs/{run_id}`: how a run that outlasts requests gets on, or its answer. It is asked often, and is no run itself. */
export const createRunsHandler = (openRuns: () => Pick<Runs, 'find'>): ApiHandler =>
  apiHandler(undefined, ({ pathParameters }, run) =>
    openRuns().find(pathParameters?.run_id ?? '', run),
  );

export const handler = createRunsHandler(() => createRuns(parseConfig(), { clock: systemClock }));
