/** The API without a network: calls its handlers like API Gateway, so that the answers are the same. */
import type { App } from '../../app/app.ts';
import type { Answer } from '../../trigger/outcome.ts';
import type { PlaylistsApi } from '../../trigger/run-playlists.ts';
import type { ApiHandler } from '../http/api-handler.ts';
import { createIngestHandler } from '../ingest.ts';
import { createPlaylistsHandler } from '../playlists.ts';

export type WalkApp = Pick<App, 'ingestPlaylist' | 'listPlaylists'>;

type Caller = {
  readonly getApp: () => WalkApp;
  /** Prefix of the run IDs. */
  readonly runId: string;
  /** Time limit of a request. */
  readonly remainingMs: () => number;
};

/** Answers like the deployed API. */
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
