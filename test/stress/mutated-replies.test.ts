/** With any values in Spotify's replies, no list fails because of an optional value, and every stored row passes `verify`. */
import fc from 'fast-check';
import { SPOTIFY_ID_PATTERN } from '../../etl/model/ids.ts';
import type { PlaylistListing } from '../../etl/model/playlist-listing.ts';
import type { PlaylistCounts } from '../../etl/model/summaries.ts';
import { toJsonAnswer } from '../../local/simulator/answers.ts';
import type { CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import { spoilValues } from '../../local/simulator/fault-answers.ts';
import type { Fault, OddValue } from '../../local/simulator/faults.ts';
import { isJsonArray, isJsonObject, type Json, parseJson } from '../../local/simulator/json.ts';
import { logIn, requestToken } from '../../local/simulator/test-client.ts';
import { keepOwnPlaylists } from '../support/listed-user.ts';
import { mutationsOf } from '../support/odd-json.ts';
import { findingsIn } from '../support/row-findings.ts';
import { type Answer, createWorld, NO_ROWS, type World } from '../support/world.ts';

const REPLIES = Number(process.env.MUTATED_REPLIES ?? 1_000);

let world: World;
let short: CataloguePlaylist;
/** One item longer than its first page. */
let long: CataloguePlaylist;

beforeAll(async () => {
  world = await createWorld({ variables: { SPOTIFY_DAILY_CALLS: '999999' } });
  const { catalogue } = world.spotify;
  const { items, ...playlist } = catalogue.playlistOfSize(49);
  const tracks = items.filter(({ kind }) => kind === 'track').slice(0, 6);
  short = { ...playlist, items: [...tracks, ...items.filter(({ kind }) => kind !== 'track')] };
  long = {
    ...catalogue.playlistOfSize(101),
    items: Array.from({ length: 101 }, (_, at) => short.items[at % 6]).filter((item) => !!item),
  };
  keepOwnPlaylists(world.spotify, 20);
  for (const each of [short, long]) catalogue.playlists.set(each.id, each);
});
afterAll(() => world.close());

/** What the simulated Spotify answers where nothing is wrong. */
async function read(path: string): Promise<Json> {
  return parseJson((await (await logIn(world.spotify)).get(path)).text);
}

/** What is mutated, for which share of all replies, and what asks for it. */
type Place = {
  readonly reply: Json;
  readonly fault: Omit<Fault, 'action'>;
  readonly share: number;
  readonly act: () => Promise<Answer>;
};

/** Runs `act` for random mutations of this reply, on empty tables, and looks at the answer and at the rows. */
async function assertFor(
  { act, fault, reply, share }: Place,
  look: (answer: Answer, mutated: Json, values: readonly OddValue[]) => void | Promise<void> = () =>
    undefined,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(mutationsOf(reply), async (values) => {
      await world.replaceRows(NO_ROWS);
      world.spotify.clearFaults();
      world.spotify.clearRequests();
      world.spotify.addFault({ ...fault, times: 'always', action: { type: 'odd-values', values } });

      const answer = await act();

      expect(answer.body.code).not.toBe('INTERNAL');
      expect(await findingsIn(await world.rows())).toEqual([]);
      const { body } = spoilValues(values, toJsonAnswer(reply));
      await look(answer, JSON.parse(JSON.stringify('json' in body && body.json)) as Json, values);
    }),
    { numRuns: Math.ceil(REPLIES * share), endOnFailure: true },
  );
}

/** Whether a page says how much there is from `offset` on, and holds as much. */
function isWholePage(page: Json | undefined, offset = 0, total?: number): boolean {
  return (
    isJsonObject(page) &&
    isJsonArray(page.items) &&
    typeof page.total === 'number' &&
    page.items.length === (total ?? page.total) - offset &&
    (typeof page.offset !== 'number' || page.offset === offset) &&
    typeof page.next !== 'string'
  );
}

/** The page within a playlist that says which one it is, of which version, and how much it holds. */
function findWholePage(head: Json): readonly Json[] | undefined {
  if (!isJsonObject(head) || head.id !== short.id || !isVersion(head.snapshot_id)) return undefined;
  const page = head.items ?? head.tracks;
  return isWholePage(page) && isJsonObject(page) && isJsonArray(page.items)
    ? page.items
    : undefined;
}

