/** What a run prints: lines for people and cron, JSON for programs, or only what a person must know. */
import type { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { visible } from '../lib/plain-text.ts';
import type { Outcome } from './outcome.ts';
import type { PlannedRequest } from './playlists-file.ts';
import type { RunEvents } from './run-playlists.ts';
import type { TriggerSummary } from './summary.ts';

export type Reporter = RunEvents & {
  /** A line that is neither an answer nor the end. */
  readonly onNote?: (line: string) => void;
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
export function createQuietReporter(
  errors: Writable,
): Required<Pick<Reporter, 'onEnd' | 'onNotice'>> {
  const write = lineWriter(errors);
  return {
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
export function createLineReporter(output: Writable, errors: Writable): Reporter {
  const { onNotice } = createQuietReporter(errors);
  const write = lineWriter(output);
  return {
    onAnswer: (request, outcome) => {
      write(toAnswerLine(request, outcome));
    },
    onNote: write,
    onWarning: onNotice,
    onNotice,
    onEnd: (summary) => {
      [toSummaryLine(summary), ...toStopLines(summary)].forEach(write);
    },
  };
}

/** One JSON object a line: each answer, then the summary. */
export function createJsonReporter(output: Writable, errors: Writable): Reporter {
  const { onNotice } = createQuietReporter(errors);
  const write = (line: object): void => {
    output.write(`${JSON.stringify(line)}\n`);
  };
  return {
    onAnswer: ({ uri, rows }, { verdict, response }) => {
      write({ type: 'answer', playlist_uri: uri, rows: rows.length, verdict, response });
    },
    onNote: (note) => {
      write({ type: 'note', note });
    },
    onWarning: onNotice,
    onNotice,
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
  const minutes = Math.floor(ms / 60_000);
  const seconds = ((ms % 60_000) / 1000).toFixed(1);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds} s`;
}
