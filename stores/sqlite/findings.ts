/** What is wrong in a picture, and which playlists lead to it. */
import { NOT_AN_ID } from '../../etl/model/row-faults.ts';
import type { Picture } from './picture.ts';

/** What a playlist says that it has, and what it has, as far as that can be read. */
const LISTS = `SELECT id, why,
    CASE json_type(row, '$.playlist_num_items') WHEN 'integer' THEN row->>'playlist_num_items' ELSE 0 END AS items,
    json_array_length(row, '$.playlist_tracks')
      + (SELECT sum(value) FROM json_each(row, '$.playlist_skipped')) AS counted
  FROM stored WHERE kind = 'playlist'`;

const PREPARE = `
  CREATE TABLE list AS ${LISTS};
  CREATE TABLE fault (fault_id INTEGER PRIMARY KEY, kind TEXT, id TEXT, why TEXT);
  INSERT INTO fault (kind, id, why)
    SELECT kind, id, iif(kind = 'playlist', why, kind || ' ' || id || ' is malformed') FROM stored WHERE why IS NOT NULL
    UNION ALL SELECT DISTINCT kind, id, kind || ' ' || id || ' is missing' FROM dangling
    UNION ALL SELECT 'playlist', id, 'it has ' || counted || ' items and says ' || items FROM list
    WHERE why IS NULL AND items <> counted;
  CREATE TABLE reached AS
    WITH RECURSIVE leading (fault_id, kind, id) AS (
      SELECT fault_id, kind, id FROM fault
      UNION SELECT fault_id, from_kind, from_id FROM leading JOIN reference USING (kind, id)
    ) SELECT * FROM leading;
  CREATE TABLE repair (fault_id INTEGER, id TEXT, PRIMARY KEY (id, fault_id)) WITHOUT ROWID;
  INSERT INTO repair SELECT fault_id, id FROM reached
    WHERE kind = 'playlist'
    AND id NOT IN (SELECT id FROM list WHERE why LIKE 'playlist_id ${NOT_AN_ID}%');
  CREATE INDEX repair_by_fault ON repair (fault_id);
  CREATE TABLE unreached AS
    WITH lost AS (SELECT * FROM fault WHERE NOT EXISTS (SELECT 1 FROM repair WHERE repair.fault_id = fault.fault_id))
    SELECT kind, id FROM lost JOIN stored USING (kind, id)
    UNION SELECT from_kind, from_id FROM lost JOIN reference USING (kind, id)
    WHERE NOT EXISTS (SELECT 1 FROM stored WHERE stored.kind = lost.kind AND stored.id = lost.id)`;

/** Makes tables of what the questions below ask. Once, when all rows and references are there. */
export function prepareFindings(picture: Picture): void {
  picture.run(PREPARE);
}

export const MALFORMED = 'SELECT kind, id, why FROM stored WHERE why IS NOT NULL ORDER BY kind, id';
export const DANGLING =
  'SELECT kind, id, from_kind, from_id FROM dangling ORDER BY kind, id, from_kind, from_id';
export const MISCOUNTED =
  'SELECT id, items, counted FROM list WHERE why IS NULL AND items <> counted ORDER BY id';
export const COUNTS = 'SELECT kind, count(*) AS rows FROM stored GROUP BY kind';
/** Left over from changed playlists. */
export const UNREFERENCED = `SELECT kind, count(*) AS rows FROM stored
  WHERE kind <> 'playlist' AND NOT EXISTS (
    SELECT 1 FROM reference WHERE reference.kind = stored.kind AND reference.id = stored.id
  ) GROUP BY kind`;

/** Rows that are malformed or name a missing one, and that no playlist leads to. */
export const COUNT_UNREACHED = 'SELECT count(*) AS rows FROM unreached';
export const FIRST_UNREACHED = 'SELECT kind, id FROM unreached ORDER BY kind, id LIMIT 20';

/** Every playlist that leads to a fault, and the first of its faults. */
export const AFFECTED = `SELECT id, max(items, coalesce(counted, 0)) AS items, why, more
  FROM (SELECT id, min(fault_id) AS fault_id, count(*) - 1 AS more FROM repair GROUP BY id)
  JOIN (SELECT fault_id, why FROM fault) USING (fault_id)
  JOIN (SELECT id, items, counted FROM list) USING (id)
  ORDER BY id`;

const ONLY = 'SELECT min(id) FROM repair GROUP BY fault_id HAVING count(*) = 1';
/** What the only repairs of some faults leave: for each kind of fault the playlists of which one repairs it, as JSON. */
export const CHOICES = `SELECT DISTINCT ids FROM (
    SELECT json_group_array(id) AS ids
    FROM (SELECT * FROM repair ORDER BY fault_id, id)
    WHERE fault_id NOT IN (SELECT fault_id FROM repair WHERE id IN (${ONLY}))
    GROUP BY fault_id
  ) UNION SELECT json_array(id) FROM (SELECT DISTINCT id FROM repair WHERE id IN (${ONLY}))`;
