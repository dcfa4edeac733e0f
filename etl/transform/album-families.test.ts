import fc from 'fast-check';
import { CATALOGUE, FAMILIES } from '../../test/fixtures/albums/catalogue.ts';
import type { AlbumFamily, KnownAlbum } from '../model/albums.ts';
import { findExclusion, toAlbumFamilies } from './album-families.ts';
import { leftOutFor } from './album-points.ts';

const idOf = ({ album }: KnownAlbum): string => album.album_id;

function describeFamily(family: AlbumFamily): string {
  const { artistId, members, releaseDate, representative } = family;
  const ids = members.map((each) => (each === representative ? `*${idOf(each)}` : idOf(each)));
  const why = leftOutFor(family);
  return `${artistId}: ${ids.join(' ')} | ${releaseDate}${why === undefined ? '' : ` | ${why}`}`;
}

const numbered = Array.from({ length: 60 }, (_, at) => String(at + 1));

describe('the sixty albums', () => {
  it('are the families that were written down by hand', () => {
    expect(toAlbumFamilies(CATALOGUE).map(describeFamily)).toEqual(FAMILIES);
  });

  it('are in a family each, whatever their order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...CATALOGUE]), (albums) => {
        const families = toAlbumFamilies(albums);
        expect(families.flatMap(({ members }) => members.map(idOf)).sort()).toEqual(
          albums.map(idOf).sort(),
        );
        for (const { members, representative } of families)
          expect(members).toContain(representative);
      }),
    );
    const reversed = toAlbumFamilies([...CATALOGUE].reverse()).map(describeFamily);
    expect([...reversed].sort()).toEqual([...FAMILIES].sort());
    expect(CATALOGUE.map(idOf)).toEqual(numbered);
  });

  it('keep why each is in its family', () => {
    const [abbey] = toAlbumFamilies(CATALOGUE);
    expect(abbey?.members.map(({ editionWords, overlap }) => [editionWords, overlap])).toEqual([
      [[], undefined],
      [['remastered'], 1],
      [['50th anniversary edition'], 1],
      [['super deluxe edition'], 1],
    ]);
    const anthem = toAlbumFamilies(CATALOGUE).find(({ baseTitle }) => baseTitle === 'anthem');
    expect(anthem?.members[1]?.editionWords).toEqual([
      '2011 remaster',
      'deluxe version',
      'explicit',
    ]);
  });
});

test('what need not be measured is known from the listing', () => {
  const unmeasured = CATALOGUE.map((known) => {
    const { album_duration, ...album } = known.album;
    return { ...known, album, trackNames: [] };
  });
  const needless = unmeasured.filter((album) => findExclusion(album) !== undefined).map(idOf);
  expect(needless).toEqual(
    [8, 9, 12, 14, 15, 18, 19, 20, 32, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47].map(
      String,
    ),
  );
});

test('without songs, the names decide', () => {
  const unmeasured = CATALOGUE.map((known) => ({ ...known, trackNames: [] }));
  const families = toAlbumFamilies(unmeasured).map(describeFamily);
  expect(families).toContain('B: *21 22 23 24 25 26 | 1977-02-25');
});
