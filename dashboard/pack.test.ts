import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { DashboardData } from './data.ts';
import { packDashboard } from './pack.ts';
import { unpackDashboard } from './unpack.ts';

const HOSTILE = [
  '',
  '</script><script>alert(1)</script>',
  '<!--',
  '😀👩‍👩‍👧',
  '\u202eעברית',
  '\ud800',
  '\0\u2028',
  'long '.repeat(40),
  '日本語',
];
const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
);
const ms = fc.integer({ min: 0, max: 4_102_444_800_000 });
const size = fc.nat(100_000);
const figure = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const item = fc.record({
  uri: text,
  kind: fc.constantFrom('track', 'episode', 'chapter', 'local', 'unknown'),
  name: text,
  artist: text,
  parent: text,
  parentArtist: text,
  durationMs: optional(fc.nat()),
  countedAs: fc.nat(9),
  isLeftOut: fc.boolean(),
});

/** Of items up to so many. */
const playsOf = (items: number): fc.Arbitrary<DashboardData['plays']> =>
  fc
    .array(
      fc.record({
        end: fc.oneof(ms, fc.constant(1_700_000_000_000)),
        item: fc.nat(Math.max(0, items - 1)),
        heard: fc.oneof(fc.constantFrom(-1, 0, 2 ** 31 - 1), fc.integer({ min: -1, max: 600_000 })),
        flags: fc.nat(3),
      }),
      { maxLength: items === 0 ? 0 : 60 },
    )
    .map((plays) => plays.sort((one, other) => one.end - other.end))
    .map((plays) => ({
      length: plays.length,
      endedAtMs: Float64Array.from(plays, ({ end }) => end),
      item: Uint32Array.from(plays, (play) => play.item),
      heardMs: Int32Array.from(plays, ({ heard }) => heard),
      flags: Uint8Array.from(plays, ({ flags }) => flags),
    }));

const playlist = fc.record({
  id: text,
  name: text,
  ownerName: text,
  url: optional(text),
  readAtMs: ms,
  contributors: fc.array(text),
  items: fc.array(fc.option(fc.nat(9))),
  addedDay: fc.array(fc.nat(30_000)),
  addedBy: fc.array(fc.integer({ min: -1, max: 5 })),
  versions: fc.array(fc.record({ seenAtMs: ms, size, added: size, removed: size })),
});

const albums: fc.Arbitrary<DashboardData['albums']> = optional(
  fc.record({
    market: text,
    trend: fc.record({
      verdict: fc.constantFrom('shorter', 'unclear', 'too_little'),
      slope_minutes_per_decade: optional(figure),
      sen_interval: optional(fc.tuple(figure, figure)),
      interval: fc.constant(undefined),
      is_interval_trusted: fc.boolean(),
      p_value: optional(figure),
      within_artist_slope: optional(figure),
      within_artists: size,
      families: size,
      families_total: size,
      artists: size,
      artists_total: size,
      excluded: fc.constant({ live: 3 }),
      years: fc.constant(undefined),
      middle: fc.constant(undefined),
      decades: fc.constant([]),
      by_artist: fc.constant([]),
      other_slopes: fc.constant([{ what: 'all', slope_per_decade: undefined, albums: 0 }]),
    }),
    points: fc.array(fc.record({ artist: text, album: text, year: figure, minutes: figure })),
  }),
);

const health = fc.record({
  polls: fc.array(fc.record({ atMs: ms, returned: size, fresh: size, outcome: text })),
  imports: fc.array(
    fc.record({
      name: text,
      finishedAtMs: optional(ms),
      rowsRead: size,
      rowsNew: size,
      rowsRefused: size,
    }),
  ),
  syncs: fc.array(
    fc.record({ pair: text, target: text, startedAtMs: ms, outcome: optional(text) }),
  ),
  calls: optional(fc.record({ spent: size, left: optional(size) })),
  loginDaysLeft: optional(size),
});

const data: fc.Arbitrary<DashboardData> = fc.array(item, { maxLength: 10 }).chain((items) =>
  fc.record({
    madeAtMs: ms,
    library: text,
    items: fc.constant(items),
    plays: playsOf(items.length),
    covered: fc.array(fc.record({ firstMs: ms, lastMs: ms })),
    gaps: fc.array(fc.record({ afterMs: ms, beforeMs: ms, cause: text, isClosed: fc.boolean() })),
    playlists: fc.array(playlist, { maxLength: 4 }),
    albums,
    health,
  }),
);

test('what is unpacked is what was packed, with names of every kind', async () => {
  await fc.assert(
    fc.asyncProperty(data, async (packed) => {
      expect(await unpackDashboard(packDashboard(packed))).toEqual(packed);
    }),
  );
});

test('a packed library is base64, which ends no element of a page', () => {
  fc.assert(
    fc.property(data, (packed) => {
      expect(packDashboard(packed)).toMatch(/^[\w+/=]+$/);
    }),
    { numRuns: 20 },
  );
});

test('what another version has packed is refused', async () => {
  const json = Buffer.from('{"format":0}');
  const text = gzipSync(Buffer.concat([Buffer.from([json.length]), json])).toString('base64');
  await expect(unpackDashboard(text)).rejects.toThrow('The data is of another version');
});

/** As an export of ten years has them: random URIs, and songs of three to five minutes that are often heard to their end. */
function createLargeData(count: { plays: number; songs: number }): DashboardData {
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const DIGITS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  const idOf = (length: number): string =>
    Array.from({ length }, () => DIGITS[random(62)]).join('');
  const albums = Array.from({ length: 6_000 }, () => `${idOf(8)} ${idOf(6)}`);
  const items = Array.from({ length: count.songs }, (_, at) => ({
    uri: `spotify:track:${idOf(22)}`,
    kind: 'track' as const,
    name: `${idOf(6)} ${idOf(4)} ${idOf(7)}`,
    artist: `Artist ${random(3_000)}`,
    parent: albums[random(albums.length)] ?? '',
    parentArtist: `Artist ${random(3_000)}`,
    durationMs: 120_000 + random(240_000),
    countedAs: at,
    isLeftOut: false,
  }));
  let end = 1_450_000_000_000;
  const plays = Array.from({ length: count.plays }, () => {
    const item = Math.min(random(count.songs), random(count.songs));
    const isWhole = random(10) < 7;
    const heardMs = isWhole ? (items[item]?.durationMs ?? 0) : random(200_000);
    end += 1_000 * Math.ceil((heardMs + random(20) * random(140_000)) / 1_000);
    return { end, item, heardMs, flags: isWhole ? 1 : 2 };
  });
  return {
    madeAtMs: end,
    library: 'library.db',
    items,
    plays: {
      length: plays.length,
      endedAtMs: Float64Array.from(plays, (play) => play.end),
      item: Uint32Array.from(plays, ({ item: song }) => song),
      heardMs: Int32Array.from(plays, ({ heardMs }) => heardMs),
      flags: Uint8Array.from(plays, ({ flags }) => flags),
    },
    covered: [],
    gaps: [],
    playlists: [],
    albums: undefined,
    health: { polls: [], imports: [], syncs: [], calls: undefined, loginDaysLeft: undefined },
  };
}

test('235,000 plays of 15,000 songs are less than 3 MB', async () => {
  const large = createLargeData({ plays: 235_000, songs: 15_000 });
  const packed = packDashboard(large);
  expect(packed.length).toBeLessThan(2_900_000);
  const { endedAtMs, heardMs } = (await unpackDashboard(packed)).plays;
  expect(endedAtMs).toEqual(large.plays.endedAtMs);
  expect(heardMs).toEqual(large.plays.heardMs);
});
