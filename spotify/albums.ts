import * as z from 'zod/mini';
import type { AlbumSource, ListPage } from '../etl/extract/sources.ts';
import { listedAlbumSchema, trackSchema } from '../etl/model/spotify-objects.ts';
import { toCatalogueError } from './errors.ts';
import { brokenReply, parseReply } from './parse-reply.ts';
import { albumTracksRequest, artistAlbumsRequest, type RequestWithToken } from './requests.ts';
import type { SpotifyRun } from './spotify-run.ts';

/** Spotify's limits for these lists. */
const ALBUMS_PER_CALL = 10;
const TRACKS_PER_CALL = 50;

const toPageSchema = <Schema extends z.ZodMiniType>(entry: Schema) =>
  z.object({
    items: z.array(z.catch(z.optional(entry), undefined)),
    total: z.int().check(z.gte(0)),
    offset: z.catch(z.nullish(z.number()), undefined),
  });

const albumsSchema = toPageSchema(listedAlbumSchema);
const tracksSchema = toPageSchema(trackSchema);

/**
 * Spotify as the source of albums in a market for one run. With a user's token Spotify looks at the country of their account, and
 * not at the market.
 */
export function createAlbumSource(
  { calls, quota, session }: SpotifyRun,
  market: string,
): AlbumSource {
  const { apiUrl } = session.settings;
  const read = async (request: RequestWithToken, what: 'artist' | 'album'): Promise<unknown> => {
    const answer = await calls.call(request);
    if (!answer.ok) throw toCatalogueError(answer.failure, what);
    return answer.body;
  };
  return {
    getArtistAlbums: async (artistId, offset) => {
      const range = { offset, limit: ALBUMS_PER_CALL };
      const body = await read(artistAlbumsRequest(apiUrl, artistId, { market, range }), 'artist');
      return toPage(parseReply(albumsSchema, body, 'albums'), offset);
    },
    getAlbumTracks: async (albumId, offset) => {
      const range = { offset, limit: TRACKS_PER_CALL };
      const body = await read(albumTracksRequest(apiUrl, albumId, { market, range }), 'album');
      return toPage(parseReply(tracksSchema, body, 'tracks'), offset);
    },
    expectCalls: (count) => quota.reserveAll(count),
  };
}

type Page<Entry> = {
  readonly items: readonly (Entry | undefined)[];
  readonly total: number;
  readonly offset?: number | null | undefined;
};

function toPage<Entry>(
  { items, offset: served, total }: Page<Entry>,
  offset: number,
): ListPage<Entry> {
  if ((served ?? offset) === offset) return { entries: items, total };
  throw brokenReply('page.offset', `: asked for ${offset}, answered ${served}`);
}
