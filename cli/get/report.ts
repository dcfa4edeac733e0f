/** What `get` prints: a line a list for people and cron, JSON for programs, or only what a person must know. */
import { MultiBar, type SingleBar } from 'cli-progress';
import pc from 'picocolors';
import type { LibraryRows } from '../../app/library-app.ts';
import type { EtlError } from '../../etl/errors.ts';
import type { PlaylistEntry } from '../../etl/model/playlist-listing.ts';
import { visible } from '../../lib/plain-text.ts';
import { BAR_OPTIONS } from '../../lib/progress-bar.ts';
import { count, quantity, toTable, wrap, writeError, writeLine } from '../shared/terminal.ts';
import { isStoredByOthers, type ListOutcome } from './read-lists.ts';
import type { GetSummary } from './summary.ts';
import type { ListToRead } from './wanted.ts';

export type GetReporter = {
  /** The user's lists, and those of them that are about to be read. */
  readonly onListing: (playlists: readonly PlaylistEntry[]) => void;
  readonly onStart: (lists: number) => void;
  readonly onOutcome: (outcome: ListOutcome) => void;
  readonly onEnd: (summary: GetSummary, rows: LibraryRows) => void;
};

type ReporterOptions = { readonly json: boolean; readonly quiet: boolean };

export function createGetReporter({ json, quiet }: ReporterOptions): GetReporter {
  if (json) return createJsonReporter();
  if (quiet) return createQuietReporter();
  return createLineReporter();
}

/** One JSON object a line: each list, then the summary. */
function createJsonReporter(): GetReporter {
  const write = (line: object): void => {
    writeLine(JSON.stringify(line));
  };
  return {
    onListing: (playlists) => {
      for (const { items, playlist_id, playlist_name, readable, state } of playlists) {
        const status = readable ? state : 'not_readable';
        const about = { type: 'playlist', playlist_id, playlist_name, status };
        if (status === 'unchanged' || !readable) write({ ...about, counts: { items } });
      }
    },
    onStart: () => undefined,
    onOutcome: (outcome) => {
      const { duration_ms, spotify_requests } = outcome.report;
      const about = { type: 'playlist', playlist_id: outcome.list.id };
      write({ ...about, ...toJson(outcome), spotify_requests, duration_ms });
    },
    onEnd: (summary, rows) => {
      write({ type: 'summary', ...summary, rows });
    },
  };
}

function toJson(outcome: ListOutcome): object {
  if ('summary' in outcome) {
    const { playlist_id, ...summary } = outcome.summary;
    return summary;
  }
  const { name } = outcome.list;
  if (isStoredByOthers(outcome.error)) return { playlist_name: name, status: 'unchanged' };
  const { code, kind, message, retryAfterSeconds } = outcome.error;
  const retry = retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds };
  return {
    playlist_name: name,
    status: kind === 'final' ? 'failed' : 'later',
    code,
    kind,
    message,
    ...retry,
  };
}

/** Only failures, on the error stream, for cron's mail. */
function createQuietReporter(): GetReporter {
  return {
    onListing: () => undefined,
    onStart: () => undefined,
    onOutcome: (outcome) => {
      if ('error' in outcome && !isStoredByOthers(outcome.error))
        writeError(`${nameOf(outcome.list)}: ${outcome.error.message}`);
    },
    onEnd: () => undefined,
  };
}

/** Lines, and on a terminal a bar below them. */
function createLineReporter(): GetReporter {
  const { stdout } = process;
  const bars = stdout.isTTY ? createBars(stdout) : undefined;
  const log = (line: string): void => {
    if (bars === undefined) writeLine(line);
    else bars.log(`${line}\n`);
  };
  let bar: SingleBar | undefined;
  return {
    onListing: (playlists) => {
      const states = countBy(playlists, (list) => (list.readable ? list.state : 'not readable'));
      const known = [...states].map(([state, many]) => `${count(many)} ${state}`);
      log(`${quantity(playlists.length, 'list')}: ${known.join(', ') || 'none'}.`);
    },
    onStart: (lists) => {
      if (lists > 0) bar = bars?.create(lists, 0);
    },
    onOutcome: (outcome) => {
      toLines(outcome, stdout.columns).forEach(log);
      bar?.increment();
    },
    onEnd: (summary, rows) => {
      bars?.update();
      bars?.stop();
      writeLine(closingTable(rows));
      writeLine(summaryLine(summary));
      writeLine(NEXT);
    },
  };
}

function countBy<Each>(all: readonly Each[], by: (each: Each) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const each of all) counts.set(by(each), (counts.get(by(each)) ?? 0) + 1);
  return counts;
}

function createBars(stream: NodeJS.WriteStream): MultiBar {
  return new MultiBar({
    format: '{bar} {value}/{total} lists  {eta_formatted} left',
    barsize: 20,
    ...BAR_OPTIONS,
    stream,
  });
}

const INDENT = '  ';

/** One outcome for a terminal so wide. */
export function toLines(outcome: ListOutcome, columns = Number.POSITIVE_INFINITY): string[] {
  const isDone = 'summary' in outcome;
  const text = isDone
    ? outcome.summary.message
    : `${nameOf(outcome.list)}: ${outcome.error.message}`;
  const sign = isDone ? pc.green('✔') : signOf(outcome.error);
  return wrap(text, columns - 1 - INDENT.length).map(
    (line, at) => `${at === 0 ? `${sign} ` : INDENT}${line}`,
  );
}

function signOf(error: EtlError): string {
  if (isStoredByOthers(error)) return pc.dim('–');
  return error.kind === 'final' ? pc.red('✖') : pc.yellow('…');
}

const nameOf = ({ id, name = id }: ListToRead): string => visible(name).trim() || id;

const NEXT = `Next:    npx spotify-etl sql "SELECT playlist_name, playlist_num_items FROM playlist"`;

function closingTable(rows: LibraryRows): string {
  const cells = Object.entries(rows).map(([table, many]) => [table, count(many)]);
  return toTable(['table', 'rows'], cells, ['left', 'right']);
}

function summaryLine(summary: GetSummary): string {
  const { failed, later, left, lists, loaded, unchanged } = summary;
  const parts = Object.entries({
    loaded,
    unchanged,
    failed,
    'to be tried again': later,
    'not read yet': left,
  });
  const what = parts.flatMap(([state, many]) => (many > 0 ? [`${count(many)} ${state}`] : []));
  const seconds = (summary.duration_ms / 1000).toFixed(1);
  return `${quantity(lists, 'list')}: ${what.join(', ') || 'nothing to read'}; ${quantity(summary.spotify_requests, 'call')} to Spotify, ${seconds} s.\nLibrary: ${summary.library}`;
}
