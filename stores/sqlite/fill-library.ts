/** Makes a library the copy of a picture. */
import * as z from 'zod/mini';
import { CATALOGUE_TABLES, type CatalogueTable, TABLE_KEYS } from '../../etl/model/records.ts';
import { findRowFaults, RECORD_SCHEMAS } from '../../etl/model/row-faults.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { ConditionError } from './database.ts';
import type { Library } from './library.ts';
import type { Picture } from './picture.ts';
import { replaceList, selectList, toStoredList } from './playlist-rows.ts';
import { upsertRows } from './record-rows.ts';

const ROWS_PER_WRITE = 500;

/**
 * Writes what differs: all rows but malformed lists, and of other malformed rows what is well-formed. A row that others name and
 * that is missing has its key alone. Lists that the picture lacks are removed.
 *
 * @throws EtlError as `Library.run`
 */
export async function fillLibrary(
  library: Library,
  picture: Picture,
  signal?: AbortSignal,
): Promise<void> {
  for (const table of CATALOGUE_TABLES) {
    for (const page of listPages(picture, table)) {
      signal?.throwIfAborted();
      await library.run(upsertRows(table, `[${page.join()}]`));
    }
  }
  for (const { row } of picture.list(LISTS)) {
    signal?.throwIfAborted();
    await putList(library, String(row));
  }
  const [ids] = picture.list(LIST_IDS);
  await library.run([{ sql: REMOVE_OTHERS, args: { ids: String(ids?.ids) } }]);
}

function* listPages(picture: Picture, table: CatalogueTable): Generator<string[]> {
  let page: string[] = [];
  for (const row of listRows(picture, table)) {
    page.push(row);
    if (page.length < ROWS_PER_WRITE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function* listRows(picture: Picture, table: CatalogueTable): Generator<string> {
  for (const { id } of picture.list(MISSING, { kind: table })) {
    yield JSON.stringify({ [TABLE_KEYS[table]]: id });
  }
  for (const { row, why } of picture.list(ROWS, { kind: table })) {
    yield why === null ? String(row) : withoutFaults(table, String(row));
  }
}

/** Its key is always a text. */
function withoutFaults(table: CatalogueTable, json: string): string {
  const row = z.record(z.string(), z.unknown()).parse(parseJson(json));
  const faults = new Set(findRowFaults(table, row).map(({ attribute }) => attribute));
  return JSON.stringify(
    Object.fromEntries(Object.entries(row).filter(([name]) => !faults.has(name))),
  );
}

const ROWS = 'SELECT row, why FROM stored WHERE kind = :kind ORDER BY id';
const MISSING = 'SELECT DISTINCT id FROM dangling WHERE kind = :kind';
const LISTS = "SELECT row FROM stored WHERE kind = 'playlist' AND why IS NULL ORDER BY id";
const LIST_IDS = "SELECT json_group_array(id) AS ids FROM stored WHERE kind = 'playlist'";
const REMOVE_OTHERS =
  'DELETE FROM playlist WHERE playlist_id NOT IN (SELECT value FROM json_each(:ids))';

async function putList(library: Library, json: string): Promise<void> {
  // Its attributes in the order of the record.
  const record = RECORD_SCHEMAS.playlist.parse(parseJson(json));
  const before = toStoredList(await library.run(selectList(record.playlist_id)));
  try {
    await library.run(replaceList(before, record));
  } catch (error) {
    // Another pull was quicker.
    if (!(error instanceof ConditionError)) throw error;
    await putList(library, json);
  }
}
