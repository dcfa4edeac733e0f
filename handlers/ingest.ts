import type { App } from '../etl/app.ts';
import { warmApp } from './cold-start.ts';
import { type ApiHandler, createApiHandler } from './http/api-handler.ts';
import { parsePlaylistId } from './http/requests.ts';

/** `GET /ingest?playlist_uri=…`: loads one playlist and answers with the run's summary. */
export function createIngestHandler(
  getApp: () => Pick<App, 'ingestPlaylist' | 'tokenDaysLeft'>,
): ApiHandler {
  return createApiHandler({
    getApp,
    parse: (event) => {
      const playlistId = parsePlaylistId(event);
      return (app, run) => app.ingestPlaylist(playlistId, run);
    },
  });
}

export const handler = createIngestHandler(warmApp);
