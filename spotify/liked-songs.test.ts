import { extractPlaylist } from '../etl/extract/playlist.ts';
import { LIKED_SONGS } from '../etl/model/ids.ts';
import {
  closeScriptedServers,
  type Script,
  type ScriptedServer,
} from '../test/support/scripted-server.ts';
import { startScriptedSpotify } from '../test/support/scripted-spotify.ts';
import { createLikedSongsSource } from './liked-songs.ts';

afterEach(closeScriptedServers);

type Bench = {
  readonly api: ScriptedServer;
  readonly source: ReturnType<typeof createLikedSongsSource>;
};

async function setUp(script: Script): Promise<Bench> {
  const { api, run } = await startScriptedSpotify((request, index) =>
    request.path === '/v1/me' ? { body: { id: 'ada' } } : script(request, index),
  );
  return { api, source: createLikedSongsSource(run) };
}

const likesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `like${index}`.padEnd(22, '0'));

/** Serves these likes as they are at each request. */
const serve =
  (likes: () => readonly string[]): Script =>
  ({ query }) => {
    const all = likes();
    const [offset, limit] = [Number(query.offset), Number(query.limit)];
    const items = all
      .slice(offset, offset + limit)
      .map((id) => ({ added_at: '2020-09-13T12:26:40Z', track: { id, type: 'track' } }));
    const next = offset + limit < all.length ? 'https://x/' : null;
    return { body: { items, total: all.length, offset, limit, next } };
  };

async function read({ source }: Bench): Promise<unknown[]> {
  const { items } = await extractPlaylist(source, await source.getPlaylist(LIKED_SONGS));
  return items.map((item) => (item.kind === 'track' ? item.track.id : item.kind));
}

it('reads them to the end, 50 a call, and the first page once more', async () => {
  const likes = likesOf(120);
  const bench = await setUp(serve(() => likes));

  expect(await read(bench)).toEqual(likes);

  const offsets = bench.api.requests.map(({ path, query }) => [path, query.offset]);
  expect(offsets).toEqual([
    ['/v1/me', undefined],
    ...['0', '50', '100', '0'].map((offset) => ['/v1/me/tracks', offset]),
  ]);
});

it('reads them anew where one is added or taken away meanwhile', async () => {
  for (const change of [['new'.padEnd(22, '0'), ...likesOf(120)], likesOf(119)]) {
    let requests = 0;
    const bench = await setUp(
      serve(() => {
        requests += 1;
        return requests <= 2 ? likesOf(120) : change;
      }),
    );

    expect(await read(bench)).toEqual(change);
  }
});

it('are others where the total or the first page is another, and the same where only the rest is', async () => {
  const snapshotOf = async (likes: readonly string[]): Promise<string> => {
    const { source } = await setUp(serve(() => likes));
    const { metadata } = await source.getPlaylist(LIKED_SONGS);
    expect(await source.getSnapshotId(metadata.id)).toBe(metadata.snapshot_id);
    return metadata.snapshot_id;
  };
  const likes = likesOf(120);
  const base = await snapshotOf(likes);

  expect(await snapshotOf(likes.toSpliced(80, 2, ...likes.slice(80, 82).reverse()))).toBe(base);
  expect(await snapshotOf(likes.slice(1))).not.toBe(base);
  expect(await snapshotOf(likes.toSpliced(0, 2, ...likes.slice(0, 2).reverse()))).not.toBe(base);
});

it('ends at an empty page, whatever the total says', async () => {
  const bench = await setUp(({ query }) => {
    const items = query.offset === '0' ? [{ track: { id: 'a'.repeat(22) } }] : [];
    return { body: { items, total: 9_999_999, next: 'https://x/' } };
  });

  await expect(read(bench)).rejects.toMatchObject({ code: 'SPOTIFY_RESPONSE_INVALID' });
});
