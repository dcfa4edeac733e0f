import fc from 'fast-check';
import type { ListedPlaylist, StoredVersion } from '../model/playlist-listing.ts';
import { countEntries, toPlaylistEntries } from './playlist-entries.ts';

const ME = 'me';
const ID = '3cEYpjA9oz9GiPac4AsH4n';
const MADE = '37i9dQZEVXcfHOlIIFYQsj';

const stored = (id: string, snapshotId: string): StoredVersion => ({
  playlist_id: id,
  playlist_snapshot_id: snapshotId,
  playlist_tracks: [],
  playlist_num_items: 7,
  extracted_at: '2026-11-19T00:00:00.000Z',
});

const playlistArbitrary: fc.Arbitrary<ListedPlaylist> = fc.record({
  id: fc.constantFrom('a', 'b', 'c', '37i9d', '37i9e', 'f'),
  name: fc.option(fc.string()),
  owner: fc.option(fc.record({ id: fc.option(fc.constantFrom(ME, 'other')) })),
  collaborative: fc.option(fc.boolean()),
  snapshot_id: fc.option(fc.constantFrom('s1', 's2')),
  total: fc.option(fc.nat(), { nil: undefined }),
});
const storedArbitrary = fc.uniqueArray(
  fc
    .tuple(fc.constantFrom('a', 'b', 'c', '37i9d', 'z'), fc.constantFrom('s1', 's2'))
    .map(([id, snapshotId]) => stored(id, snapshotId)),
  { selector: ({ playlist_id: id }) => id },
);

describe('an entry of the list', () => {
  it.each<[string, Partial<ListedPlaylist>, string]>([
    ['the user owns', { owner: { id: ME } }, 'owned'],
    ['the user owns and shares', { owner: { id: ME }, collaborative: true }, 'owned'],
    ['others let the user change', { owner: { id: 'x' }, collaborative: true }, 'collaborative'],
    ['the user follows', { owner: { id: 'x' }, collaborative: false }, 'followed'],
    ['nobody owns', { owner: null }, 'followed'],
    ['Spotify makes', { id: MADE, owner: { id: 'spotify' } }, 'spotify-made'],
    ['Spotify makes and seems to share', { id: MADE, collaborative: true }, 'spotify-made'],
  ])('that %s is named so', (_case, fields, relation) => {
    const context = { ownerId: ME, stored: [] };
    const [entry] = toPlaylistEntries([{ id: ID, total: 3, ...fields }], context);

    const readable = relation === 'owned' || relation === 'collaborative';
    expect(entry).toMatchObject({ relation, readable });
  });

  it('has all that is known, and nothing of what is not', () => {
    const playlist = {
      id: ID,
      name: 'Road Trip',
      owner: { id: ME, display_name: 'Me' },
      snapshot_id: 's1',
      total: 0,
    };

    expect(
      toPlaylistEntries([playlist, { id: ID, total: undefined }], {
        ownerId: ME,
        stored: [stored(ID, 's1')],
      }),
    ).toEqual([
      {
        playlist_id: ID,
        playlist_uri: `spotify:playlist:${ID}`,
        playlist_name: 'Road Trip',
        owner_id: ME,
        owner_name: 'Me',
        relation: 'owned',
        readable: true,
        items: 0,
        snapshot_id: 's1',
        state: 'unchanged',
        extracted_at: '2026-11-19T00:00:00.000Z',
      },
      {
        playlist_id: ID,
        playlist_uri: `spotify:playlist:${ID}`,
        playlist_name: '',
        relation: 'followed',
        readable: false,
        state: 'changed',
        extracted_at: '2026-11-19T00:00:00.000Z',
      },
    ]);
  });

  it('takes its number of items from the stored row where Spotify says none and nothing changed', () => {
    const [entry] = toPlaylistEntries([{ id: ID, snapshot_id: 's1', total: undefined }], {
      ownerId: ME,
      stored: [stored(ID, 's1')],
    });

    expect(entry).toMatchObject({ state: 'unchanged', items: 7 });
  });
});

describe('the entries of any list', () => {
  it('are those of the list in its order, unchanged exactly where the stored version is the same', () => {
    fc.assert(
      fc.property(fc.array(playlistArbitrary), storedArbitrary, (playlists, versions) => {
        const entries = toPlaylistEntries(playlists, { ownerId: ME, stored: versions });

        expect(entries.map(({ playlist_id: id }) => id)).toEqual(playlists.map(({ id }) => id));
        for (const [index, { state, readable, relation, extracted_at: at }] of entries.entries()) {
          const playlist = playlists[index];
          const version = versions.find(({ playlist_id: id }) => id === playlist?.id);
          const isSame = version?.playlist_snapshot_id === playlist?.snapshot_id;
          expect(state).toBe(version === undefined ? 'new' : isSame ? 'unchanged' : 'changed');
          expect(at).toBe(version?.extracted_at);
          expect(readable).toBe(relation === 'owned' || relation === 'collaborative');
        }
      }),
    );
  });

  it('are counted once by relation and once by state', () => {
    fc.assert(
      fc.property(
        fc.array(playlistArbitrary),
        fc.option(storedArbitrary, { nil: undefined }),
        fc.nat(),
        (playlists, versions, empty) => {
          const entries = toPlaylistEntries(playlists, { ownerId: ME, stored: versions });
          const counts = countEntries(entries, empty);

          const { owned, collaborative, followed, spotify_made: made } = counts;
          expect(owned + collaborative + followed + made).toBe(playlists.length);
          expect(counts.new + counts.changed + counts.unchanged + counts.unknown).toBe(
            playlists.length,
          );
          expect(counts.readable).toBe(owned + collaborative);
          expect(counts.empty).toBe(empty);
          if (versions === undefined) expect(counts.unknown).toBe(playlists.length);
        },
      ),
    );
  });
});
