/** What an import writes and reads. `:file`, `:items` and `:plays` are JSON. */
import type { ExportFormat } from '../../etl/model/imports.ts';

export const RULES = 'SELECT before, artist_hash, uri_hash FROM forgotten';

/** The times of extended histories. Those of what was watched have few rows over many years, so they cover nothing. */
export const COVERED =
  "SELECT first_at AS first, last_at AS last FROM import WHERE format = 'extended' AND name NOT LIKE '%history_video%' AND name NOT LIKE '%endvideo%' AND first_at IS NOT NULL AND finished_at IS NOT NULL";

/** Of two of one name the last counts. */
export const SONGS =
  "SELECT main_artist AS artist, name AS title, uri FROM item WHERE uri LIKE 'spotify:track:%' AND name <> '' AND main_artist <> '' ORDER BY named_by = 'api', uri";

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

/** The plays that came from it are counted, not told. New ones have not been compared with the polls. */
export const END_FILE =
  "UPDATE import SET finished_at = coalesce(finished_at, :file->>'now'), reconciled_at = NULL, rows_read = :file->>'read', rows_new = stored, rows_known = (:file->>'known') + (:file->>'plays') - stored, rows_repeated = :file->>'repeated', rows_refused = :file->>'refused', rows_forgotten = :file->>'forgotten', rows_private = :file->>'private' FROM (SELECT count(*) AS stored FROM play WHERE import_id = (SELECT import_id FROM import WHERE sha256 = :file->>'sha256')) WHERE sha256 = :file->>'sha256' AND stored > coalesce(rows_new, -1)";

/** The time of files whose plays were not compared with the polls. */
export const FIND_PENDING =
  'SELECT min(first_at) AS first, max(last_at) AS last FROM import WHERE reconciled_at IS NULL AND finished_at IS NOT NULL';

export const PENDING_NAMES =
  'SELECT name FROM import WHERE reconciled_at IS NULL AND finished_at IS NOT NULL ORDER BY import_id';

/** `:times` is JSON: the first and the last moment of each. */
export const CLOSE_GAPS =
  "UPDATE gap SET closed_by = (SELECT max(import_id) FROM import WHERE format = 'extended' AND last_at >= before) WHERE closed_by IS NULL AND EXISTS (SELECT 1 FROM json_each(:times) WHERE after >= value->>0 AND before <= value->>1) RETURNING gap_id";

/** Account data says the minute. */
export const DROP_LESSER =
  'DELETE FROM play WHERE account_key IS NOT NULL AND export_key IS NULL AND api_key IS NULL AND EXISTS (SELECT 1 FROM json_each(:times) WHERE ended_at > (value->>0) - 60000 AND ended_at <= value->>1)';

export const MARK_JOINED =
  'UPDATE import SET reconciled_at = :now WHERE reconciled_at IS NULL AND finished_at IS NOT NULL';
