import type {
  ImportedFile,
  ImportOutcome,
  ImportSink,
  KnownHistory,
} from '../../etl/load/sinks.ts';
import type { ForgetRules, ImportedPlay, TimeRange } from '../../etl/model/imports.ts';
import { uniteRanges } from '../../etl/model/time-ranges.ts';
import type { SqlRow, Statement } from './database.ts';
import {
  BEGIN_FILE,
  CLOSE_GAPS,
  COVERED,
  DROP_LESSER,
  END_FILE,
  FIND_PENDING,
  FINISHED,
  INSERT_ITEMS,
  insertPlays,
  MARK_JOINED,
  PENDING_NAMES,
  RULES,
  SONGS,
} from './import-statements.ts';
import { joinPlays } from './join-plays.ts';
import { toJsonPages } from './json-pages.ts';
import type { Library } from './library.ts';

/** Spotify's exports in a library. */
export class LibraryImports implements ImportSink {
  readonly #library: Library;
  /** By hash, what of a stored file depends on more than its content. */
  #finished: ReadonlyMap<string, string> = new Map();

  constructor(library: Library) {
    this.#library = library;
  }

  async openImport(): Promise<ForgetRules> {
    const [rules = [], finished = []] = await this.#library.run(
      [RULES, FINISHED].map((sql) => ({ sql })),
    );
    this.#finished = new Map(finished.map((row) => [String(row.sha256), String(row.left)]));
    return {
      beforeMs: Math.max(0, ...rules.map(({ before }) => Number(before))),
      artists: new Set(rules.map(({ artist_hash }) => String(artist_hash))),
      songs: new Set(
        rules.flatMap(({ uri_hash = null }) => (uri_hash === null ? [] : String(uri_hash))),
      ),
    };
  }

  async findKnown(): Promise<KnownHistory> {
    const [times = [], songs = []] = await this.#library.run(
      [COVERED, SONGS].map((sql) => ({ sql })),
    );
    return {
      covered: uniteRanges(times.flatMap((row) => toRange(row) ?? [])),
      songs: songs.map(({ artist, title, uri }) => ({
        artist: String(artist),
        title: String(title),
        uri: String(uri),
      })),
    };
  }

  async putFile(file: ImportedFile): Promise<number> {
    const { format, plays, sha256, startedAt: now } = file;
    const { counts } = file;
    if (this.#finished.get(sha256) === `${counts.private} ${counts.forgotten}`) return 0;
    const results = await this.#library.run([
      { sql: BEGIN_FILE, args: { file: toFileRow(file) } },
      ...toJsonPages(toItemRows(plays)).map((items) => ({
        sql: INSERT_ITEMS,
        args: { items, format },
      })),
      ...toJsonPages(plays.map(toPlayRow)).flatMap((page): Statement[] => [
        { sql: insertPlays(format), args: { plays: page, sha256, now } },
        { sql: 'SELECT changes() AS fresh' },
      ]),
      { sql: END_FILE, args: { file: toFileRow(file) } },
    ]);
    return results.flat().reduce((sum, { fresh = 0 }) => sum + Number(fresh), 0);
  }

  async finishImport(now: number): Promise<ImportOutcome> {
    const [[pending] = [], times = []] = await this.#library.run([
      { sql: FIND_PENDING },
      { sql: COVERED },
    ]);
    const closed = await this.#cover(times.flatMap((row) => toRange(row) ?? []));
    const then = [{ sql: MARK_JOINED, args: { now } }];
    const range = toRange(pending);
    if (range === undefined) await this.#library.run(then);
    const pairs = range === undefined ? [] : await joinPlays(this.#library, range, { then });
    return { differencesMs: pairs.map(({ differenceMs }) => differenceMs), gapsClosed: closed };
  }

  /** What extended histories tell, account data and gaps need not. */
  async #cover(ranges: readonly TimeRange[]): Promise<number> {
    if (ranges.length === 0) return 0;
    const times = JSON.stringify(
      uniteRanges(ranges).map(({ firstMs, lastMs }) => [firstMs, lastMs]),
    );
    const [gaps = []] = await this.#library.run([
      { sql: CLOSE_GAPS, args: { times } },
      { sql: DROP_LESSER, args: { times } },
    ]);
    return gaps.length;
  }
}

/** The names of files whose plays were not compared with the polls. */
export async function listUnfinishedImports(library: Library): Promise<string[]> {
  const [rows = []] = await library.run([{ sql: PENDING_NAMES }]);
  return rows.map(({ name }) => String(name));
}

function toRange(row: SqlRow | undefined): TimeRange | undefined {
  const { first = null, last = null } = row ?? {};
  return first === null || last === null
    ? undefined
    : { firstMs: Number(first), lastMs: Number(last) };
}

function toFileRow({
  counts,
  format,
  name,
  plays,
  range,
  sha256,
  startedAt,
}: ImportedFile): string {
  const { firstMs = null, lastMs = null } = range ?? {};
  return JSON.stringify({
    ...counts,
    format,
    name,
    sha256,
    plays: plays.length,
    now: startedAt,
    first: firstMs,
    last: lastMs,
  });
}

/** Each once; of two sightings the one that has a name. */
function toItemRows(plays: readonly ImportedPlay[]): object[] {
  const items = new Map<string, ImportedPlay>();
  for (const play of plays) {
    const known = items.get(play.uri);
    if (known === undefined || (known.name === null && play.name !== null)) {
      items.set(play.uri, play);
    }
  }
  return [...items.values()].map(({ kind, main_artist, name, parent_name, parent_uri, uri }) => [
    uri,
    kind,
    name,
    main_artist,
    parent_name,
    parent_uri,
  ]);
}

/** In the order of `insertPlays`. */
function toPlayRow(play: ImportedPlay): unknown[] {
  const { counted, country, device, ended_at, incognito, key, ms_played } = play;
  const { offline, reason_end, reason_start, shuffle, skipped, uri } = play;
  return [
    ...[uri, ended_at, ms_played, counted, key, reason_start, reason_end],
    ...[skipped, shuffle, offline, incognito, device, country],
  ];
}
