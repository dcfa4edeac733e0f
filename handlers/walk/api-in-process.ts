/** The API without a network: its own handlers, called as API Gateway calls them, so that an answer is the same document. */
import type { App } from '../../app/app.ts';
import type { Answer } from '../../trigger/outcome.ts';
import type { PlaylistsApi } from '../../trigger/run-playlists.ts';
import type { ApiHandler } from '../http/api-handler.ts';
import { createIngestHandler } from '../ingest.ts';
import { createPlaylistsHandler } from '../playlists.ts';

export type WalkApp = Pick<App, 'ingestPlaylist' | 'listPlaylists'>;

type Caller = {
  readonly getApp: () => WalkApp;
  /** The runs it starts are called after it, with a number. */
  readonly runId: string;
  /** How long a request may take. */
  readonly remainingMs: () => number;
};

/** Answers as the deployed API would. */
export function createApiInProcess({ getApp, remainingMs, runId }: Caller): PlaylistsApi {
  const ingest = createIngestHandler(getApp);
  const playlists = createPlaylistsHandler(getApp);
  let requests = 0;
  const ask = async (handler: ApiHandler, query: Record<string, string[]>): Promise<Answer> => {
    requests += 1;
    const { body, headers, statusCode } = await handler(
      { multiValueQueryStringParameters: query },
      { awsRequestId: `${runId}-${requests}`, getRemainingTimeInMillis: remainingMs },
    );
    return { status: statusCode, headers: toTexts(headers), body };
  };
  return {
    requestIngest: (uri) => ask(ingest, { playlist_uri: [uri] }),
    requestList: (calls) => ask(playlists, { max_requests: [String(calls)] }),
  };
}

function toTexts(headers: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
