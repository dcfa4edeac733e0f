/** Makes a library the copy of a picture. */
import { CATALOGUE_TABLES, type CatalogueTable, TABLE_KEYS } from '../../etl/model/records.ts';
import { RECORD_SCHEMAS, withoutFaults } from '../../etl/model/row-faults.ts';
import { toPages } from '../../lib/pages.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { ConditionError } from './database.ts';
import type { Library } from './library.ts';
import { type Picture, parseRow } from './picture.ts';
import { replaceList, selectList, toStoredList } from './playlist-rows.ts';
import { upsertRows } from './record-rows.ts';

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
    for (const page of toPages(listRows(picture, table))) {
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

function* listRows(picture: Picture, table: CatalogueTable): Generator<string> {
  for (const { id } of picture.list(MISSING, { kind: table })) {
    yield JSON.stringify({ [TABLE_KEYS[table]]: id });
  }
  for (const { row, why } of picture.list(ROWS, { kind: table })) {
    yield why === null ? String(row) : JSON.stringify(withoutFaults(table, parseRow(String(row))));
  }
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
