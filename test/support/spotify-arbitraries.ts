/** Spotify's objects as they come out of a reply, of every kind of app and in every state of completeness. */
import fc from 'fast-check';
import type { Artist, Playlist, PlaylistItem, Track } from '../../etl/model/spotify-objects.ts';

/** Few IDs, so that the same track, album or artist is often seen again. */
const idOf = (kind: string): fc.Arbitrary<string> =>
  fc.nat(5).map((number) => `${kind}${number}`.padEnd(22, '0'));
const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', '"', '😀'));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.oneof({ weight: 4, arbitrary: value }, fc.constantFrom(null, undefined));
const maybeId = (kind: string): fc.Arbitrary<string | null | undefined> =>
  fc.oneof({ weight: 8, arbitrary: maybe(idOf(kind)) }, fc.constant(''));

const externalUrls = maybe(fc.record({ spotify: maybe(fc.webUrl()) }));
const images = maybe(fc.array(fc.record({ url: fc.webUrl() }), { maxLength: 2 }));
const releaseDate = fc.constantFrom('0000', '1981', '1981-12', '1981-12-15');

const artist: fc.Arbitrary<Artist> = fc.record(
  { id: maybeId('artist'), name: maybe(text), uri: maybe(text), external_urls: externalUrls },
  { requiredKeys: [] },
);

const album = fc.record(
  {
    id: maybeId('album'),
    name: maybe(text),
    uri: maybe(text),
    external_urls: externalUrls,
    album_type: maybe(fc.constantFrom('album', 'single', 'compilation')),
    release_date: maybe(releaseDate),
    release_date_precision: maybe(fc.constantFrom('year', 'month', 'day')),
    total_tracks: maybe(fc.nat(50)),
    images,
    artists: maybe(fc.array(artist, { maxLength: 3 })),
  },
  { requiredKeys: [] },
);

const tracks: fc.Arbitrary<Track> = fc.record(
  {
    id: idOf('track'),
    name: maybe(text),
    uri: maybe(text),
    external_urls: externalUrls,
    duration_ms: maybe(fc.nat()),
    explicit: maybe(fc.boolean()),
    external_ids: maybe(fc.record({ isrc: maybe(text) })),
    disc_number: maybe(fc.nat(3)),
    track_number: maybe(fc.nat(30)),
    popularity: maybe(fc.nat(100)),
    album: maybe(album),
    artists: maybe(fc.array(artist, { maxLength: 4 })),
  },
  { requiredKeys: ['id'] },
);

const added = fc.record(
  {
    addedAt: fc.option(fc.nat({ max: 4_102_444_800 }), { nil: undefined }),
    addedBy: fc.option(fc.constantFrom('ada', 'bob', 'marcel#spotify', '漢'), { nil: undefined }),
  },
  { requiredKeys: [] },
);

export const playlistItems: fc.Arbitrary<PlaylistItem> = fc
  .oneof(
    {
      weight: 5,
      arbitrary: tracks.map((track): PlaylistItem => ({ kind: 'track', track })),
    },
    fc.record(
      {
        kind: fc.constantFrom('episode', 'local', 'unavailable'),
        uri: maybe(text),
        name: maybe(text),
      },
      { requiredKeys: ['kind'] },
    ),
  )
  .chain((item) => added.map((more) => ({ ...item, ...more })));

export const playlists: fc.Arbitrary<Playlist> = fc.record({
  metadata: fc.record(
    {
      id: idOf('playlist'),
      uri: maybe(text),
      external_urls: externalUrls,
      name: maybe(text),
      description: maybe(text),
      owner: maybe(fc.record({ id: maybe(text), display_name: maybe(text) })),
      public: maybe(fc.boolean()),
      collaborative: maybe(fc.boolean()),
      images,
      snapshot_id: fc.string({ minLength: 1 }),
    },
    { requiredKeys: ['id', 'snapshot_id'] },
  ),
  items: fc.array(playlistItems, { maxLength: 30 }),
});
