/** What `albums collect` prints: its plan, a line for each artist and a bar of calls; JSON; or only what failed. */
import { MultiBar, type SingleBar } from 'cli-progress';
import pc from 'picocolors';
import type { ArtistOutcome, CollectPlan } from '../../app/collect-albums.ts';
import type { EtlError } from '../../etl/errors.ts';
import { visible } from '../../lib/plain-text.ts';
import { BAR_OPTIONS } from '../../lib/progress-bar.ts';
import { count, quantity, wrap, writeError, writeLine } from '../shared/terminal.ts';

/** Wire names. */
export type CollectSummary = Readonly<
  Record<
    'calls_planned' | 'calls_made' | 'artists_complete' | 'artists_total' | 'albums' | 'families',
    number
  >
>;

export type CollectReporter = {
  readonly onPlan: (plan: CollectPlan) => void;
  /** Calls of the run so far. */
  readonly onCalls: (made: number) => void;
  readonly onArtist: (outcome: ArtistOutcome, name: string) => void;
  /** With what ended the run before its last artist. */
  readonly onEnd: (summary: CollectSummary, stoppedBy: EtlError | undefined) => void;
};

type ReporterOptions = {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly dryRun: boolean;
};

export function createCollectReporter(
  { dryRun, json, quiet }: ReporterOptions,
  place: string,
): CollectReporter {
  const isSilent = json || quiet;
  const bars = process.stdout.isTTY && !isSilent && !dryRun ? createBars() : undefined;
  const log = (line: string): void => {
    if (bars === undefined) writeLine(line);
    else for (const part of wrap(line, process.stdout.columns - 1)) bars.log(`${part}\n`);
  };
  let bar: SingleBar | undefined;
  let isCutByDay = false;
  return {
    onPlan: (plan) => {
      isCutByDay = plan.calls < plan.callsNeeded;
      if (!isSilent) planLines(plan).forEach(writeLine);
      if (plan.calls > 0) bar = bars?.create(plan.calls, 0);
    },
    onCalls: (made) => bar?.update(made),
    onArtist: (outcome, name) => {
      const { error } = outcome;
      if (error !== undefined && !endsSilently(error)) {
        const text = `${visible(name) || outcome.artistId}: ${error.message}`;
        if (bars === undefined) writeError(text);
        else log(`${pc.red('✖')} ${text}`);
      }
      if (!isSilent && error === undefined) log(artistLine(outcome, name));
    },
    onEnd: (summary, stoppedBy) => {
      bars?.update();
      bars?.stop();
      if (json) writeLine(JSON.stringify(summary));
      else if (!quiet) endLines(summary, { dryRun, place }).forEach(writeLine);
      if (stoppedBy !== undefined && endsSilently(stoppedBy) && !isSilent) {
        const why = isCutByDay ? 'The calls of this day are used up.' : stoppedBy.message;
        writeLine(`${why} The same command goes on${toMoment(stoppedBy)}.`);
      }
    },
  };
}

/** A day whose calls are used up has not failed. */
const endsSilently = ({ code }: EtlError): boolean =>
  code === 'SPOTIFY_BUDGET_SPENT' || code === 'PLAYLIST_OVER_BUDGET';

function planLines({ artists, calls, callsLeft, callsNeeded }: CollectPlan): string[] {
  const isListed = artists.filter(({ isToBeListed }) => isToBeListed).length;
  const albums = artists.reduce((sum, { toMeasure }) => sum + toMeasure.length, 0);
  const parts = [
    `${quantity(isListed, 'artist')} to list`,
    `${quantity(albums, 'known album')} to measure`,
  ];
  const most = isListed > 0 ? 'at most ' : '';
  const day = callsNeeded > callsLeft ? `; the day still allows ${count(callsLeft)}` : '';
  return [
    `Plan: ${parts.join(', ')}: ${most}${quantity(callsNeeded, 'call')}${day}.`,
    ...(calls < callsNeeded ? ['What does not fit is left for the next run.'] : []),
  ];
}

function artistLine({ albums, calls, left, measured }: ArtistOutcome, name: string): string {
  const sign = left > 0 ? pc.yellow('…') : pc.green('✔');
  const rest = left > 0 ? `, ${left} left` : '';
  return `${sign} ${visible(name).trim() || '(no name)'}: ${quantity(albums, 'album')}, ${measured} measured now${rest} (${quantity(calls, 'call')})`;
}

function endLines(
  { albums, artists_complete, artists_total, calls_made, families }: CollectSummary,
  { dryRun, place }: { readonly dryRun: boolean; readonly place: string },
): string[] {
  return [
    `${artists_complete} of ${quantity(artists_total, 'artist')} complete: ${quantity(albums, 'album')}, ${count(families)} without their editions; ${quantity(calls_made, 'call')} to Spotify.`,
    ...(dryRun ? [] : [`Library: ${place}`, 'Next:    npx spotify-etl albums report --out report']),
  ];
}

function toMoment({ retryAfterSeconds }: EtlError): string {
  if (retryAfterSeconds === undefined || retryAfterSeconds < 60) return '';
  return ` after ${new Date(Date.now() + retryAfterSeconds * 1000).toLocaleString()}`;
}

function createBars(): MultiBar {
  return new MultiBar({
    format: '{bar} {value} of at most {total} calls',
    barsize: 24,
    ...BAR_OPTIONS,
    stream: process.stdout,
  });
}
