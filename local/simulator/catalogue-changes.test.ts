import { type Catalogue, createCatalogue } from './catalogue.ts';
import { changeLikes, changePlaylist, changePlaylists } from './catalogue-changes.ts';

const NOW = Date.UTC(2026, 11, 1);

/** All lists of a catalogue after some time, as text. */
function livedThrough(seed: number): string {
  const catalogue = createCatalogue(seed);
  for (let day = 0; day < 5; day += 1) {
    const nowMs = NOW + day * 86_400_000;
    changePlaylists(catalogue, 20, nowMs);
    changeLikes(catalogue, { nowMs, times: 3 });
  }
  return JSON.stringify([[...catalogue.playlists.values()], catalogue.liked.items]);
}

/** What a list holds, whatever its order. */
function contentOf(catalogue: Catalogue, playlistId: string): string[] {
  const { items = [] } = catalogue.playlists.get(playlistId) ?? {};
  return items.map((item) => JSON.stringify(item)).sort();
}

describe('lists that change', () => {
  it('change the same way for the same seed', () => {
    expect(livedThrough(1) === livedThrough(1)).toBe(true);
    expect(livedThrough(1) === livedThrough(2)).toBe(false);
  });

  it('gain, lose and move items, each time under a new snapshot', () => {
    const catalogue = createCatalogue(1);
    const { id } = catalogue.playlistOfSize(1000);
    const snapshots = new Set<string>();
    const kinds = new Set<string>();
    for (let time = 0; time < 100; time += 1) {
      const before = contentOf(catalogue, id);
      snapshots.add(changePlaylist(catalogue, id, { nowMs: NOW }).snapshotId);
      const after = contentOf(catalogue, id);
      const isMoved = after.join() === before.join();
      kinds.add(isMoved ? 'moved' : after.length > before.length ? 'gained' : 'lost');
    }
    expect(snapshots.size).toBe(100);
    expect(kinds).toEqual(new Set(['gained', 'lost', 'moved']));
  });

  it('are the user’s own, as many as asked for and there are', () => {
    const catalogue = createCatalogue(1);
    const own = [...catalogue.playlists.values()].filter(({ access }) => access === 'own');
    const changed = changePlaylists(catalogue, 9_999, NOW).map(({ id }) => id);
    expect(changed.sort()).toEqual(own.map(({ id }) => id).sort());
  });
});

describe('likes', () => {
  it('are as many as asked for, each once, and change nothing else of the catalogue', () => {
    const [few, many] = [createCatalogue(1, 0), createCatalogue(1, 5_000)];
    expect(few.liked.items).toEqual([]);
    expect(new Set(many.liked.items.map(({ trackId }) => trackId)).size).toBe(5_000);
    expect([...many.playlists]).toEqual([...few.playlists]);
    expect(() => createCatalogue(1, 99_999)).toThrow('ask for no more');
  });

  it('come first when they are new', () => {
    const catalogue = createCatalogue(1, 0);
    changeLikes(catalogue, { nowMs: NOW });
    expect(catalogue.liked.items).toMatchObject([{ addedAt: '2026-12-01T00:00:00Z' }]);
  });
});
