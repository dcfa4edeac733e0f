/** What people do to their lists between two looks at them. The choices are those of the catalogue's seed. */
import { changeItems, createFreshTracks, getPlaylist } from './catalogue.ts';
import { toWireTime } from './catalogue-items.ts';
import { type Catalogue, type CatalogueItem, type CataloguePlaylist } from './catalogue-model.ts';

type Items = readonly CatalogueItem[];

/** When, and how often. */
type Occasion = { readonly nowMs: number; readonly times?: number | undefined };

/** Each time a playlist gains items, loses some, or has some moved, and gets a new snapshot. */
export function changePlaylist(
  catalogue: Catalogue,
  playlistId: string,
  { nowMs, times = 1 }: Occasion,
): CataloguePlaylist {
  let playlist = getPlaylist(catalogue, playlistId);
  for (let time = 0; time < times; time += 1) {
    const { items } = playlist;
    const change = items.length < 2 ? gain : catalogue.random.pick([gain, gain, lose, move]);
    playlist = changeItems(catalogue, playlist, change(catalogue, items, nowMs));
  }
  return playlist;
}

/** Changes so many of the user's own playlists, each once; all of them where there are fewer. */
export function changePlaylists(
  catalogue: Catalogue,
  count: number,
  nowMs: number,
): CataloguePlaylist[] {
  const own = [...catalogue.playlists.values()].filter(({ access }) => access === 'own');
  return Array.from({ length: Math.min(count, own.length) }, () => {
    const at = catalogue.random.integer(0, own.length - 1);
    const [playlist] = own.splice(at, 1);
    return changePlaylist(catalogue, playlist?.id ?? '', { nowMs });
  });
}

/** Each time the user likes a track, which is then the first, or takes a like back. */
export function changeLikes(catalogue: Catalogue, { nowMs, times = 1 }: Occasion): void {
  const { liked, random, tracks } = catalogue;
  for (let time = 0; time < times; time += 1) {
    const likes = liked.items;
    if (likes.length > 0 && random.percent(30)) {
      liked.items = likes.toSpliced(random.integer(0, likes.length - 1), 1);
    } else {
      const known = new Set(likes.map(({ trackId }) => trackId));
      const trackId = random.pick([...tracks.keys()].filter((id) => !known.has(id)));
      liked.items = [{ trackId, addedAt: toWireTime(nowMs) }, ...likes];
    }
  }
}

/** Mostly at the end, as Spotify's apps add. */
function gain(catalogue: Catalogue, items: Items, nowMs: number): Items {
  const { random } = catalogue;
  const at = random.percent(70) ? items.length : random.integer(0, items.length);
  const gained = Array.from({ length: random.integer(1, 5) }, () => createItem(catalogue, nowMs));
  return items.toSpliced(at, 0, ...gained);
}

function lose({ random }: Catalogue, items: Items): Items {
  return items.toSpliced(random.integer(0, items.length - 1), random.integer(1, 3));
}

function move({ random }: Catalogue, items: Items): Items {
  const from = random.integer(0, items.length - 1);
  const moved = items.slice(from, from + random.integer(1, 4));
  const others = items.toSpliced(from, moved.length);
  return others.toSpliced(random.integer(0, others.length), 0, ...moved);
}

function createItem(catalogue: Catalogue, nowMs: number): CatalogueItem {
  const { episodes, random, tracks, user } = catalogue;
  const added = { addedAt: toWireTime(nowMs), addedBy: user.id };
  if (random.percent(5)) {
    return { kind: 'episode', episodeId: random.pick([...episodes.keys()]), ...added };
  }
  const [fresh] = random.percent(20) ? createFreshTracks(catalogue, 1) : [];
  return { kind: 'track', trackId: fresh?.id ?? random.pick([...tracks.keys()]), ...added };
}
