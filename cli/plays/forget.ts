/** `spotify-etl plays forget`: takes plays out of the library for good. */
import {
  type ForgetPlan,
  type Forgetting,
  forgetPlays,
  type Library,
  listPlays,
  planForgetting,
  toArtistHash,
} from '../../app/library.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { defineCommand, flag, type OptionsOf, optionalText } from '../shared/command.ts';
import { PLANNED_EXIT } from '../shared/exit-codes.ts';
import { libraryOption } from '../shared/library.ts';
import { isAgreedTo } from '../shared/questions.ts';
import { quantity, writeLine } from '../shared/terminal.ts';
import { withPlays } from '../shared/with-library.ts';
import { dateOption, periodOptions, toLocalTime, toPeriod } from './period.ts';

const options = {
  before: dateOption('--before <date>', 'the plays before 2015, 2015-03, 2015-03-09, 400d or 2y'),
  artist: optionalText('--artist <name>', 'the plays of this main artist'),
  all: flag('--all', 'all plays up to now'),
  yes: flag('--yes', 'do it without asking'),
  timeZone: periodOptions.timeZone,
  library: libraryOption,
  json: flag('--json', 'print the plan as a JSON object'),
};
type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'forget',
  description:
    'Takes plays out of the library for good. Shows first what that would be; polls and imports do not bring it back.',
  options,
  help: [
    'Examples:',
    '  spotify-etl plays forget --artist "White Noise"',
    '  spotify-etl plays forget --before 2015 --yes',
    '',
    'Songs in your playlists stay there. There is no undo. To leave something out of statistics only: plays leave-out.',
    '',
    'Exit codes: 0 done, or nothing to do, 1 failed, 2 wrong usage, 3 shown, and not done.',
  ],
  run,
});

async function run(given: Options): Promise<number> {
  const nowMs = Date.now();
  const wanted = toForgetting(given, nowMs);
  return await withPlays(given.library, process.env, async (library) => {
    const forgetting = given.all ? await includeNewest(library, nowMs) : wanted;
    const plan = await planForgetting(library, forgetting);
    const isNothing = plan.plays === 0;
    const isAgreed = !isNothing && (given.yes || (await ask(plan, given)));
    if (isAgreed) await forgetPlays(library, forgetting, nowMs);
    if (given.json) writeLine(JSON.stringify({ ...plan, forgotten: isAgreed }));
    else if (isNothing) writeLine('There are no such plays in the library.');
    else if (isAgreed) writeLine(`${quantity(plan.plays, 'play')} forgotten.`);
    else writeLine('Nothing was forgotten. To do it: the same command with --yes');
    return isNothing || isAgreed ? 0 : PLANNED_EXIT;
  });
}

function toForgetting({ all, artist, before, timeZone }: Options, nowMs: number): Forgetting {
  const named = [all, artist !== undefined, before !== undefined].filter(Boolean).length;
  if (named !== 1) {
    throw new UsageError('Which plays? Give one of --before <date>, --artist <name>, --all.');
  }
  if (artist !== undefined) return { artist, artistHash: toArtistHash(artist) };
  if (before === undefined) return { beforeMs: nowMs };
  return { beforeMs: toPeriod({ since: before, until: undefined, timeZone }, nowMs).sinceMs };
}

/** This machine's clock can be behind Spotify's: then the newest play is later than now. */
async function includeNewest(library: Library, nowMs: number): Promise<Forgetting> {
  const { sinceMs, untilMs } = toPeriod({ since: undefined, until: undefined, timeZone: 'UTC' });
  const [newest] = await listPlays(library, { sinceMs, untilMs, limit: 1 });
  return { beforeMs: Math.max(nowMs, newest === undefined ? 0 : Date.parse(newest.ended_at) + 1) };
}

/** Shows the plan; asks where somebody is there. */
async function ask(plan: ForgetPlan, { json, timeZone }: Options): Promise<boolean> {
  if (json) return false;
  const { first, in_lists, last, plays, songs } = plan;
  writeLine(
    `${quantity(plays, 'play')} of ${quantity(songs, 'song')}, from ${toLocalTime(first ?? '', timeZone)} to ${toLocalTime(last ?? '', timeZone)}, would be forgotten.`,
  );
  if (in_lists > 0) writeLine(`${quantity(in_lists, 'song')} in your playlists would stay there.`);
  return await isAgreedTo('There is no undo. Forget them?');
}
