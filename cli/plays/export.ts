/** `spotify-etl plays export`: the listening history as one file. */
import { createWriteStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Option } from 'commander';
import * as z from 'zod/mini';
import { type PlayWithLength, readPlays } from '../../app/library.ts';
import { replaceFileWith } from '../../lib/replace-file.ts';
import { isSystemError } from '../../lib/system-error.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { defineCommand, field, flag, type OptionsOf, optionalText } from '../shared/command.ts';
import { limitHeapGrowth } from '../shared/heap.ts';
import { findFilledLibrary, libraryOption } from '../shared/library.ts';
import { quantity, writeErrorLine, writeLine } from '../shared/terminal.ts';
import { toChunks } from '../shared/text-form.ts';
import { withLibrary } from '../shared/with-library.ts';
import { listenBrainzForm, playsForm } from './export-formats.ts';
import { writeParquet } from './parquet.ts';
import { periodOptions, toPeriod } from './period.ts';

const FORMATS = ['csv', 'jsonl', 'parquet', 'listenbrainz'] as const;

const options = {
  format: field(
    z.optional(z.enum(FORMATS)),
    new Option('--format <format>', 'file format (default: as the file ends, else csv)').choices(
      FORMATS,
    ),
  ),
  out: optionalText('--out <file>', 'the file; what is there is replaced (default: print)'),
  ...periodOptions,
  spreadsheet: flag(
    '--spreadsheet',
    'CSV that is safe to open in a spreadsheet: no text runs as a formula',
  ),
  library: libraryOption,
  quiet: flag('--quiet', 'print nothing but the plays and errors'),
};

export const command = defineCommand({
  name: 'export',
  description: 'Writes all plays, the oldest first, with those that statistics leave out.',
  options,
  help: [
    'Examples:',
    '  spotify-etl plays export --out plays.csv',
    '  spotify-etl plays export --out plays.parquet --since 2026',
    '  spotify-etl plays export --format jsonl | gzip > plays.jsonl.gz',
    '  spotify-etl plays export --format listenbrainz --out listens.jsonl',
    '  spotify-etl plays export --spreadsheet --out plays.csv   to open in Excel, Numbers or LibreOffice',
    '',
    'The time is the end of a play. The source is poll, extended, account, or several: poll+extended.',
    'For ListenBrainz the time is the start. It gets songs that count and have a name and an artist, and nothing private.',
    '',
    'Exit codes: 0 done, 1 failed (an existing file is unchanged), 2 wrong usage.',
  ],
  run,
});

type Pages = AsyncIterable<PlayWithLength[]>;

async function run(given: OptionsOf<typeof options>): Promise<number> {
  const { library: place, out, quiet, spreadsheet } = given;
  const format = given.format ?? FORMATS.find((name) => extname(out ?? '') === `.${name}`) ?? 'csv';
  if (out !== undefined) await refuseNonFile(out);
  limitHeapGrowth();
  return await withLibrary(findFilledLibrary(place, process.env), async (library) => {
    let read = 0;
    const pages = countPlays(readPlays(library, toPeriod(given)), (plays) => (read += plays));
    let leftOut = 0;
    if (format === 'parquet') {
      if (out === undefined) throw new UsageError('Parquet needs a file: --out plays.parquet.');
      await replace(out, (temporary) => writeParquet(temporary, pages));
    } else {
      const form =
        format === 'listenbrainz'
          ? listenBrainzForm((plays) => (leftOut += plays))
          : playsForm(format, { isSafe: spreadsheet, hasMark: spreadsheet });
      await writeText(out, toChunks(pages, form));
    }
    if (quiet) return 0;
    if (leftOut > 0) writeErrorLine(`Left out: ${quantity(leftOut, 'play')} (see --help).`);
    if (out !== undefined) writeLine(`Wrote ${quantity(read - leftOut, 'play')} to ${out}.`);
    return 0;
  });
}

/** A file is renamed into its place, which must not be done to a device or a link to one. */
async function refuseNonFile(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() === false) throw new UsageError(`${path} is not a file.`);
}

async function replace(path: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  try {
    await replaceFileWith(path, fill);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const message = `${path} cannot be written: ${error.message}. Nothing was replaced.`;
    throw new Error(message, { cause: error });
  }
}

async function* countPlays(pages: Pages, onPage: (plays: number) => void): Pages {
  for await (const page of pages) {
    onPage(page.length);
    yield page;
  }
}

async function writeText(out: string | undefined, chunks: AsyncIterable<string>): Promise<void> {
  const text = Readable.from(chunks, { objectMode: false });
  if (out !== undefined) {
    await replace(out, (temporary) => pipeline(text, createWriteStream(temporary)));
    return;
  }
  try {
    await pipeline(text, process.stdout, { end: false });
  } catch (error) {
    // The reader has seen enough (`| head`).
    if (!isSystemError(error, 'EPIPE')) throw error;
  }
}
