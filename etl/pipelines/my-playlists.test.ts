import type { MyPlaylistsSource } from '../extract/sources.ts';
import type { StoredVersions } from '../load/sinks.ts';
import { listPlaylists } from './my-playlists.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';
const GONE = new Error('the tables do not answer');

const source: MyPlaylistsSource = {
  getUserId: () => Promise.resolve('me'),
  getPage: () =>
    Promise.resolve({
      entries: [{ id: ID, name: 'A', snapshot_id: 's1', owner: { id: 'me' }, total: 1 }],
      total: 1,
      hasNext: false,
    }),
  expectPages: () => Promise.resolve(),
};
const versions: StoredVersions = {
  findVersions: () =>
    Promise.resolve([
      {
        playlist_id: ID,
        playlist_snapshot_id: 's1',
        playlist_num_items: 1,
        playlist_tracks: ['t'],
        extracted_at: '2026-11-19T00:00:00.000Z',
      },
    ]),
  findRows: () => Promise.reject(GONE),
};

test('a sample that cannot be read is an error only where the caller cannot do without the tables', async () => {
  const errors: unknown[] = [];
  const onTablesUnavailable = (error: unknown): void => void errors.push(error);

  const listing = await listPlaylists({ source, versions }, { onTablesUnavailable });

  expect(errors).toEqual([GONE]);
  expect(listing.playlists).toMatchObject([{ playlist_id: ID, state: 'changed' }]);
  await expect(listPlaylists({ source, versions }, {})).rejects.toBe(GONE);
});
