import { stripVTControlCharacters } from 'node:util';
import type { PlaylistEntry, PlaylistListing } from '../../etl/model/playlist-listing.ts';
import { countsLine, playlistsTable } from './report.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';
const entry = (fields: Partial<PlaylistEntry> = {}): PlaylistEntry => ({
  playlist_id: ID,
  playlist_uri: `spotify:playlist:${ID}`,
  playlist_name: 'Road Trip',
  relation: 'owned',
  readable: true,
  items: 57,
  state: 'unchanged',
  ...fields,
});
const tableOf = (entries: PlaylistEntry[], columns?: number): string[] =>
  stripVTControlCharacters(playlistsTable(entries, columns)).split('\n');

describe('the table', () => {
  test('fits 80 columns with the longest words, and then shows IDs', () => {
    const lines = tableOf(
      [
        entry({ playlist_name: 'n'.repeat(200), relation: 'collaborative', items: 10_000 }),
        entry({ relation: 'spotify-made', readable: false }),
      ],
      80,
    );

    expect(lines[0]).toMatch(/^ {2}name +relation +items +state +ID$/);
    expect(lines[1]).toMatch(/^✔ n+… +collaborative +10000 +unchanged +3cEYpjA9oz9GiPac4AsH4n$/);
    expect(lines[2]).toMatch(/^ {2}Road Trip +spotify-made/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('shows URIs where there is room, or no terminal', () => {
    for (const columns of [100, 200, undefined]) {
      expect(tableOf([entry()], columns)[1]).toMatch(/spotify:playlist:3cEYpjA9oz9GiPac4AsH4n$/);
    }
  });

  test('lets no name break its line', () => {
    const names = ['a\nb\u001b[2Jc', '\u202Ereversed', '   '];
    const lines = tableOf(names.map((name) => entry({ playlist_name: name })));

    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^✔ a bc/);
    expect(lines[2]).toMatch(/^✔ reversed/);
    expect(lines[3]).toMatch(/^✔ \(no name\)/);
  });
});

describe('the last line', () => {
  const listing: PlaylistListing = {
    playlists: [],
    total: 200,
    complete: true,
    counts: {
      readable: 190,
      owned: 180,
      collaborative: 10,
      followed: 5,
      spotify_made: 0,
      new: 0,
      changed: 2,
      unchanged: 193,
      unknown: 0,
      empty: 5,
    },
  };

  test('says how many there are of what is there, and what it cost', () => {
    expect(countsLine(listing, 4)).toBe(
      '195 playlists, 190 readable (✔): 2 changed, 193 unchanged, 5 withheld by Spotify; 4 calls.',
    );
  });

  test('says where the list is not complete', () => {
    expect(countsLine({ ...listing, complete: false }, 1)).toMatch(
      /^195 playlists of a list of 200, .* 1 call\.$/,
    );
  });
});
