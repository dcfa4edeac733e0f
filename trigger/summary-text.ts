/** The end of a start in words. */
import Table from 'cli-table3';
import pc from 'picocolors';
import type { TriggerSummary } from './summary.ts';

/** Answers by kind, as a table. Colour follows NO_COLOR, as picocolors does. */
export function toSummaryTable({ codes, untouched }: TriggerSummary): string {
  const table = new Table({
    head: ['answer', 'rows'],
    colAligns: ['left', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const [code, rows] of Object.entries(codes)) table.push([code, rows]);
  if (untouched > 0) table.push([pc.dim('not sent'), untouched]);
  return table.toString();
}

/** The same in a line, for cron's log. */
export function toSummaryLine(summary: TriggerSummary): string {
  const { rows, done, listed = 0, failed, later, untouched, durationMs } = summary;
  if (rows === 0) return 'Nothing to send: no row is pending. --refresh sends all of them again.';
  const parts = [
    listed > 0 ? `${done} done (${listed} by the list of playlists)` : `${done} done`,
    ...(failed > 0 ? [`${failed} failed for good`] : []),
    ...(later > 0 ? [`${later} to be tried again`] : []),
    ...(untouched > 0 ? [`${untouched} not sent`] : []),
  ];
  return `${rows} row${rows === 1 ? '' : 's'}: ${parts.join(', ')}; ${toDuration(durationMs)}.`;
}

/** Why a start ended early and what to do; undefined where it did not. */
export function toStopLine({ signal, stoppedBy, untouched }: TriggerSummary): string | undefined {
  if (signal !== undefined) {
    return pc.yellow(
      `■ Stopped by ${signal} with ${untouched} not sent. The next start goes on from here.`,
    );
  }
  if (stoppedBy === undefined) return undefined;
  const { code, message, retryAfterMs, time } = stoppedBy;
  const when =
    retryAfterMs === undefined
      ? ''
      : ` Try again after ${new Date(Date.parse(time) + retryAfterMs).toISOString()}.`;
  const rest = untouched === 1 ? '1 row was' : `${untouched} rows were`;
  return pc.red(`■ Stopped (${code}): ${message}${when} ${rest} not sent.`);
}

function toDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
