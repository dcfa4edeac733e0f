/** What an import writes and reads. `:file`, `:items` and `:plays` are JSON. */
import type { ExportFormat } from '../../etl/model/imports.ts';

export const RULES = 'SELECT before, artist_hash FROM forgotten';

export const COVERED =
  "SELECT name, first_at AS first, last_at AS last FROM import WHERE format = 'extended' AND finished_at IS NOT NULL";

export const SONGS =
  "SELECT main_artist AS artist, name AS title, uri FROM item WHERE uri LIKE 'spotify:track:%' AND name <> '' AND main_artist <> ''";

export const FINISHED =
  "SELECT sha256, rows_private || ' ' || rows_forgotten AS left FROM import WHERE finished_at IS NOT NULL";

export const BEGIN_FILE =
  "INSERT INTO import (sha256, name, format, started_at, first_at, last_at) VALUES (:file->>'sha256', :file->>'name', :file->>'format', :file->>'now', :file->>'first', :file->>'last') ON CONFLICT (sha256) DO NOTHING";

/** Names of the Web API stay; those of account data give way to others. */
export const INSERT_ITEMS =
  "INSERT INTO item (uri, kind, name, main_artist, parent_name, parent_uri, named_by) SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, :format FROM json_each(:items) WHERE true ON CONFLICT (uri) DO UPDATE SET (kind, name, main_artist, parent_name, parent_uri, named_by) = (excluded.kind, excluded.name, excluded.main_artist, excluded.parent_name, excluded.parent_uri, excluded.named_by) WHERE excluded.name IS NOT NULL AND (named_by IS NULL OR named_by = 'account' AND excluded.named_by = 'extended' OR name IS NULL)";

const PLAY_COLUMNS =
  'reason_start, reason_end, skipped, shuffle, offline, incognito, device, country';

export function insertPlays(format: ExportFormat): string {
  const key = format === 'extended' ? 'export_key' : 'account_key';
  return `INSERT INTO play (item_id, ended_at, ms_played, counted, ${key}, ${PLAY_COLUMNS}, import_id, seen_at) SELECT item_id, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9, value->>10, value->>11, value->>12, (SELECT import_id FROM import WHERE sha256 = :sha256), :now FROM json_each(:plays) CROSS JOIN item ON uri = value->>0 WHERE true ON CONFLICT (${key}) WHERE ${key} IS NOT NULL DO NOTHING`;
}

/** Right after the plays. New ones have not been compared with the polls. */
export const COUNT_NEW =
  'UPDATE import SET rows_new = coalesce(rows_new, 0) + changes(), reconciled_at = CASE WHEN changes() = 0 THEN reconciled_at END WHERE sha256 = :sha256';

export const END_FILE =
  "UPDATE import SET finished_at = coalesce(finished_at, :file->>'now'), rows_read = :file->>'read', rows_new = coalesce(rows_new, 0), rows_known = (:file->>'known') + (:file->>'plays') - coalesce(rows_new, 0), rows_repeated = :file->>'repeated', rows_refused = :file->>'refused', rows_forgotten = :file->>'forgotten', rows_private = :file->>'private' WHERE sha256 = :file->>'sha256'";

/** The times of files whose plays were not compared with the polls. */
export const FIND_PENDING =
  'SELECT min(first_at) AS first, max(last_at) AS last FROM import WHERE reconciled_at IS NULL AND finished_at IS NOT NULL';

export const CLOSE_GAPS =
  "UPDATE gap SET closed_by = coalesce((SELECT max(import_id) FROM import WHERE sha256 IN (SELECT value FROM json_each(:own))), (SELECT max(import_id) FROM import WHERE format = 'extended')) WHERE closed_by IS NULL AND after >= :first AND before <= :last RETURNING gap_id";

export const DROP_LESSER =
  'DELETE FROM play WHERE account_key IS NOT NULL AND export_key IS NULL AND api_key IS NULL AND ended_at >= :first AND ended_at <= :last';

export const MARK_JOINED =
  'UPDATE import SET reconciled_at = :now WHERE reconciled_at IS NULL AND finished_at IS NOT NULL';
