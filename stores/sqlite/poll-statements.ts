/** What a poll writes and reads. `:poll` is JSON: `now` in milliseconds, how many entries were `returned`, and the rows of `plays`. */

const NOW = ":poll->>'now'";
const DAY_MS = 86_400_000;

const PAGE = `(
  SELECT
    value->>'ended_at' AS ended_at,
    value->>'uri' AS uri,
    value->>'context_uri' AS context_uri,
    value->>'artist_hash' AS artist_hash,
    value->>'uri_hash' AS uri_hash
  FROM json_each(:poll, '$.plays')
)`;

/** Spotify lists no more plays. */
const FULL_PAGE = 50;
/** A listed play takes 30 seconds, so that within this time one of 50 is still listed. */
const SAFE_WAIT_MS = 49 * 30_000;

/**
 * A full page that is newer than everything that was ever seen: nothing shows that it follows on. A short page proves nothing, and
 * before the first poll nothing is known.
 */
export const FIND_GAP = `SELECT
    last AS after,
    oldest AS before,
    CASE WHEN ${NOW} - (SELECT max(at) FROM poll) > ${SAFE_WAIT_MS} THEN 'missed' ELSE 'window' END AS cause,
    ${NOW} AS found_at
  FROM (SELECT min(ended_at) AS oldest FROM ${PAGE}), (SELECT max(newest) AS last FROM poll)
  WHERE :poll->>'returned' >= ${FULL_PAGE} AND oldest > last`;

export const INSERT_GAP = `INSERT INTO gap (after, before, cause, found_at)
  ${FIND_GAP}
  ON CONFLICT DO NOTHING
  RETURNING found_at`;

const API_KEY = "page.ended_at || '|' || page.uri";

const IS_FORGOTTEN = `EXISTS (
  SELECT 1 FROM forgotten
  WHERE forgotten.before > page.ended_at
  OR forgotten.artist_hash = page.artist_hash
  OR forgotten.uri_hash = page.uri_hash
)`;

export const COUNT_FRESH = `SELECT count(*) AS fresh
  FROM ${PAGE} AS page
  WHERE NOT EXISTS (SELECT 1 FROM play WHERE api_key = ${API_KEY}) AND NOT ${IS_FORGOTTEN}`;

export const COUNT_FORGOTTEN = `SELECT count(*) AS forgotten FROM ${PAGE} AS page WHERE ${IS_FORGOTTEN}`;

export const INSERT_PLAYS = `INSERT INTO play (ended_at, item_id, counted, api_key, context_uri, seen_at)
  SELECT page.ended_at, item_id, 1, ${API_KEY}, page.context_uri, ${NOW}
  FROM ${PAGE} AS page JOIN item USING (uri)
  WHERE NOT ${IS_FORGOTTEN}
  ON CONFLICT (api_key) WHERE api_key IS NOT NULL DO NOTHING`;

/** Right after the plays. */
export const INSERT_POLL = `INSERT INTO poll (at, returned, fresh, oldest, newest, outcome)
  SELECT ${NOW}, :poll->>'returned', changes(), min(ended_at), max(ended_at), 'ok' FROM ${PAGE}
  RETURNING fresh`;

/** Old polls, but never the one that has seen the newest play. */
export const FORGET_POLLS = `DELETE FROM poll
  WHERE at < ${NOW} - ${90 * DAY_MS} AND newest IS NOT (SELECT max(newest) FROM poll)`;

/** The times of the page, whether plays of an export are among them, and whether an import was stopped before its end. */
export const FIND_IMPORTED = `SELECT
    oldest AS page_oldest,
    newest AS page_newest,
    EXISTS (
      SELECT 1 FROM play WHERE api_key IS NULL AND ended_at BETWEEN oldest - 120000 AND newest + 120000
    ) AS has_imported,
    EXISTS (
      SELECT 1 FROM import WHERE reconciled_at IS NULL AND finished_at IS NOT NULL
    ) AS has_pending
  FROM (SELECT min(ended_at) AS oldest, max(ended_at) AS newest FROM ${PAGE})`;

const LONGEST_PAUSE = `SELECT max(pause) FROM (
  SELECT ended_at - lag(ended_at) OVER (ORDER BY ended_at) AS pause
  FROM play
  WHERE ended_at > ${NOW} - ${90 * DAY_MS}
)`;

/** The newest play, if it is three days old, and three times as old as the longest pause of the last 90 days. */
export const FIND_QUIET = `SELECT newest
  FROM (SELECT max(ended_at) AS newest FROM play)
  WHERE ${NOW} - newest > ${3 * DAY_MS} AND ${NOW} - newest > 3 * coalesce((${LONGEST_PAUSE}), 0)`;
