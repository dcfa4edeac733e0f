import { CATALOGUE } from '../../test/fixtures/albums/catalogue.ts';
import type { AlbumListing, KnownAlbum } from '../model/albums.ts';
import { findToMeasure, planArtists, toOwned } from './album-plan.ts';

const NOW = Date.UTC(2026, 10, 26);
const daysAgo = (days: number): string => new Date(NOW - days * 86_400_000).toISOString();

const listingOf = (count: number, checked: number, listed = checked): AlbumListing => ({
  artistId: 'A',
  market: 'US',
  albums: Array.from({ length: count }, (_, at) => String(at)),
  listedAt: daysAgo(listed),
  checkedAt: daysAgo(checked),
});

const unmeasured = CATALOGUE.map(({ album: { album_duration, ...album }, ...known }) => ({
  ...known,
  album,
}));

it.each([
  ['never listed', undefined, { isToBeListed: true, calls: 110 }],
  ['listed today', listingOf(15, 0), { isToBeListed: false, calls: 0 }],
  ['listed six days ago', listingOf(15, 6), { isToBeListed: true, calls: 3 + 10 }],
])('an artist that was %s', (_, listing, expected) => {
  expect(planArtists([{ artistId: 'A', listing, albums: [] }], NOW)).toMatchObject([expected]);
});

test('a list that was read as a whole a month ago is read as a whole', () => {
  const plan = (listed: number) =>
    planArtists([{ artistId: 'A', listing: listingOf(15, 7, listed), albums: [] }], NOW)[0];
  expect(plan(21)?.known).toBeDefined();
  expect(plan(28)?.known).toBeUndefined();
});

test('of many such lists a quarter is, the oldest first', () => {
  const ages = [28, 35, 29, 33, 7];
  const states = ages.map((age, at) => ({
    ...{ artistId: `${at}`, listing: listingOf(15, 7, age), albums: [] },
  }));
  const whole = planArtists(states, NOW).filter(({ known }) => known === undefined);
  expect(whole.map(({ artistId }) => artistId)).toEqual(['1', '3']);
});

test('what can be in the trend is measured, in a call for each fifty tracks', () => {
  const toMeasure = findToMeasure(unmeasured);
  expect(toMeasure).toHaveLength(60 - 22);
  const box: KnownAlbum = { ...CATALOGUE[0], album: { ...CATALOGUE[0]?.album } } as KnownAlbum;
  const { album_duration, ...album } = box.album;
  expect(findToMeasure([{ ...box, album: { ...album, album_num_tracks: 301 } }])).toEqual([
    { albumId: '1', calls: 7 },
  ]);
  expect(findToMeasure(CATALOGUE).map(({ albumId }) => albumId)).toEqual(['48']);
});

test('an album of two artists is the main one’s, if both are reported on', () => {
  const of = (artistId: string): KnownAlbum => ({
    artistId,
    album: { album_id: 'x', album_uri: '', album_url: '', album_artists: ['B', 'A'] },
    trackNames: [],
    isExplicit: false,
  });
  expect(toOwned([of('A'), of('B')], ['A', 'B']).map(({ artistId }) => artistId)).toEqual(['B']);
  expect(toOwned([of('A')], ['A']).map(({ artistId }) => artistId)).toEqual(['A']);
});
