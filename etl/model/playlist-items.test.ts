import fc from 'fast-check';
import { playlistItems } from '../../test/support/spotify-arbitraries.ts';
import { toPlaylistRecords } from '../transform/playlist-records.ts';
import { type ListedItem, listItems, toItemAttributes } from './playlist-items.ts';
import { playlistRecordSchema } from './records.ts';
import { findRowFaults } from './row-faults.ts';
import type { PlaylistItem } from './spotify-objects.ts';

/** What must come back of an item, said apart from the code under test. */
function expectedItem(item: PlaylistItem, position: number): ListedItem {
  const { addedAt, addedBy } = item;
  const content =
    item.kind === 'track'
      ? { uri: `spotify:track:${item.track.id}` }
      : {
          ...(item.uri != null && { uri: item.uri.toWellFormed() }),
          ...(item.name != null && { name: item.name.toWellFormed() }),
        };
  return {
    position,
    kind: item.kind,
    ...content,
    ...(addedAt !== undefined && {
      added_at: `${new Date(addedAt * 1000).toISOString().slice(0, 19)}Z`,
    }),
    ...(addedBy !== undefined && { added_by: addedBy }),
  };
}

describe('a list in its row', () => {
  it('comes back item by item, in its order, with every position', () => {
    fc.assert(
      fc.property(fc.array(playlistItems), (items) => {
        expect(listItems(toItemAttributes(items))).toEqual(items.map(expectedItem));
      }),
    );
  });

  it('comes back from the row as it is stored, and nothing is wrong with that row', () => {
    fc.assert(
      fc.property(fc.array(playlistItems), (items) => {
        const metadata = { id: 'list', snapshot_id: 'AAAAB1' };
        const extraction = { extractedAt: '2026-11-20T12:00:00.000Z', runId: 'run-1' };
        const { playlist } = toPlaylistRecords({ metadata, items }, extraction);
        const stored: unknown = JSON.parse(JSON.stringify(playlist));

        expect(findRowFaults('playlist', playlist)).toEqual([]);
        expect(listItems(playlistRecordSchema.parse(stored))).toEqual(items.map(expectedItem));
      }),
    );
  });
});
