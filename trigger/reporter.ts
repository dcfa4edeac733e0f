/** How a start tells what it does: lines for people and cron, JSON for programs, or nothing. */
import type { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import type { Outcome } from './outcome.ts';
import type { PlannedRequest } from './plan-requests.ts';
import type { TriggerSummary } from './summary.ts';
import { toStopLine, toSummaryLine, toSummaryTable } from './summary-text.ts';

export type Reporter = {
  onStart: (requests: number) => void;
  onAnswer: (request: PlannedRequest, outcome: Outcome) => void;
  /** Something worth a line that is neither an answer nor the end. */
  onNote: (line: string) => void;
  /** Something that did not go as it should, though the start goes on. */
  onWarning: (line: string) => void;
  /** What the API wants a person to know, in cron's mail above all. */
  onNotice: (line: string) => void;
  onEnd: (summary: TriggerSummary) => void;
};

const SIGNS = {
  done: pc.green('✔'),
  failed: pc.red('✖'),
  later: pc.yellow('…'),
  stop: pc.red('■'),
} as const;

/** One answer in a line, its message cut where the line would be wider than it may; the file has all of it. */
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

/** What of a cell may go to a terminal. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** Plain lines, as for cron and pipes. */
export function createLineReporter(output: Writable, errors: Writable, isTable = false): Reporter {
  const say = (line: string): void => {
    output.write(`${line}\n`);
  };
  return {
    onStart: () => undefined,
    onAnswer: (request, outcome) => {
      say(toAnswerLine(request, outcome));
    },
    onNote: say,
    onWarning: createWarn(errors),
    onNotice: createWarn(errors),
    onEnd: (summary) => {
      if (isTable && summary.rows > 0) say(toSummaryTable(summary));
      say(toSummaryLine(summary));
      const stopLine = toStopLine(summary);
      if (stopLine !== undefined) say(stopLine);
    },
  };
}

/** One JSON object a line: each answer, then the summary. */
export function createJsonReporter(output: Writable, errors: Writable): Reporter {
  const say = (line: object): void => {
    output.write(`${JSON.stringify(line)}\n`);
  };
  return {
    onStart: () => undefined,
    onAnswer: ({ uri, rows }, { verdict, response }) => {
      say({ type: 'answer', playlist_uri: uri, rows: rows.length, verdict, response });
    },
    onNote: (note) => {
      say({ type: 'note', note });
    },
    onWarning: createWarn(errors),
    onNotice: createWarn(errors),
    onEnd: ({ durationMs, stoppedBy, ...summary }) => {
      const stopped = stoppedBy === undefined ? {} : { stopped_by: stoppedBy.code };
      say({ type: 'summary', ...summary, ...stopped, duration_ms: Math.round(durationMs) });
    },
  };
}

function createWarn(errors: Writable): Reporter['onWarning'] {
  return (line) => {
    errors.write(`${pc.yellow(`! ${line}`)}\n`);
  };
}

/** Only what ends a start early and what a person must know, on the error stream. */
export function createQuietReporter(errors: Writable): Reporter {
  return {
    onStart: () => undefined,
    onAnswer: () => undefined,
    onNote: () => undefined,
    onWarning: () => undefined,
    onNotice: createWarn(errors),
    onEnd: (summary) => {
      const stopLine = toStopLine(summary);
      if (stopLine !== undefined) errors.write(`${stopLine}\n`);
    },
  };
}
