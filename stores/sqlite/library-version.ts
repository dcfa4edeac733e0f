import type { Library } from './library.ts';

/** What grows, or is dated, whenever a command has written something that people look at. */
const SELECT = `SELECT
  (SELECT sum(revision) FROM state) AS calls,
  (SELECT max(poll_id) FROM poll) AS polls,
  (SELECT max(play_id) FROM play) AS plays,
  (SELECT max(rule_id) FROM forgotten) AS forgotten,
  (SELECT max(coalesce(reconciled_at, finished_at, started_at)) FROM import) AS imports,
  (SELECT count(*) || ' ' || max(left_out_at) FROM left_out) AS left_out,
  (SELECT count(*) || ' ' || max(extracted_at) FROM playlist) AS playlists,
  (SELECT count(*) || ' ' || max(coalesce(ended_at, started_at)) FROM sync_run) AS syncs,
  (SELECT count(*) || ' ' || max(checked_at) FROM artist_listing) AS albums`;

/**
 * A text that changes with what is in the library. It reads a few hundred rows, and a server sells only so many a month: ask it
 * seldom.
 *
 * @throws EtlError as `Library.run`
 */
export async function readLibraryVersion(library: Library): Promise<string> {
  const [[row = {}] = []] = await library.run([{ sql: SELECT }]);
  return Object.values(row).join(' ');
}
