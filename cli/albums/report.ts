/** `spotify-etl albums report`: the files of a report, out of the library. Asks nobody. */
import { DateTime } from 'luxon';
import { type AlbumReport, reportAlbums, toAnswer, toJson } from '../../app/album-report.ts';
import { openAlbums } from '../../app/library.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { defineCommand, flag, type OptionsOf, optionalText } from '../shared/command.ts';
import { findFilledLibrary, libraryOption } from '../shared/library.ts';
import { wrap, writeLine } from '../shared/terminal.ts';
import { artistsOption, readArtists } from './artists-file.ts';
import { createFolderSink } from './report-folder.ts';

const options = {
  out: optionalText('--out <folder>', 'where the files go; files of the last report are replaced'),
  artists: artistsOption,
  day: optionalText('--day <date>', 'a day of the week that the report is of (default: today)'),
  library: libraryOption,
  json: flag('--json', 'print what summary.json has'),
  quiet: flag('--quiet', 'print nothing'),
};

export const command = defineCommand({
  name: 'report',
  description:
    'Writes report.html with the answer, three charts, report.csv, summary.json and Parquet files. Makes no call.',
  options,
  help: [
    'Examples:',
    '  spotify-etl albums report --out report',
    '  spotify-etl albums report --out report --json | jq .slope_minutes_per_decade',
    '',
    'Parquet is in album-length/v1/dataset=…/year=…/month=…/day=…, by the Thursday of the week.',
    'The same albums in the same week give the same bytes.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ],
  run,
});

async function run(given: OptionsOf<typeof options>): Promise<number> {
  const { artists: file, json, library, out, quiet } = given;
  if (out === undefined) throw new UsageError('Where to? Name a folder: --out report.');
  const day = parseDay(given.day);
  const asked = await readArtists(file);
  const albums = openAlbums(findFilledLibrary(library, process.env, 'albums collect'));
  try {
    const report = await reportAlbums(albums, createFolderSink(out), { ...asked, day });
    if (json) writeLine(toJson(report));
    else if (!quiet) show(report, out);
    return 0;
  } finally {
    await albums.close();
  }
}

function parseDay(given: string | undefined): Date {
  if (given === undefined) return new Date();
  const day = DateTime.fromISO(given, { zone: 'utc' });
  if (/^\d{4}-\d\d-\d\d$/.test(given) && day.isValid) return day.toJSDate();
  throw new UsageError(`${given} is not a day. Write it as 2026-11-26.`);
}

function show(report: AlbumReport, out: string): void {
  const columns = process.stdout.columns || Number.POSITIVE_INFINITY;
  for (const line of toAnswer(report)) wrap(line, columns - 1).forEach(writeLine);
  const { artists_complete: complete, artists_total: total } = report;
  writeLine(`${complete} of ${total} artists complete. Report: ${out}/report.html`);
}
