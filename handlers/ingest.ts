import type { App } from '../app/app.ts';
import { getApp } from './cold-start.ts';
import { type ApiHandler, apiHandler } from './http/api-handler.ts';
import { parsePlaylistId } from './http/requests.ts';

/** `GET /ingest?playlist_uri=…`: loads one playlist and answers with a summary, or with the run that loads it. */
export const createIngestHandler = (appOf: () => Pick<App, 'requestPlaylist'>): ApiHandler =>
  apiHandler('ingest', (event, run) => {
    // First, so that a malformed request is refused even if the app cannot be built.
    const playlistId = parsePlaylistId(event);
    return appOf().requestPlaylist(playlistId, run);
  });

export const handler = createIngestHandler(getApp);
