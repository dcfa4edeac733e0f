/** `spotify-etl plays collect`: the plays that Spotify lists, into the library; once or again and again. */
import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod/mini';
import { defineCommand, field, flag, type OptionsOf } from '../shared/command.ts';
import { STOPPED_EXIT } from '../shared/exit-codes.ts';
import { libraryOption } from '../shared/library.ts';
import { withLibraryApp } from '../shared/with-library-app.ts';
import { createCollectReporter } from './collect-report.ts';
import { poll, pollEvery } from './polling.ts';

const MINUTE_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: 60 * MINUTE_MS };
const MAX_HOURS = 24;

const options = {
  every: field(
    z.optional(z.number()),
    new Option('--every <time>', 'go on, a poll every so many minutes: 20m').argParser(parseEvery),
  ),
  dryRun: flag('--dry-run', 'ask Spotify and say what is new, and write nothing'),
  library: libraryOption,
  json: flag('--json', 'print a JSON object for each poll'),
  quiet: flag('--quiet', 'print only what a person must know'),
};

export const command = defineCommand({
  name: 'collect',
  description:
    'Adds the plays that Spotify lists to the library: the last 50, so ask often. Every 20 minutes none is lost.',
  options,
  help: [
    'Examples:',
    '  spotify-etl plays collect                  once; logs in first if nobody is logged in',
    '  spotify-etl plays collect --every 20m      for as long as it runs',
    '  */20 * * * *  npx spotify-etl plays collect --quiet       in crontab',
    '',
    'A time in which plays may be missing is recorded as a gap: spotify-etl plays gaps.',
    'A Turso database instead of a file, collecting on AWS or on GitHub: docs/listening.md.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 75 try again later, 130 stopped.',
  ],
  run,
});

async function run(given: OptionsOf<typeof options>): Promise<number> {
  const { dryRun: isDryRun, every: everyMs } = given;
  const needs = { environment: process.env, needsLogin: true, features: ['listening'] } as const;
  return await withLibraryApp(given, needs, async (app, signal) => {
    const reporter = createCollectReporter(given);
    if (everyMs === undefined) reporter.onPoll(await poll(app, isDryRun));
    else await pollEvery(app, { everyMs, isDryRun, reporter, signal });
    reporter.onEnd(app.place);
    return signal.aborted ? STOPPED_EXIT : 0;
  });
}

function parseEvery(given: string): number {
  const [, many, unit = 'm'] = /^(\d{1,4})([mh])$/.exec(given) ?? [];
  const everyMs = Number(many) * (UNITS[unit] ?? 0);
  if (everyMs >= MINUTE_MS && everyMs <= MAX_HOURS * 60 * MINUTE_MS) return everyMs;
  throw new InvalidArgumentError('Give minutes or hours, such as 20m or 1h.');
}
