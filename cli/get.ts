/** `spotify-etl get`: playlists from Spotify into the library, in this process. */
import type { LibraryApp } from '../app/library-app.ts';
import type { EtlError } from '../etl/errors.ts';
import { LIKED_SONGS } from '../etl/model/ids.ts';
import type { PlaylistEntry } from '../etl/model/playlist-listing.ts';
import type { RunReport } from '../etl/model/summaries.ts';
import { readLists } from './get/read-lists.ts';
import { createGetReporter, type GetReporter } from './get/report.ts';
import { GetTally } from './get/summary.ts';
import { chooseLists, type ListToRead, parseWanted, type Wanted } from './get/wanted.ts';
import { defineCommand, flag, type OptionsOf } from './shared/command.ts';
import { LATER_EXIT, STOPPED_EXIT } from './shared/exit-codes.ts';
import { libraryOption } from './shared/library.ts';
import { startRun } from './shared/run.ts';
import { quantity, writeError, writeWarning } from './shared/terminal.ts';
import { withLibraryApp } from './shared/with-library-app.ts';

const options = {
  all: flag('--all', 'all playlists that you own or collaborate on'),
  liked: flag('--liked', 'your Liked Songs'),
  library: libraryOption,
  json: flag('--json', 'print a JSON object a line: each list, then a summary'),
  quiet: flag('--quiet', 'print only what failed'),
};
type Options = OptionsOf<typeof options>;

/** The longest list of lists, a call a second. */
const LISTING_MS = 600_000;

export const command = defineCommand({
  name: 'get',
  description:
    'Reads playlists from Spotify into the library, a SQLite database on this machine. Lists that have not changed since cost one call per 50.',
  arguments: [['[link...]', 'playlists, by link, URI or ID']],
  options,
  help: [
    'Examples:',
    '  spotify-etl get --all                      all your playlists; logs in first if nobody is logged in',
    '  spotify-etl get --all --liked --quiet      from cron',
    '  spotify-etl get https://open.spotify.com/playlist/<id>',
    '  spotify-etl sql "SELECT playlist_name, playlist_num_items FROM playlist"',
    '',
    'Stopped or out of calls, it goes on where it was when it is started again.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 75 something is left for later, 130 stopped.',
  ],
  run,
});

async function run(given: Options, links: readonly string[]): Promise<number> {
  const wanted = parseWanted(links, given);
  const needsLogin = wanted.all || wanted.liked;
  const needs = { environment: process.env, needsLogin, features: ['ingest'] } as const;
  return await withLibraryApp(given, needs, (app, signal) =>
    get(app, wanted, { reporter: createGetReporter(given), signal }),
  );
}

async function get(
  app: LibraryApp,
  wanted: Wanted,
  { reporter, signal }: { readonly reporter: GetReporter; readonly signal: AbortSignal },
): Promise<number> {
  const startedAt = performance.now();
  const { listed, lists, report } = await findLists(app, wanted);
  if (wanted.all) reporter.onListing(listed);
  const unchanged = listed.filter(({ state }) => state === 'unchanged').length;
  const tally = new GetTally(unchanged, report.spotify_requests);
  reporter.onStart(lists.length);
  const warnings = new Set(report.warnings);
  for await (const outcome of readLists(app, lists, signal)) {
    tally.add(outcome);
    reporter.onOutcome(outcome);
    for (const warning of outcome.report.warnings ?? []) warnings.add(warning);
  }
  const duration_ms = Math.round(performance.now() - startedAt);
  const summary = { ...tally.summarise(lists.length), duration_ms, library: app.place };
  reporter.onEnd(summary, await app.countRows());
  warnings.forEach(writeWarning);
  if (signal.aborted) return STOPPED_EXIT;
  if (tally.stoppedBy !== undefined) return explainStop(tally.stoppedBy, summary.left);
  if (summary.later > 0) return LATER_EXIT;
  return summary.failed > 0 ? 1 : 0;
}

const LIKED: ListToRead = { id: LIKED_SONGS, name: 'Liked Songs' };

type FoundLists = {
  readonly lists: readonly ListToRead[];
  /** What a listing says of all others. */
  readonly listed: readonly PlaylistEntry[];
  readonly report: Partial<RunReport>;
};

/** Those named, then all others that are new or have changed, then Liked Songs. */
async function findLists(
  app: LibraryApp,
  { all, liked, playlistIds }: Wanted,
): Promise<FoundLists> {
  const isNamed = (id: string): boolean => playlistIds.includes(id);
  const started = startRun(LISTING_MS);
  const listing = all ? await app.listPlaylists({}, started.run) : undefined;
  // What is named is read in any case, and counted once.
  const listed = (listing?.playlists ?? []).filter(({ playlist_id }) => !isNamed(playlist_id));
  return {
    lists: [
      ...playlistIds.map((id) => ({ id })),
      ...chooseLists(listed),
      ...(liked ? [LIKED] : []),
    ],
    listed,
    report: started.report,
  };
}

/** What ended the run, when to go on, and how. */
function explainStop({ isRetryable, message, retryAfterSeconds }: EtlError, left: number): number {
  const lists = `${quantity(left, 'list')} ${left === 1 ? 'is' : 'are'} not read yet.`;
  const at =
    retryAfterSeconds === undefined
      ? ''
      : ` Go on after ${new Date(Date.now() + retryAfterSeconds * 1000).toLocaleString()} with the same command.`;
  writeError(`${message} ${lists}${at}`);
  return isRetryable ? LATER_EXIT : 1;
}
