/**
 * Entries for a sort that brings each row together with the rows that refer to it. All entries with one key are about the same
 * row; the row's own entry comes first.
 */
import * as z from 'zod/mini';
import type { StoredRow } from '../../app/app.ts';
import { isLikedSongs, SPOTIFY_ID_PATTERN } from '../../etl/model/ids.ts';
import { TABLE_KEYS, type Table } from '../../etl/model/records.ts';
import { findRowFaults } from '../../etl/model/row-faults.ts';
import type { Entry } from '../external-sort/run-records.ts';

export type RowKey = { readonly table: Table; readonly id: string };

/** A row sorts before the rows that refer to it, so its faults are known when they come. */
const RANKED = ['artist', 'album', 'track', 'playlist'] as const satisfies readonly Table[];

const rowMarkSchema = z.object({
  /** Its malformed attributes. */
  why: z.optional(z.string()),
  /** A playlist's own count. */
  items: z.optional(z.number()),
  /** What it should be: tracks plus skipped items. */
  counted: z.optional(z.number()),
});

/** The mark of an existing row. */
export type RowMark = z.infer<typeof rowMarkSchema>;

const SOUND: RowMark = {};
const countSchema = z.catch(z.number(), 0);
const listSchema = z.catch(z.array(z.unknown()), () => []);

/** The marks of a row: its own, and one for each row it refers to, as far as a malformed row can be read. */
export function toEntries(table: Table, row: StoredRow): Entry[] {
  const id = String(row[TABLE_KEYS[table]]);
  const from = toSortKey({ table, id });
  return [
    { key: from, text: toRowText(toRowMark(table, id, row)) },
    ...listReferences(table, row).map((to) => ({ key: toSortKey(to), text: `1${from}` })),
  ];
}

/** The row that an entry is about. */
export function toRowKey({ key }: Pick<Entry, 'key'>): RowKey {
  return fromSortKey(key);
}

/** What an entry says about its row: that it exists, or who refers to it. */
export function parseMark({ text }: Pick<Entry, 'text'>): RowMark | { readonly from: RowKey } {
  if (text.startsWith('1')) return { from: fromSortKey(text.slice(1)) };
  return text.length === 1 ? SOUND : rowMarkSchema.parse(JSON.parse(text.slice(1)));
}

/** Liked Songs are stored like a playlist, under an ID of ours. */
export function isRowId(table: Table, id: string): boolean {
  return SPOTIFY_ID_PATTERN.test(id) || (table === 'playlist' && isLikedSongs(id));
}

function toSortKey({ id, table }: RowKey): string {
  return `${RANKED.indexOf(table)}${id}`;
}

function fromSortKey(key: string): RowKey {
  return { table: RANKED[Number(key.slice(0, 1))] ?? 'playlist', id: key.slice(1) };
}

function toRowText(mark: RowMark): string {
  return mark === SOUND ? '0' : `0${JSON.stringify(mark)}`;
}

function toRowMark(table: Table, id: string, row: StoredRow): RowMark {
  const faults = findRowFaults(table, row).map((fault) => `${fault.attribute} ${fault.problem}`);
  if (!isRowId(table, id)) faults.unshift(`${TABLE_KEYS[table]} is not a Spotify ID`);
  const mark = faults.length === 0 ? SOUND : { why: faults.join(', ') };
  return table === 'playlist' ? { ...mark, ...toCounts(row) } : mark;
}

function toCounts({ playlist_num_items, playlist_skipped, playlist_tracks }: StoredRow): RowMark {
  const skipped = z.catch(z.record(z.string(), countSchema), {}).parse(playlist_skipped);
  const tracks = listSchema.parse(playlist_tracks).length;
  return {
    items: countSchema.parse(playlist_num_items),
    counted: Object.values(skipped).reduce((sum, count) => sum + count, tracks),
  };
}

function listReferences(table: Table, row: StoredRow): RowKey[] {
  switch (table) {
    case 'playlist':
      return toKeys('track', row.playlist_tracks);
    case 'track':
      return [...toKeys('album', [row.track_album]), ...toKeys('artist', row.track_artists)];
    case 'album':
      return toKeys('artist', row.album_artists);
    case 'artist':
      return [];
  }
}

function toKeys(table: Table, ids: unknown): RowKey[] {
  const texts = listSchema.parse(ids).filter((id) => typeof id === 'string');
  return [...new Set(texts)].map((id) => ({ table, id }));
}
