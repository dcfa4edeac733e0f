/** What a write makes of a list. Pure. */
import { shortHash } from '../../lib/short-hash.ts';
import type { ItemsWrite, ListEntry } from './sync.ts';

/** One position. `rank` is its place in the wanted list, where it stays. */
export type Token = { readonly entry: ListEntry; readonly rank?: number | undefined };

/** The list after a write; `added` are the new positions, where more is known of them than their URIs. */
export function applyWrite(
  items: readonly Token[],
  write: ItemsWrite,
  added: readonly Token[] = toTokens(write),
): Token[] {
  switch (write.kind) {
    case 'add':
      return items.toSpliced(write.position ?? items.length, 0, ...added);
    case 'replace':
      return [...added];
    case 'remove': {
      const gone = new Set(write.uris);
      return items.filter(({ entry: { uri } }) => uri === undefined || !gone.has(uri));
    }
    case 'move': {
      const { before, length, start } = write;
      const moved = items.slice(start, start + length);
      const others = items.toSpliced(start, length);
      return others.toSpliced(before > start ? before - length : before, 0, ...moved);
    }
  }
}

const toTokens = (write: ItemsWrite): Token[] =>
  (write.kind === 'move' ? [] : write.uris).map((uri) => ({
    entry: { uri, kind: uri.includes(':episode:') ? 'episode' : 'track' },
  }));

/** Of the URIs in their order, nothing else. */
export function hashList(entries: readonly Pick<ListEntry, 'uri'>[]): string {
  return shortHash(JSON.stringify(entries.map(({ uri }) => uri ?? null)));
}

/** By URI; a withdrawn item has none, and counts as the empty one. */
export function countKeys(entries: readonly Pick<ListEntry, 'uri'>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { uri = '' } of entries) counts.set(uri, (counts.get(uri) ?? 0) + 1);
  return counts;
}

/** Of an item as it was added: what was taken out and put back has another one. */
export const toDatedKey = ({ added_at, uri }: ListEntry): string => `${uri} ${added_at}`;

/** What of a list the other one lacks, copy by copy. */
export function subtract<Entry extends Pick<ListEntry, 'uri'>>(
  entries: readonly Entry[],
  other: readonly Pick<ListEntry, 'uri'>[],
): Entry[] {
  const copies = countKeys(other);
  return entries.filter(({ uri = '' }) => {
    const left = copies.get(uri) ?? 0;
    copies.set(uri, left - 1);
    return left <= 0;
  });
}
