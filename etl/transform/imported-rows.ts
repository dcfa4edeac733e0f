/** What becomes of the rows of a file. */
import { shortHash } from '../../lib/short-hash.ts';
import type {
  ExportFile,
  ForgetRules,
  ImportedPlay,
  RefusedRow,
  TimeRange,
} from '../model/imports.ts';
import { toImportedPlay } from './imported-plays.ts';

const MINUTE_MS = 60_000;

export type ImportRules = {
  /** Whether plays of private sessions are taken. */
  readonly withPrivate: boolean;
  readonly withCountry: boolean;
  readonly nowMs: number;
  /** What was forgotten and must not come back. */
  readonly forgotten: ForgetRules;
  /** Times that extended histories cover: there account data adds nothing. */
  readonly covered: readonly TimeRange[];
  /** URIs of songs, by `toSongKey`. */
  readonly songs: ReadonlyMap<string, string>;
};

export type SortedRows = {
  /** Each key once. */
  readonly plays: readonly ImportedPlay[];
  readonly refused: readonly RefusedRow[];
  readonly known: number;
  readonly repeated: number;
  readonly forgotten: number;
  readonly private: number;
  /** From the first to the last row that has a time. */
  readonly range: TimeRange | undefined;
};

/** Sorts the rows of a file. `seen` has the keys of the import's earlier rows, and gets those of this file. */
export function sortRows(file: ExportFile, rules: ImportRules, seen: Set<string>): SortedRows {
  const counts = { known: 0, repeated: 0, forgotten: 0, private: 0 };
  const plays: ImportedPlay[] = [];
  const refused: RefusedRow[] = [];
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [index, row] of file.rows.entries()) {
    const play = toImportedPlay(row, file.format, rules.nowMs);
    if (typeof play === 'string') {
      refused.push({ file: file.name, index, reason: play });
      continue;
    }
    firstMs = Math.min(firstMs, play.ended_at);
    lastMs = Math.max(lastMs, play.ended_at);
    const fate = fateOf(play, file, { rules, seen });
    seen.add(play.key);
    if (fate === undefined) plays.push(toStored(play, rules));
    else counts[fate] += 1;
  }
  const range = firstMs > lastMs ? undefined : { firstMs, lastMs };
  return { plays, refused, ...counts, range };
}

type Context = { readonly rules: ImportRules; readonly seen: ReadonlySet<string> };

function fateOf(
  play: ImportedPlay,
  { format }: ExportFile,
  { rules, seen }: Context,
): 'known' | 'repeated' | 'forgotten' | 'private' | undefined {
  if (seen.has(play.key)) return 'repeated';
  if (play.incognito === true && !rules.withPrivate) return 'private';
  if (isForgotten(play, rules.forgotten)) return 'forgotten';
  const { ended_at } = play;
  // It says the minute: that of the first play is covered too.
  const isCovered = rules.covered.some(
    ({ firstMs, lastMs }) => firstMs < ended_at + MINUTE_MS && ended_at <= lastMs,
  );
  return format === 'account' && isCovered ? 'known' : undefined;
}

/** An export names the artist of the album, so the songs themselves are remembered too. */
function isForgotten(
  { ended_at, main_artist, uri }: ImportedPlay,
  { artists, beforeMs, songs }: ForgetRules,
): boolean {
  if (ended_at < beforeMs) return true;
  if (songs.size > 0 && songs.has(toUriHash(uri))) return true;
  return main_artist !== null && artists.size > 0 && artists.has(toArtistHash(main_artist));
}

/** A forgotten artist is remembered by this alone. */
export function toArtistHash(artist: string): string {
  return shortHash(artist.toLowerCase());
}

/** A forgotten song, likewise. */
export function toUriHash(uri: string): string {
  return shortHash(uri);
}

/** A song by its names, whatever their case. */
export function toSongKey(artist: string, title: string): string {
  return `${artist}|${title}`.toLowerCase();
}

function toStored(play: ImportedPlay, { songs, withCountry }: ImportRules): ImportedPlay {
  const { kind, main_artist, name, uri } = play;
  const isNamedOnly = kind === 'track' && uri.startsWith('unknown:');
  const known = isNamedOnly ? songs.get(toSongKey(main_artist ?? '', name ?? '')) : undefined;
  return {
    ...play,
    uri: known ?? uri,
    country: withCountry ? play.country : null,
  };
}
