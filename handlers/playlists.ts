import type { App } from '../app/app.ts';
import { getApp } from './cold-start.ts';
import { type ApiHandler, apiHandler } from './http/api-handler.ts';
import { parseMaxRequests } from './http/requests.ts';

/** `GET /playlists`: the user's playlists, and which of them are stored in their present version. */
export const createPlaylistsHandler = (appOf: () => Pick<App, 'listPlaylists'>): ApiHandler =>
  apiHandler('playlists', (event, run) => {
    const maxPages = parseMaxRequests(event);
    return appOf().listPlaylists({ maxPages }, run);
  });

export const handler = createPlaylistsHandler(getApp);
