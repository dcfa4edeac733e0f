import { readAlbumTitle } from './album-titles.ts';

it.each([
  ['live', ['Live', 'Live!', 'Live 1975-85', 'Nina Simone Live in Paris', 'Hollywood Bowl Live']],
  ['unplugged', ['Acoustic', 'MTV Unplugged']],
  ['remix', ['Remixes 81-04', 'The Remix Album']],
  ['best_of', ['Best Of', 'The Very Best of X']],
  ['volume', ['Vol. 1', 'Volume 1', 'Part II', 'Vol. 3: (The Subliminal Verses)', 'X (Part Five)']],
  [
    undefined,
    ['Live Through This', 'The World We Live In', 'Long Live', 'Best of Both Worlds', 'Demolition'],
  ],
])('%s is what these names say: %j', (excluded, names) => {
  for (const name of names) expect([name, readAlbumTitle(name).excluded]).toEqual([name, excluded]);
});

it('takes a whole bracket off, with a dash in it or not', () => {
  for (const name of [
    'Album (2011 - Remaster)',
    'Album - 2011 Remaster',
    'Album [Remaster 2011]',
  ]) {
    expect(readAlbumTitle(name)).toMatchObject({ base: 'album', isReissue: true });
  }
});
