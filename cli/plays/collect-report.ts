/** What `plays collect` prints: a line for each poll, on a terminal one that is written over; JSON; or only what a person must know. */
import pc from 'picocolors';
import type { EtlError } from '../../etl/errors.ts';
import type { PollSummary } from '../../etl/model/plays.ts';
import { quantity, writeError, writeLine, writeWarning } from '../shared/terminal.ts';

export type CollectReporter = {
  readonly onPoll: (polled: PollSummary & { readonly warnings: readonly string[] }) => void;
  /** A failure that passes by itself. */
  readonly onFailure: (error: EtlError) => void;
  /** Milliseconds since the epoch. */
  readonly onWait: (nextAt: number) => void;
  readonly onEnd: (place: string) => void;
};

type ReporterOptions = {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly every?: number | undefined;
  readonly dryRun: boolean;
};

export function createCollectReporter({
  dryRun,
  every,
  json,
  quiet,
}: ReporterOptions): CollectReporter {
  const isLoop = every !== undefined;
  const isLive = isLoop && !json && !quiet && process.stdout.isTTY;
  /** Ends the line that would be written over. */
  const keepLine = (): void => {
    if (isLive) process.stdout.write('\r\u001B[K');
  };
  let collected = 0;
  return {
    onPoll: ({ warnings, ...summary }) => {
      keepLine();
      collected += summary.new;
      if (json) writeLine(JSON.stringify(summary));
      else if (!quiet && !isLive) writeLine(toLine(summary, dryRun));
      [...warningsOf(summary, quiet), ...warnings].forEach(writeWarning);
    },
    onFailure: (error) => {
      keepLine();
      writeError(error.message);
    },
    onWait: (nextAt) => {
      if (!isLive) return;
      const next = new Date(nextAt).toLocaleTimeString(undefined, { timeStyle: 'short' });
      const line = `${quantity(collected, 'new play')} so far. Next poll at ${next}. Ctrl-C ends it.`;
      process.stdout.write(`\r\u001B[K${pc.dim(line.slice(0, process.stdout.columns - 1))}`);
    },
    onEnd: (place) => {
      keepLine();
      if (json || quiet || dryRun) return;
      if (isLoop) writeLine(`${quantity(collected, 'new play')}.`);
      writeLine(`Library: ${place}`);
      writeLine('Next:    npx spotify-etl plays top songs');
    },
  };
}

function toLine({ known, new: fresh, returned }: PollSummary, isDryRun: boolean): string {
  const what = isDryRun ? 'would be new' : 'new';
  return `${pc.green('✔')} ${quantity(returned, 'play')} listed: ${fresh} ${what}, ${known} known.`;
}

/** A long pause is told to who looks, not to who is called 72 times a day. */
function warningsOf(
  { gaps, quiet_since, unreadable = 0 }: PollSummary,
  isQuiet: boolean,
): string[] {
  return [
    ...(gaps > 0
      ? [
          'All 50 plays are newer than what was seen before, so some may be missing: npx spotify-etl plays gaps',
        ]
      : []),
    ...(unreadable > 0 ? [`Entries of Spotify's answer that are no plays: ${unreadable}.`] : []),
    ...(quiet_since === undefined || isQuiet
      ? []
      : [`No new play since ${quiet_since}: nothing was played, or Spotify's list is frozen.`]),
  ];
}
