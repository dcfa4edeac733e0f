import type { App } from '../app/app.ts';
import { warmApp } from './cold-start.ts';
import { type ApiHandler, createApiHandler } from './http/api-handler.ts';
import { parseMaxRequests } from './http/requests.ts';

/** `GET /playlists`: the user's playlists, and which of them are stored as they are. The log gets the counts only. */
export function createPlaylistsHandler(
  getApp: () => Pick<App, 'listPlaylists' | 'tokenDaysLeft'>,
): ApiHandler {
  return createApiHandler({
    functionName: 'playlists',
    getApp,
    parse: (event) => {
      const maxPages = parseMaxRequests(event);
      return (app, run) => app.listPlaylists({ maxPages }, run);
    },
    toEffect: () => ({ outcome: 'listed' }),
    toLogged: ({ playlists: _, ...counted }) => counted,
  });
}

export const handler = createPlaylistsHandler(warmApp);
