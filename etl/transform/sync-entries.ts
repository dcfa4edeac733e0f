import { present } from '../model/omit-absent.ts';
import { toIsoText } from '../model/playlist-items.ts';
import type { PlaylistItem } from '../model/spotify-objects.ts';
import { type ListEntry, MAX_WRITE_ITEMS, type SyncFacts } from '../model/sync.ts';

/** One position of the wanted list: where it is now, or nowhere if it is new. */
export type Placed = { readonly entry: ListEntry; readonly from?: number | undefined };

export type Arrangement = {
  readonly placed: readonly Placed[];
  /** Wanted items that no write can bring. */
  readonly lost: readonly ListEntry[];
  /** Whether one replace would rewrite nothing but what is the pair's own. */
  readonly mayReplace: boolean;
};

/** A list's items as a sync sees them. */
export function toEntries(items: readonly PlaylistItem[]): ListEntry[] {
  return items.map((item) => {
    const { addedAt, addedBy: added_by } = item;
    const added_at = addedAt === undefined ? undefined : toIsoText(addedAt);
    const added = { added_at, added_by };
    if (item.kind !== 'track') return present({ ...added, kind: item.kind, ...pick(item) });
    const { artists, id, name } = item.track;
    const names = [artists?.[0]?.name, name].filter((each) => each);
    const title = names.length === 0 ? undefined : names.join(' – ');
    return present({ ...added, kind: item.kind, uri: `spotify:track:${id}`, name: title });
  });
}

const pick = ({
  name,
  uri,
}: {
  uri?: string | null | undefined;
  name?: string | null | undefined;
}) => ({
  name: name ?? undefined,
  uri: uri ?? undefined,
});

/** Whether the API can add it. Local files and what has no URI can be moved, and nothing else. */
export function isCopyable({ kind, uri }: ListEntry): boolean {
  return uri !== undefined && (kind === 'track' || kind === 'episode');
}

/** Whether Spotify would add it again. */
export const comesBack = (entry: ListEntry, { notAddable }: SyncFacts): boolean =>
  isCopyable(entry) && !notAddable.has(entry.uri ?? '');

/** As many as fit into one write each. */
export function toChunks<Value>(values: readonly Value[]): Value[][] {
  return Array.from({ length: Math.ceil(values.length / MAX_WRITE_ITEMS) }, (_, at) =>
    values.slice(at * MAX_WRITE_ITEMS, (at + 1) * MAX_WRITE_ITEMS),
  );
}
