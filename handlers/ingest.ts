import type { App } from '../etl/app.ts';
import type { IngestSummary } from '../etl/model/summaries.ts';
import { warmApp } from './cold-start.ts';
import { createApiHandler } from './http/api-handler.ts';
import { parsePlaylistId } from './http/requests.ts';

/** `GET /ingest?playlist_uri=…`: loads one playlist and answers with the run's summary. */
export function createIngestHandler(
  getApp: () => Pick<App, 'ingestPlaylist' | 'tokenDaysLeft'>,
): ReturnType<typeof createApiHandler<IngestSummary>> {
  let app: ReturnType<typeof getApp> | undefined;
  return createApiHandler(
    (event, run) => {
      const playlistId = parsePlaylistId(event);
      app = getApp();
      return app.ingestPlaylist(playlistId, run);
    },
    { tokenDaysLeft: () => app?.tokenDaysLeft() },
  );
}

export const handler = createIngestHandler(warmApp);
