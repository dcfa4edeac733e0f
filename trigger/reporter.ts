/** The output of a run: lines for people and cron, JSON for programs, or only errors. */
import type { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { MultiBar, type SingleBar } from 'cli-progress';
import pc from 'picocolors';
import type { Host } from '../lib/host.ts';
import { visible } from '../lib/plain-text.ts';
import { BAR_OPTIONS } from '../lib/progress-bar.ts';
import { UsageError } from '../lib/usage-error.ts';
import type { TriggerOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import type { PlannedRequest } from './playlists-file.ts';
import type { RunEvents } from './run-playlists.ts';
import type { TriggerSummary } from './summary.ts';

/** `onNote`: a line that is neither an answer nor the end. */
export type Reporter = RunEvents & { readonly onNote?: (line: string) => void };

/** `-` leaves standard output to the file. */
export function createReporter(
  { now, stderr, stdout }: Host,
  { json, quiet }: Pick<TriggerOptions, 'json' | 'quiet'>,
  file: string,
): Reporter {
  const output = file === '-' ? stderr : stdout;
  if (quiet) return createQuietReporter(stderr, file);
  if (json && output === stdout) return createJsonReporter(stdout, stderr);
  if (json) {
    throw new UsageError('--json and - both need standard output. Name a file or drop --json.');
  }
  return output.isTTY ? createTerminalReporter(output, now) : createLineReporter(output, stderr);
}

const SIGNS = {
  done: pc.green('✔'),
  failed: pc.red('✖'),
  later: pc.yellow('…'),
  stop: pc.red('■'),
} as const;

/** Only notices, early ends and failed rows, on the error stream, for cron's mail. */
function createQuietReporter(errors: Writable, file?: string): Reporter {
  const write = (line: string): boolean => errors.write(`${line}\n`);
  return {
    onNotice: (line) => write(pc.yellow(`! ${line}`)),
    onEnd: (summary) => {
      toStopLines(summary).forEach(write);
      if (file !== undefined && summary.failed > 0) write(toFailedLine(summary, file));
    },
  };
}

function toFailedLine({ failed, rows }: TriggerSummary, file: string): string {
  return pc.red(`✖ ${failed} of ${quantity(rows, 'row')} failed for good: see response in ${file}`);
}

const quantity = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Plain lines, for cron and pipes. */
function createLineReporter(output: Writable, errors: Writable): Reporter {
  const { onNotice } = createQuietReporter(errors);
  const write = (line: string): boolean => output.write(`${line}\n`);
  return {
    onAnswer: (request, outcome) => {
      toAnswerLines(request, outcome).forEach(write);
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
function createJsonReporter(output: Writable, errors: Writable): Reporter {
  const { onNotice } = createQuietReporter(errors);
  const write = (line: object): boolean => output.write(`${JSON.stringify(line)}\n`);
  return {
    onAnswer: ({ uri, rows }, { verdict, response }) =>
      write({ type: 'answer', playlist_uri: uri, rows: rows.length, verdict, response }),
    onNote: (note) => write({ type: 'note', note }),
    onWarning: onNotice,
    onNotice,
    onEnd: ({ durationMs, stoppedBy, ...summary }) => {
      const duration_ms = Math.round(durationMs);
      write({ type: 'summary', ...summary, stopped_by: stoppedBy?.response.code, duration_ms });
    },
  };
}

const BAR_SIZE = 20;
/** Narrower terminals get numbers without the bar. */
const MIN_BAR_COLUMNS = 60;
const NUMBERS = '{value}/{total}  {rate}/s  {eta_formatted} left';

/** For a person at a terminal: a line per answer above a bar with rate and time left. */
function createTerminalReporter(output: NodeJS.WriteStream, now: () => number): Reporter {
  const lines = createLineReporter(output, output);
  const bars = new MultiBar({
    format: output.columns < MIN_BAR_COLUMNS ? NUMBERS : `{bar} ${NUMBERS}`,
    barsize: BAR_SIZE,
    ...BAR_OPTIONS,
    stream: output,
  });
  let bar: SingleBar | undefined;
  let startedAt = 0;
  let answered = 0;
  const log = (line: string): void => {
    bars.log(`${line}\n`);
  };
  // Both streams are one screen, so warnings go above the bar too.
  const warn = (line: string): void => {
    for (const part of wrap(`! ${line}`, output.columns - 1)) log(pc.yellow(part));
  };
  return {
    onStart: (requests) => {
      startedAt = now();
      if (requests > 0) bar = bars.create(requests, 0, { rate: '–' });
    },
    onAnswer: (request, outcome) => {
      answered += 1;
      toAnswerLines(request, outcome, output.columns - 1).forEach(log);
      const rate = answered / Math.max((now() - startedAt) / 1000, 0.001);
      bar?.increment(1, { rate: rate.toFixed(rate < 10 ? 1 : 0) });
    },
    onNote: log,
    onWarning: warn,
    onNotice: warn,
    onEnd: (summary) => {
      bars.update();
      bars.stop();
      for (const [code, rows] of Object.entries(summary.codes)) {
        output.write(`${String(rows).padStart(7)}  ${code}\n`);
      }
      lines.onEnd(summary);
    },
  };
}

/** Breaks at spaces if possible; the bar's package would cut long lines. */
function wrap(line: string, width: number): string[] {
  const size = Math.max(MIN_BAR_COLUMNS / 3, width);
  return line.match(new RegExp(`.{1,${size}}(?: |$)|.{1,${size}}`, 'g')) ?? [line];
}

const INDENT = '    ';

/** An answer in one line if it fits into `width` columns; else the reason follows the row, wrapped. */
function toAnswerLines(
  { uri }: PlannedRequest,
  { verdict, response: { code, message } }: Outcome,
  width = Number.POSITIVE_INFINITY,
): string[] {
  // The end of the run says why it stopped.
  if (verdict === 'stop') return [];
  const row = visible(uri);
  const isDone = verdict === 'done';
  const line = `${SIGNS[verdict]} ${isDone ? pc.dim(row) : row}  ${isDone ? code : pc.bold(code)}  ${message}`;
  if (stripVTControlCharacters(line).length <= width) return [line];
  const [first = '', ...rest] = wrap(row, width - 2);
  const reason = [...rest, ...wrap(`${code}: ${message}`, width - INDENT.length)];
  return [`${SIGNS[verdict]} ${first}`, ...reason.map((part) => `${INDENT}${part.trimEnd()}`)];
}

function toSummaryLine(summary: TriggerSummary): string {
  const { rows, done, listed = 0, failed, later, untouched, durationMs } = summary;
  if (rows === 0) return 'Nothing to send: no row is pending. --refresh sends loaded rows again.';
  const share = listed > 0 ? ` (${listed} unchanged, checked with one listing call)` : '';
  const others = { 'failed for good': failed, 'for a later run': later, 'not sent': untouched };
  const rest = Object.entries(others).map(([what, count]) =>
    count > 0 ? `, ${count} ${what}` : '',
  );
  const what = `${rows} row${rows === 1 ? '' : 's'}: ${done} done${share}${rest.join('')}`;
  return `${what}; ${(durationMs / 1000).toFixed(1)} s.`;
}

/** Why a run ended early and what to do; empty if it did not. */
function toStopLines({ signal, stoppedBy, untouched }: TriggerSummary): string[] {
  if (signal !== undefined) {
    const line = `■ Stopped by ${signal} with ${untouched} not sent. The next run continues from here.`;
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
