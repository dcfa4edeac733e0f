import type {
  FinishedImport,
  ImportedFile,
  ImportOutcome,
  ImportSink,
  OpenedImport,
} from '../../etl/load/sinks.ts';
import { coversItsTime, type ImportedPlay } from '../../etl/model/imports.ts';
import { joinRanges, type TimeRange } from '../../etl/model/time-ranges.ts';
import type { SqlRow, Statement } from './database.ts';
import {
  BEGIN_FILE,
  CLOSE_GAPS,
  COUNT_NEW,
  COVERED,
  DROP_LESSER,
  END_FILE,
  FIND_PENDING,
  FINISHED,
  INSERT_ITEMS,
  insertPlays,
  MARK_JOINED,
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

  async openImport(): Promise<OpenedImport> {
    const [rules = [], covered = [], songs = [], finished = []] = await this.#library.run(
      [RULES, COVERED, SONGS, FINISHED].map((sql) => ({ sql })),
    );
    this.#finished = new Map(finished.map((row) => [String(row.sha256), String(row.left)]));
    return {
      rules: {
        beforeMs: Math.max(0, ...rules.map(({ before }) => Number(before))),
        artists: new Set(rules.map(({ artist_hash }) => String(artist_hash))),
      },
      covered: toCovered(covered),
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
        { sql: COUNT_NEW, args: { sha256 } },
      ]),
      { sql: END_FILE, args: { file: toFileRow(file) } },
    ]);
    return results.flat().reduce((sum, { fresh = 0 }) => sum + Number(fresh), 0);
  }

  async finishImport({ sha256, startedAt }: FinishedImport): Promise<ImportOutcome> {
    const [pending = [], covered = []] = await this.#library.run(
      [FIND_PENDING, COVERED].map((sql) => ({ sql })),
    );
    const gapsClosed = await this.#cover(joinRanges(toCovered(covered)), JSON.stringify(sha256));
    const range = toRange(pending[0]);
    if (range === undefined) return { differencesMs: [], gapsClosed };
    const mark = { sql: MARK_JOINED, args: { now: startedAt } };
    const pairs = await joinPlays(this.#library, range, { then: [mark] });
    return { differencesMs: pairs.map(({ differenceMs }) => differenceMs), gapsClosed };
  }

  /** Where an extended history is complete, account data adds nothing and no gap is left. Returns how many were. */
  async #cover(ranges: readonly TimeRange[], own: string): Promise<number> {
    const results = await this.#library.run(
      ranges.flatMap(({ firstMs: first, lastMs: last }) => [
        { sql: CLOSE_GAPS, args: { first, last, own } },
        { sql: DROP_LESSER, args: { first, last } },
      ]),
    );
    return results.flat().length;
  }
}

function toCovered(rows: readonly SqlRow[]): TimeRange[] {
  const files = rows.filter(({ name }) =>
    coversItsTime({ name: String(name), format: 'extended' }),
  );
  return files.flatMap((row) => toRange(row) ?? []);
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
