import type { TableApp } from '../app/app.ts';
import { getApp } from './cold-start.ts';
import { type ApiHandler, apiHandler } from './http/api-handler.ts';

/** `GET /runs/{run_id}`: how a run that outlasts requests gets on, or its answer. It is asked often, and is no run itself. */
export const createRunsHandler = (appOf: () => Pick<TableApp, 'findRun'>): ApiHandler =>
  apiHandler(undefined, ({ pathParameters }, run) =>
    appOf().findRun(pathParameters?.run_id ?? '', run),
  );

export const handler = createRunsHandler(getApp);
