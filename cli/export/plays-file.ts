import { writeFile } from 'node:fs/promises';
import { type Library, readPlays } from '../../app/library.ts';
import { playsForm } from '../plays/export-formats.ts';
import { writeParquet } from '../plays/parquet.ts';
import { type CsvOptions, toChunks } from '../shared/text-form.ts';
import type { ExportFile } from './files.ts';

const ALL_TIME = { sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER };

/** The listening history, in CSV next to formats for lists; only its owner can read it. */
export function playsFile(library: Library, format: string, options: CsvOptions): ExportFile {
  const isParquet = format === 'parquet';
  const text = format === 'json' || format === 'jsonl' ? format : 'csv';
  return {
    name: `plays.${isParquet ? format : text}`,
    fill: async (path, count) => {
      await writeFile(path, '', { flag: 'wx', mode: 0o600 });
      const pages = count(readPlays(library, ALL_TIME));
      if (isParquet) await writeParquet(path, pages);
      else await writeFile(path, toChunks(pages, playsForm(text, options)));
    },
  };
}
