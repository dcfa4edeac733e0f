import type { PlaylistAccess } from '../local/simulator/catalogue-model.ts';
import type { AppKind } from '../local/simulator/simulator.ts';
import { expectedRows, withoutRun } from './support/expected-rows.ts';
import { createWorld, type World } from './support/world.ts';

type Outcome = 'loaded' | 'PLAYLIST_NOT_READABLE' | 'PLAYLIST_NOT_FOUND' | 'SPOTIFY_MADE_PLAYLIST';

const STATUS = {
  loaded: 200,
  PLAYLIST_NOT_READABLE: 403,
  PLAYLIST_NOT_FOUND: 404,
  SPOTIFY_MADE_PLAYLIST: 404,
};

/** What becomes of a list, by who it belongs to and what kind of app asks. */
const OUTCOMES: Record<AppKind, Record<PlaylistAccess, Outcome>> = {
  A: {
    own: 'loaded',
    collaborative: 'loaded',
    foreign: 'loaded',
    'foreign-private': 'PLAYLIST_NOT_FOUND',
    'spotify-made': 'SPOTIFY_MADE_PLAYLIST',
  },
  B: {
    own: 'loaded',
    collaborative: 'loaded',
    foreign: 'loaded',
    'foreign-private': 'PLAYLIST_NOT_FOUND',
    'spotify-made': 'SPOTIFY_MADE_PLAYLIST',
  },
  C: {
    own: 'loaded',
    collaborative: 'loaded',
    foreign: 'PLAYLIST_NOT_READABLE',
    'foreign-private': 'PLAYLIST_NOT_FOUND',
    'spotify-made': 'SPOTIFY_MADE_PLAYLIST',
  },
};

const KINDS = ['A', 'B', 'C'] as const;
const CASES = KINDS.flatMap((appKind) =>
  (Object.entries(OUTCOMES[appKind]) as [PlaylistAccess, Outcome][]).map(
    ([access, outcome]) => [appKind, access, outcome] as const,
  ),
);

describe('What an app may read', () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });

  afterEach(async () => {
    await world.close();
  });

  test.each(CASES)('kind %s, a list that is %s: %s', async (appKind, access, outcome) => {
    world.spotify.configure({ appKind });
    const { catalogue } = world.spotify;
    // Long enough to have pages of its own, where the kinds differ most.
    const playlist = [...catalogue.playlists.values()]
      .filter((list) => list.access === access && list.items.length < 300)
      .sort((one, other) => other.items.length - one.items.length)[0];
    if (playlist === undefined) throw new Error(`The catalogue has no list that is ${access}`);

    const { status, body } = await world.ingest(playlist.id);

    expect({ status, outcome: body.code ?? body.status }).toEqual({
      status: STATUS[outcome],
      outcome,
    });
    const nothing = { playlist: [], track: [], album: [], artist: [] };
    expect(withoutRun(await world.rows())).toEqual(
      outcome === 'loaded' ? expectedRows(catalogue, playlist, appKind) : nothing,
    );
  });

  test('the older name of the listing is tried once per app, then remembered', async () => {
    world.spotify.configure({ appKind: 'B' });
    const lists = [...world.spotify.catalogue.playlists.values()]
      .filter(({ access, items }) => access === 'foreign' && items.length > 150)
      .slice(0, 2);

    for (const { id } of lists) await world.ingest(id);

    const listings = world.takeApiCalls().map((call) => /\/(items|tracks)\?/.exec(call)?.[1]);
    expect(lists).toHaveLength(2);
    expect(listings.filter((name) => name === 'items')).toHaveLength(1);
    expect(listings.filter((name) => name === 'tracks').length).toBeGreaterThanOrEqual(2);
  });

  test('the app without a user reads public lists in kinds A and B and none in kind C', async () => {
    const own = world.spotify.catalogue.playlistOfSize(101);
    const outcomes: unknown[] = [];
    for (const appKind of ['A', 'C'] as const) {
      const appWorld = await createWorld({ appKind });
      delete appWorld.environment.SPOTIFY_REFRESH_TOKEN;
      delete process.env.SPOTIFY_REFRESH_TOKEN;
      appWorld.restart();
      const publicList = [...appWorld.spotify.catalogue.playlists.values()].find(
        ({ access, isPublic }) => access === 'foreign' && isPublic === true,
      );
      const { body } = await appWorld.ingest(publicList?.id ?? own.id);
      outcomes.push(body.code ?? body.status);
      await appWorld.close();
    }

    expect(outcomes).toEqual(['loaded', 'PLAYLIST_NOT_READABLE']);
  });
});
