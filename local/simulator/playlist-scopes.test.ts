import { type CataloguePlaylist } from './catalogue.ts';
import { type AppKind, type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { logInAnew } from './test-login.ts';

const PRIVATE = 'playlist-read-private';
const COLLABORATIVE = 'playlist-read-collaborative';
const SCOPE_MISSING = { error: { status: 403, message: 'Insufficient client scope' } };

let simulator: SpotifySimulator;

beforeAll(async () => {
  simulator = await startSpotifySimulator();
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.configure({ appKind: 'C' });
});

type Sort = 'public' | 'private' | 'collaborative';

function toSort({ isCollaborative, isPublic }: CataloguePlaylist): Sort {
  if (isCollaborative) return 'collaborative';
  return isPublic === true ? 'public' : 'private';
}

function findOf(sort: Sort): CataloguePlaylist {
  const found = [...simulator.catalogue.playlists.values()].find(
    (playlist) => playlist.access !== 'foreign' && toSort(playlist) === sort,
  );
  if (found === undefined) throw new Error(`No ${sort} playlist.`);
  return found;
}

const CASES: readonly (readonly [scope: string, sorts: readonly Sort[]])[] = [
  ['', ['public']],
  [PRIVATE, ['public', 'private']],
  [COLLABORATIVE, ['public', 'collaborative']],
  [`${PRIVATE} ${COLLABORATIVE}`, ['public', 'private', 'collaborative']],
];

describe.each(CASES)('a login with the scopes "%s"', (scope, sorts) => {
  it(`lists ${sorts.join(', ')} playlists`, async () => {
    const { user } = await logInAnew(simulator, { scope });
    const page = await user.getPage('/v1/me/playlists?limit=50');
    const listed = (await user.listFrom(page)) as ({ id: string } | null)[];
    const expected = [...simulator.catalogue.playlists.values()]
      .filter(({ access }) => access !== 'foreign-private' && access !== 'spotify-made')
      .filter((playlist) => sorts.includes(toSort(playlist)));
    const ids = listed.flatMap((playlist) => playlist?.id ?? []);
    expect(ids).toEqual(expected.map(({ id }) => id));
    expect(page.total).toBe(listed.length);
  });

  it.each(['A', 'B', 'C'] as const)('reads no others in app kind %s', async (appKind: AppKind) => {
    simulator.configure({ appKind });
    const { user } = await logInAnew(simulator, { scope, usesPkce: true });
    for (const sort of ['public', 'private', 'collaborative'] as const) {
      const { id } = findOf(sort);
      const listing = appKind === 'C' ? 'items' : 'tracks';
      for (const path of [`/v1/playlists/${id}`, `/v1/playlists/${id}/${listing}`]) {
        const { status, body } = await user.get(path);
        expect(status).toBe(sorts.includes(sort) ? 200 : 403);
        if (status === 403) expect(body).toEqual(SCOPE_MISSING);
      }
    }
  });

  it('reads the user', async () => {
    const { user } = await logInAnew(simulator, { scope });
    expect((await user.get('/v1/me')).status).toBe(200);
  });
});
