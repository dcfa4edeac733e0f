import * as z from 'zod/mini';
import type {
  CatalogueRow,
  CatalogueSink,
  PlaylistSink,
  RowChange,
  RowKey,
  StoredVersions,
} from '../../etl/load/sinks.ts';
import { isLikedSongs, LIKED_SONGS } from '../../etl/model/ids.ts';
import { type StoredVersion, storedVersionSchema } from '../../etl/model/playlist-listing.ts';
import {
  CATALOGUE_TABLES,
  type CatalogueTable,
  type PlaylistRecord,
  type StoredPlaylist,
  storedPlaylistSchema,
  TABLE_KEYS,
} from '../../etl/model/records.ts';
import type { Clock } from '../../lib/clock.ts';
import { latestBelievable, newerRunWon } from '../newer-run.ts';
import { ConditionError, type SqlRow, type Statement } from './database.ts';
import { toJsonPages } from './json-pages.ts';
import type { Library } from './library.ts';
import { replaceList, selectList, toStoredList } from './playlist-rows.ts';
import { selectRows, toAttributes, upsertRows } from './record-rows.ts';

type RunLimits = { readonly clock: Clock; readonly deadlineAt: number };

/**
 * The library, as one run uses it. Its columns have types, so that no stored attribute is malformed: what a change drops, and a
 * repair, are nothing to it.
 */
export class LibraryRepository implements CatalogueSink, PlaylistSink, StoredVersions {
  readonly #library: Library;
  readonly #limits: RunLimits;

  constructor(library: Library, limits: RunLimits) {
    this.#library = library;
    this.#limits = limits;
  }

  async findRows(keys: readonly RowKey[]): Promise<CatalogueRow[]> {
    const reads = CATALOGUE_TABLES.flatMap((table) => {
      const wanted = keys.filter((key) => key.table === table).map(({ key }) => key);
      return toJsonPages(wanted).map((page) => ({ table, statement: selectRows(table, page) }));
    });
    const results = await this.#run(reads.map(({ statement }) => statement));
    return reads.flatMap(({ table }, index) =>
      (results[index] ?? []).map((row) => {
        const attributes = toAttributes(row);
        return { table, key: z.string().parse(attributes[TABLE_KEYS[table]]), attributes };
      }),
    );
  }

  /** A row that another run has stored meanwhile is completed, and loses nothing. */
  async putRows(rows: readonly CatalogueRow[]): Promise<void> {
    for (const table of CATALOGUE_TABLES) {
      await this.#upsert(
        table,
        rows.filter((row) => row.table === table),
      );
    }
  }

  updateRows(changes: readonly RowChange[]): Promise<void> {
    return this.putRows(changes);
  }

  async findPlaylist(playlistId: string): Promise<StoredPlaylist | undefined> {
    const columns = Object.keys(storedPlaylistSchema.shape).join(', ');
    const sql = `SELECT ${columns} FROM playlist WHERE playlist_id = :playlist_id`;
    const [[row] = []] = await this.#run([{ sql, args: { playlist_id: toLibraryId(playlistId) } }]);
    return row && storedPlaylistSchema.parse(toAttributes(row));
  }

  async findVersions(playlistIds: readonly string[]): Promise<StoredVersion[]> {
    const pages = toJsonPages(playlistIds);
    const results = await this.#run(pages.map((keys) => ({ sql: VERSIONS, args: { keys } })));
    return results.flat().map((row) => storedVersionSchema.parse(toAttributes(row)));
  }

  async putPlaylist(given: PlaylistRecord): Promise<void> {
    const record = { ...given, playlist_id: toLibraryId(given.playlist_id) };
    while (!(await this.#tryPutPlaylist(record)));
  }

  /** False where another run was quicker: what it stored is what this one replaces, if it may. */
  async #tryPutPlaylist(record: PlaylistRecord): Promise<boolean> {
    const before = toStoredList(await this.#run(selectList(record.playlist_id)));
    const storedAt = before?.extractedAt ?? '';
    const isBelievable = storedAt <= latestBelievable(this.#limits.clock);
    if (storedAt > record.extracted_at && isBelievable) throw newerRunWon();
    try {
      await this.#run(replaceList(before, record));
      return true;
    } catch (error) {
      if (error instanceof ConditionError) return false;
      throw error;
    }
  }

  /** A page of rows is one transaction. */
  async #upsert(table: CatalogueTable, rows: readonly CatalogueRow[]): Promise<void> {
    const wanted = rows.map(({ attributes, key }) => ({ ...attributes, [TABLE_KEYS[table]]: key }));
    for (const page of toJsonPages(wanted)) await this.#run(upsertRows(table, page));
  }

  async #run(statements: readonly Statement[]): Promise<SqlRow[][]> {
    return statements.length === 0 ? [] : await this.#library.run(statements, this.#limits);
  }
}

/** With the first of its tracks. */
const VERSIONS =
  'SELECT playlist_id, playlist_snapshot_id, playlist_num_items, extracted_at, (SELECT json_group_array(track_id) FROM (SELECT track_id FROM playlist_item JOIN item USING (uri) WHERE playlist_item.playlist_id = playlist.playlist_id AND track_id IS NOT NULL ORDER BY position LIMIT 1)) AS playlist_tracks FROM playlist WHERE playlist_id IN (SELECT value FROM json_each(:keys))';

/** A library has the Liked Songs of one account. */
const toLibraryId = (playlistId: string): string =>
  isLikedSongs(playlistId) ? LIKED_SONGS : playlistId;
