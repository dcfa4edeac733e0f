/** What a run prints: lines for people and cron, JSON for programs, or only what a person must know. */
import type { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import pc from 'picocolors';
import type { Outcome } from './outcome.ts';
import type { PlannedRequest } from './playlists-file.ts';
import type { RunEvents } from './run-playlists.ts';
import type { TriggerSummary } from './summary.ts';

export type Reporter = RunEvents & {
  /** A line that is neither an answer nor the end. */
  readonly onNote: (line: string) => void;
};

const SIGNS = {
  done: pc.green('✔'),
  failed: pc.red('✖'),
  later: pc.yellow('…'),
  stop: pc.red('■'),
} as const;

const lineWriter = (stream: Writable) => (line: string) => {
  stream.write(`${line}\n`);
};

/** Only notices and what ends a run early, on the error stream. */
export function createQuietReporter(errors: Writable): Reporter {
  const write = lineWriter(errors);
  const ignore = (): void => undefined;
  return {
    onStart: ignore,
    onAnswer: ignore,
    onNote: ignore,
    onWarning: ignore,
    // For cron's mail.
    onNotice: (line) => {
      write(pc.yellow(`! ${line}`));
    },
    onEnd: (summary) => {
      toStopLines(summary).forEach(write);
    },
  };
}

/** Plain lines, for cron and pipes. */
export function createLineReporter(output: Writable, errors: Writable, isTable = false): Reporter {
  const quiet = createQuietReporter(errors);
  const write = lineWriter(output);
  return {
    ...quiet,
    onAnswer: (request, outcome) => {
      write(toAnswerLine(request, outcome));
    },
    onNote: write,
    onWarning: quiet.onNotice,
    onEnd: (summary) => {
      if (isTable && summary.rows > 0) write(toSummaryTable(summary));
      [toSummaryLine(summary), ...toStopLines(summary)].forEach(write);
    },
  };
}

/** One JSON object a line: each answer, then the summary. */
export function createJsonReporter(output: Writable, errors: Writable): Reporter {
  const quiet = createQuietReporter(errors);
  const write = (line: object): void => {
    output.write(`${JSON.stringify(line)}\n`);
  };
  return {
    ...quiet,
    onAnswer: ({ uri, rows }, { verdict, response }) => {
      write({ type: 'answer', playlist_uri: uri, rows: rows.length, verdict, response });
    },
    onNote: (note) => {
      write({ type: 'note', note });
    },
    onWarning: quiet.onNotice,
    onEnd: ({ durationMs, stoppedBy, ...summary }) => {
      const duration_ms = Math.round(durationMs);
      write({ type: 'summary', ...summary, stopped_by: stoppedBy?.response.code, duration_ms });
    },
  };
}

/** One answer in a line of at most `width` columns; the file has the whole message. */
export function toAnswerLine(
  { uri }: PlannedRequest,
  { verdict, response, playlistName }: Outcome,
  width = Number.POSITIVE_INFINITY,
): string {
  const code = verdict === 'done' ? response.code.padEnd(9) : pc.bold(response.code);
  const name = playlistName === undefined ? visible(uri) : pc.dim(visible(uri));
  const start = `${SIGNS[verdict]} ${code} ${name}  `;
  const room = Math.max(0, width - stripVTControlCharacters(start).length);
  const { message } = response;
  return start + (message.length > room ? `${message.slice(0, Math.max(0, room - 1))}…` : message);
}

/** Text without control characters, for a terminal. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

function toSummaryTable({ codes, untouched }: TriggerSummary): string {
  const table = new Table({
    head: ['answer', 'rows'],
    colAligns: ['left', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const [code, rows] of Object.entries(codes)) table.push([code, rows]);
  if (untouched > 0) table.push([pc.dim('not sent'), untouched]);
  return table.toString();
}

function toSummaryLine(summary: TriggerSummary): string {
  const { rows, done, listed = 0, failed, later, untouched, durationMs } = summary;
  if (rows === 0) return 'Nothing to send: no row is pending. --refresh sends all of them again.';
  const parts = [
    listed > 0
      ? `${done} done (${listed} unchanged, checked with one listing call)`
      : `${done} done`,
    ...(failed > 0 ? [`${failed} failed for good`] : []),
    ...(later > 0 ? [`${later} to be tried again`] : []),
    ...(untouched > 0 ? [`${untouched} not sent`] : []),
  ];
  return `${rows} row${rows === 1 ? '' : 's'}: ${parts.join(', ')}; ${toDuration(durationMs)}.`;
}

/** Why a run ended early and what to do; none if it did not. */
function toStopLines({ signal, stoppedBy, untouched }: TriggerSummary): string[] {
  if (signal !== undefined) {
    const line = `■ Stopped by ${signal} with ${untouched} not sent. The next run goes on from here.`;
    return [pc.yellow(line)];
  }
  if (stoppedBy === undefined) return [];
  const { response, retryAfterMs } = stoppedBy;
  const { code, message, time } = response;
  const again = new Date(Date.parse(time) + (retryAfterMs ?? 0)).toISOString();
  const when = retryAfterMs === undefined ? '' : ` Try again after ${again}.`;
  const rest = untouched === 1 ? '1 row was' : `${untouched} rows were`;
  return [pc.red(`■ Stopped (${code}): ${message}${when} ${rest} not sent.`)];
}

function toDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
