/** `spotify-etl dashboard`: all that a library holds, as a page to look at. */
import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod/mini';
import { type LibraryPlace, openLibrary } from '../app/library.ts';
import { UsageError } from '../lib/usage-error.ts';
import { createDashboard, type Dashboard } from './dashboard/dashboard.ts';
import { type WrittenDashboard, writeDashboard } from './dashboard/file.ts';
import { serveDashboard } from './dashboard/serve.ts';
import { defineCommand, field, flag, type OptionsOf, parsePort } from './shared/command.ts';
import { findFilledLibrary, libraryOption } from './shared/library.ts';
import { openBrowser } from './shared/open-browser.ts';
import { quantity, writeLine } from './shared/terminal.ts';

const options = {
  out: field(
    z.optional(z.string()),
    new Option('--out <file>', 'write one HTML file instead, which needs no server')
      .argParser(parseOut)
      .conflicts(['port', 'open']),
  ),
  year: field(
    z.optional(z.number()),
    new Option('--year <year>', 'only that year in review, to keep or to print').argParser(
      parseYear,
    ),
  ),
  port: field(
    z.optional(z.number()),
    new Option('--port <port>', 'port of the page (default: 4747, or any free one)').argParser(
      parsePort,
    ),
  ),
  open: field(z.boolean(), new Option('--no-open', 'only print the address to open')),
  library: libraryOption,
  json: field(
    z._default(z.boolean(), false),
    new Option('--json', 'print {url} or {path, bytes}, with plays and playlists').conflicts(
      'quiet',
    ),
  ),
  quiet: flag('--quiet', 'print nothing'),
};
type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'dashboard',
  description:
    'Opens a page about your plays, playlists and albums in your browser. It follows the library, and asks nobody else for anything.',
  options,
  help: [
    'Examples:',
    '  spotify-etl dashboard                         until Ctrl-C',
    '  spotify-etl dashboard --no-open --port 8080',
    '  spotify-etl dashboard --out dashboard.html    one file, works without network',
    '  spotify-etl dashboard --year 2026 --out 2026.html',
    '',
    'The file holds your listening history. Only you can read it on this machine;',
    'think before you pass it on.',
    'What the pages show, and how they count: docs/dashboard.md.',
    '',
    'Exit codes: 0 done or stopped by Ctrl-C, 1 failed, 2 wrong usage, 75 another',
    'process writes the file.',
  ],
  run,
});

async function run({ out, year, ...given }: Options): Promise<number> {
  const place = findFilledLibrary(given.library, process.env);
  if (year !== undefined) await assertPlayed(place, year);
  const dashboard = createDashboard({ place, environment: process.env, year });
  if (out !== undefined) return await write(dashboard, out, given);
  const counts = await countRows(place);
  await serveDashboard(dashboard, {
    port: given.port,
    onReady: async (url) => {
      if (given.json) writeLine(JSON.stringify({ url, library: place.place, ...counts }));
      else if (!given.quiet)
        servedLines({ ...counts, url, library: place.place }).forEach(writeLine);
      if (given.open) await openBrowser(url);
    },
  });
  return 0;
}

function parseOut(given: string): string {
  if (given.trim() !== '' && given !== '-') return given;
  throw new InvalidArgumentError('Name a file, such as dashboard.html.');
}

function parseYear(given: string): number {
  if (/^[1-9]\d{3}$/.test(given)) return Number(given);
  throw new InvalidArgumentError('Give a year such as 2026.');
}

type Counts = { readonly plays: number; readonly playlists: number };

const COUNT =
  'SELECT (SELECT count(*) FROM play) AS plays, (SELECT count(*) FROM playlist) AS lists';

/** Also finds out whether it is a library. */
async function countRows(place: LibraryPlace): Promise<Counts> {
  const [row] = await readRows(place, COUNT);
  return { plays: Number(row?.plays), playlists: Number(row?.lists) };
}

const YEARS =
  "SELECT DISTINCT strftime('%Y', ended_at / 1000, 'unixepoch', 'localtime') AS year FROM play WHERE counted ORDER BY 1";

/** @throws UsageError where nothing was played in that year */
async function assertPlayed(place: LibraryPlace, year: number): Promise<void> {
  const years = (await readRows(place, YEARS)).map((row) => Number(row.year));
  if (years.includes(year)) return;
  const found = years.length === 0 ? 'It has none at all' : `Years with plays: ${years.join(', ')}`;
  throw new UsageError(`There are no plays of ${year} in ${place.place}. ${found}.`);
}

async function readRows(place: LibraryPlace, sql: string) {
  const library = openLibrary(place);
  try {
    const [rows = []] = await library.run([{ sql }]);
    return rows;
  } finally {
    await library.close();
  }
}

async function write(
  dashboard: Dashboard,
  out: string,
  { json, quiet }: Pick<Options, 'json' | 'quiet'>,
): Promise<number> {
  const written = await writeDashboard(dashboard, out);
  if (json) writeLine(JSON.stringify(written));
  else if (!quiet) writtenLines(written).forEach(writeLine);
  return 0;
}

function servedLines({
  library,
  url,
  ...counts
}: Counts & { url: string; library: string }): string[] {
  return [
    `Dashboard: ${url}`,
    `${describe(counts)} of ${library}. The page follows it.`,
    'Stop: Ctrl-C',
  ];
}

const writtenLines = ({ bytes, path, ...counts }: WrittenDashboard): string[] => [
  `${path}: ${(bytes / 1e6).toFixed(1)} MB, with ${describe(counts)}.`,
  'It is your listening history: anyone who gets the file can read all of it.',
];

const describe = ({ playlists, plays }: Counts): string =>
  `${quantity(plays, 'play')} and ${quantity(playlists, 'playlist')}`;