function isVersion(snapshot: Json | undefined): boolean {
  return typeof snapshot === 'string' && snapshot.length > 0 && snapshot.length <= 8_192;
}

function expectWhole({ body, status }: Answer, items: number): void {
  expect({ status, detail: body.detail }).toEqual({ status: 200 });
  const { episodes, local, repeats, tracks, unavailable, ...counts } =
    body.counts as PlaylistCounts;
  expect(counts.items).toBe(items);
  expect(tracks + repeats + episodes + local + unavailable).toBe(items);
}

const HEAD = /^\/v1\/playlists\/\w+$/;
const QUERY = 'additional_types=track,episode';

describe.each(['A', 'C'] as const)('An app of kind %s', (appKind) => {
  beforeEach(() => {
    world.spotify.clearFaults();
    world.spotify.configure({ appKind });
    world.restart();
  });

  test('loads every entry of a list whose items and total fit, and twice the same', async () => {
    let loaded = 0;
    await assertFor(
      {
        share: 0.35,
        reply: await read(`/v1/playlists/${short.id}?${QUERY}`),
        fault: { match: { path: HEAD } },
        act: () => world.ingest(short.id),
      },
      async (answer, head, values) => {
        const entries = findWholePage(head);
        if (entries === undefined) return;
        expectWhole(answer, entries.length);
        loaded += 1;
        if (values.length > 1) return;
        const again = { path: ['snapshot_id'], value: 'again' };
        world.spotify.clearFaults();
        world.spotify.addFault({
          match: { path: HEAD },
          action: { type: 'odd-values', values: [...values, again] },
        });
        expect((await world.ingest(short.id)).body).toMatchObject({
          written: { playlist: 1, track: 0, album: 0, artist: 0 },
        });
      },
    );
    expect(loaded).toBeGreaterThan(REPLIES * 0.1);
  });

  test('loads every entry of a list whose further page fits', async () => {
    await assertFor(
      {
        share: 0.05,
        reply: await read(`/v1/playlists/${long.id}/items?${QUERY}&offset=100`),
        fault: { match: { path: /\/items$/ } },
        act: () => world.ingest(long.id),
      },
      (answer, page) => {
        if (isWholePage(page, 100, 101)) expectWhole(answer, 101);
      },
    );
  });

  test('lists every entry of the list of playlists', async () => {
    await assertFor(
      {
        share: 0.1,
        reply: await read('/v1/me/playlists?limit=50'),
        fault: { match: { path: /\/me\/playlists$/ } },
        act: () => world.playlists(),
      },
      ({ body, status }, page) => {
        if (!isWholePage(page) || !isJsonObject(page) || !isJsonArray(page.items)) return;
        expect({ status, detail: body.detail }).toEqual({ status: 200 });
        const { complete, counts, playlists } = body as PlaylistListing;
        const ids = page.items.flatMap((entry) =>
          isJsonObject(entry) && typeof entry.id === 'string' && SPOTIFY_ID_PATTERN.test(entry.id)
            ? [entry.id]
            : [],
        );
        expect(playlists.map(({ playlist_id: id }) => id)).toEqual([...new Set(ids)]);
        expect({ complete, empty: counts.empty }).toEqual({
          complete: true,
          empty: page.items.length - ids.length,
        });
      },
    );
  });
});

test('the closing check, the user and a token may be anything', async () => {
  const { credentials } = world.spotify;
  const grant = { grant_type: 'refresh_token', refresh_token: credentials.refreshToken };
  const token = parseJson((await requestToken(world.spotify, grant)).text);
  const places = [
    [await read(`/v1/playlists/${long.id}?fields=snapshot_id`), { match: { path: HEAD }, skip: 1 }],
    [await read('/v1/me'), { match: { path: /^\/v1\/me$/ } }],
    [token, { match: { path: /^\/api\/token$/ } }],
  ] as const;
  for (const [reply, fault] of places) {
    await assertFor({
      ...{ reply, fault, share: 0.03 },
      act: async () => {
        world.restart();
        const { body } = await world.playlists();
        expect(body.code).not.toBe('INTERNAL');
        return world.ingest(long.id);
      },
    });
  }
});
