/** The statements of the journal of syncs. */

export const SELECT_PAIR =
  'SELECT good_count, suspect_hash, suspect_day FROM sync_pair WHERE pair = :pair';
export const SELECT_CONFIRMED =
  'SELECT pair FROM sync_confirmed WHERE pair = :pair AND target_id = :target_id';
export const SELECT_CLAIMS =
  'SELECT uri, added_at FROM sync_claim WHERE pair = :pair AND target_id = :target_id';
export const SELECT_SEEN =
  'SELECT uri FROM sync_seen WHERE pair = :pair AND target_id = :target_id';
export const NOTE_SEEN =
  'INSERT INTO sync_seen (pair, target_id, uri) SELECT :pair, :target_id, value FROM json_each(:uris) WHERE true ON CONFLICT DO NOTHING';
export const SELECT_ASIDE = 'SELECT uri, reason FROM sync_set_aside WHERE until > :now';
export const NOTE_COUNT =
  'INSERT INTO sync_pair (pair, good_count) VALUES (:pair, :good_count) ON CONFLICT (pair) DO UPDATE SET good_count = excluded.good_count, suspect_hash = NULL, suspect_day = NULL';
/** The first day of equal reads counts. */
export const NOTE_SUSPECT =
  'INSERT INTO sync_pair (pair, suspect_hash, suspect_day) VALUES (:pair, :hash, :day) ON CONFLICT (pair) DO UPDATE SET suspect_hash = excluded.suspect_hash, suspect_day = CASE WHEN suspect_hash IS excluded.suspect_hash THEN suspect_day ELSE excluded.suspect_day END';
export const CONFIRM =
  'INSERT INTO sync_confirmed (pair, target_id) VALUES (:pair, :target_id) ON CONFLICT DO NOTHING';
export const SELECT_SETTLED = 'SELECT settled FROM sync_settled WHERE pair = :pair';
export const NOTE_SETTLED =
  'INSERT INTO sync_settled (pair, settled) VALUES (:pair, :settled) ON CONFLICT (pair) DO UPDATE SET settled = excluded.settled';
export const LOCK =
  'INSERT INTO sync_lock (target_id, holder, until) VALUES (:target_id, :holder, :until) ON CONFLICT (target_id) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE holder = excluded.holder OR until <= :now RETURNING holder';
export const UNLOCK = 'DELETE FROM sync_lock WHERE target_id = :target_id AND holder = :holder';
export const BEGIN =
  'INSERT INTO sync_run (run_id, pair, target_id, kind, started_at, undoes) VALUES (:run_id, :pair, :target_id, :kind, :started_at, :undoes) ON CONFLICT DO NOTHING';
export const COUNT_STEPS = 'SELECT count(*) AS steps FROM sync_step WHERE run_id = :run_id';
export const INSERT_LIST =
  'INSERT INTO sync_list (run_id, list, part, items) VALUES (:run_id, :list, :part, :items) ON CONFLICT DO NOTHING';
export const INTEND =
  'INSERT INTO sync_step (run_id, step, intent, expected_hash) VALUES (:run_id, :step, :intent, :hash)';
export const ANSWER =
  'UPDATE sync_step SET answer = :answer WHERE run_id = :run_id AND step = :step';
/** The run that added it stays the one. */
export const CLAIM =
  "INSERT INTO sync_claim (pair, target_id, uri, added_at, run_id) SELECT :pair, :target_id, value->>'uri', value->>'added_at', :run_id FROM json_each(:items) WHERE true ON CONFLICT DO NOTHING";
export const RECLAIM =
  "INSERT INTO sync_claim (pair, target_id, uri, added_at, run_id) SELECT value->>'pair', value->>'target_id', value->>'uri', value->>'added_at', value->>'run_id' FROM json_each(:claims) WHERE true ON CONFLICT DO NOTHING";
