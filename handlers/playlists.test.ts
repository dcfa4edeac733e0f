import type { APIGatewayProxyResult } from 'aws-lambda';
import type { App, ListPlaylistsOptions } from '../app/app.ts';
import { EtlError } from '../etl/errors.ts';
import type { PlaylistListing } from '../etl/model/playlist-listing.ts';
import { captureLines } from '../test/support/captured-lines.ts';
import type * as playlists from './playlists.ts';

const LISTING: PlaylistListing = {
  playlists: [
    {
      playlist_id: '3cEYpjA9oz9GiPac4AsH4n',
      playlist_uri: 'spotify:playlist:3cEYpjA9oz9GiPac4AsH4n',
      playlist_name: 'Road Trip',
      relation: 'owned',
      readable: true,
      state: 'new',
    },
  ],
  total: 1,
  complete: true,
  counts: {
    readable: 1,
    owned: 1,
    collaborative: 0,
    followed: 0,
    spotify_made: 0,
    new: 1,
    changed: 0,
    unchanged: 0,
    unknown: 0,
    empty: 0,
  },
};

const lines = captureLines();
let createPlaylistsHandler: typeof playlists.createPlaylistsHandler;

beforeAll(async () => {
  // The logger takes its level when it is built.
  process.env.POWERTOOLS_LOG_LEVEL = 'INFO';
  ({ createPlaylistsHandler } = await import('./playlists.ts'));
});

function ask(
  listPlaylists: App['listPlaylists'],
  query: Record<string, string[]> | null = null,
): Promise<APIGatewayProxyResult> {
  return createPlaylistsHandler(() => ({ listPlaylists }))(
    { multiValueQueryStringParameters: query },
    { awsRequestId: 'run-1', getRemainingTimeInMillis: () => 29_000 },
  );
}

describe('GET /playlists', () => {
  it('answers with the list, and logs its counts but none of its names', async () => {
    const answer = await ask(() => Promise.resolve(LISTING));

    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
    expect(JSON.parse(answer.body)).toEqual(LISTING);
    const log = lines.join('');
    expect(log).toContain('"readable":1');
    expect(log).not.toContain('Road Trip');
  });

  it.each([
    [null, undefined],
    [{ max_requests: ['7'] }, 7],
  ])('asked with %j reads at most %p pages', async (query, maxPages) => {
    const seen: ListPlaylistsOptions[] = [];

    await ask((options) => {
      seen.push(options);
      return Promise.resolve(LISTING);
    }, query);

    expect(seen).toEqual([{ maxPages }]);
  });

  it('refuses a malformed number before anything is asked', async () => {
    const answer = await ask(() => Promise.reject(new Error('asked')), { max_requests: ['many'] });

    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'INVALID_REQUEST', run_id: 'run-1' });
  });

  it('answers with a problem where there is no list', async () => {
    const answer = await ask(() => Promise.reject(new EtlError('SCOPE_MISSING', 'Log in again.')));

    expect(answer.statusCode).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'SCOPE_MISSING' });
  });
});
