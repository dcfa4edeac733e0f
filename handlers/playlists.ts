import type { App } from '../etl/app.ts';
import type { PlaylistListing } from '../etl/model/playlist-listing.ts';
import { warmApp } from './cold-start.ts';
import { createApiHandler } from './http/api-handler.ts';
import { parseMaxRequests } from './http/requests.ts';

/** `GET /playlists`: the user's playlists, and which of them are stored as they are. The log gets the counts only. */
export function createPlaylistsHandler(
  getApp: () => Pick<App, 'listPlaylists' | 'tokenDaysLeft'>,
): ReturnType<typeof createApiHandler<PlaylistListing>> {
  let app: ReturnType<typeof getApp> | undefined;
  return createApiHandler(
    (event, run) => {
      const maxPages = parseMaxRequests(event);
      app = getApp();
      return app.listPlaylists({ maxPages }, run);
    },
    {
      tokenDaysLeft: () => app?.tokenDaysLeft(),
      toLogged: ({ playlists: _, ...counted }) => counted,
    },
  );
}

export const handler = createPlaylistsHandler(warmApp);