export const REDATE =
  "UPDATE sync_claim SET added_at = (SELECT value->>'added_at' FROM json_each(:items) WHERE value->>'uri' = sync_claim.uri) WHERE pair = :pair AND target_id = :target_id AND uri IN (SELECT value->>'uri' FROM json_each(:items))";
const CLAIMS =
  'sync_claim WHERE target_id = :target_id AND uri IN (SELECT value FROM json_each(:uris))';
export const DISCLAIM = `DELETE FROM ${CLAIMS} AND pair = :pair`;
/** A write takes every copy, of all pairs. */
export const DISCLAIM_ALL = `DELETE FROM ${CLAIMS} RETURNING *`;
export const SET_ASIDE =
  'INSERT INTO sync_set_aside (uri, reason, until) SELECT value, :reason, :until FROM json_each(:uris) WHERE true ON CONFLICT (uri, reason) DO UPDATE SET until = excluded.until';
export const END =
  'UPDATE sync_run SET outcome = :outcome, ended_at = :ended_at, after_hash = :after_hash WHERE run_id = :run_id';
/** Without what was surely not made, and what has changed nothing. */
const MADE =
  "answer IS NOT 'refused' AND NOT (intent->>'kind' = 'move' AND intent->>'start' = intent->>'before')";
const RUN = `SELECT run_id, pair, target_id, kind, started_at, ended_at, outcome, after_hash, undoes, (SELECT count(*) FROM sync_step WHERE sync_step.run_id = sync_run.run_id AND ${MADE}) AS writes FROM sync_run`;
export const SELECT_RUNS = `${RUN} WHERE :pair IS NULL OR pair = :pair ORDER BY rowid DESC`;
/** Keys, not copies. An answer that was lost counts, as the write has probably landed. */
export const SELECT_CHANGES = `WITH
  done AS (
    SELECT run_id, intent, json_extract(intent, '$.kind') AS kind
    FROM sync_step JOIN sync_run USING (run_id)
    WHERE (:pair IS NULL OR pair = :pair) AND answer IN ('done', 'unknown')
  ),
  written AS (
    SELECT run_id, value AS uri FROM done, json_each(intent, '$.uris') WHERE kind IN ('add', 'replace')
  ),
  before AS (
    SELECT run_id, json_extract(value, '$.uri') AS uri FROM sync_list, json_each(items)
    WHERE list = 'before' AND run_id IN (SELECT run_id FROM done)
  ),
  gone AS (
    SELECT run_id, value AS uri FROM done, json_each(intent, '$.uris') WHERE kind = 'remove'
    UNION SELECT run_id, uri FROM before WHERE run_id IN (SELECT run_id FROM done WHERE kind = 'replace')
  ),
  changes AS (
    SELECT run_id, 1 AS added, 0 AS removed FROM (SELECT * FROM written EXCEPT SELECT * FROM before)
    UNION ALL
    SELECT run_id, 0, 1 FROM (SELECT * FROM gone EXCEPT SELECT * FROM written)
  )
SELECT run_id, sum(added) AS added, sum(removed) AS removed FROM changes GROUP BY run_id`;
export const SELECT_RUN = `${RUN} WHERE run_id = :run_id`;
export const SELECT_LAST_HASH =
  'SELECT after_hash FROM sync_run WHERE target_id = :target_id ORDER BY rowid DESC LIMIT 1';
export const SELECT_LISTS =
  'SELECT list, items FROM sync_list WHERE run_id = :run_id ORDER BY list, part';
export const SELECT_CLAIMED = 'SELECT uri, added_at FROM sync_claim WHERE run_id = :run_id';
export const SELECT_STEPS = `SELECT intent, expected_hash FROM sync_step WHERE run_id = :run_id AND ${MADE} ORDER BY step`;
export const SELECT_CREATION =
  'SELECT mark, target_id FROM sync_creation WHERE creation_key = :creation_key';
export const NOTE_CREATION =
  'INSERT INTO sync_creation (creation_key, mark, target_id) VALUES (:creation_key, :mark, :target_id) ON CONFLICT (creation_key) DO UPDATE SET target_id = excluded.target_id';
