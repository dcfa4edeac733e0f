/** Spotify's own exports of the simulated user: the files, and the zip they come in. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { type Catalogue } from './catalogue-model.ts';
import { type HistoryOptions } from './export-listens.ts';
import { createHistory, type Era, type HistoryRow, toEra, toWireRow } from './export-rows.ts';
import { createSeededRandom } from './seeded-random.ts';

export { createAccountFiles } from './export-account.ts';
export { FORBIDDEN, toTwin } from './export-heard.ts';

/** A file of a zip, with the folder. */
export type ExportFile = { readonly name: string; readonly rows: readonly object[] };
type TextFile = { readonly name: string; readonly text: string };

const FOLDER = 'Spotify Extended Streaming History';
/** So many rows stand at the end of one file and at the beginning of the next. */
const SHARED_ROWS = 20;
const ROWS_AT_ONCE = 500;
const ZIPPED_AT = new Date(2026, 0, 1);

/**
 * The extended streaming history of somebody who kept every export: up to 2021 as `endsong`, later under the names and with the
 * keys of their time. The last file has what was watched.
 */
export function* createExportFiles(
  catalogue: Catalogue,
  options: HistoryOptions,
): Generator<ExportFile> {
  const random = createSeededRandom(options.seed);
  const toName = createNaming();
  const videos: HistoryRow[] = [];
  let rows: HistoryRow[] = [];
  let era: Era = 'endsong';
  let size = random.integer(15_500, 16_000);
  const takeFile = (): ExportFile => {
    const file = { name: toName(rows, era), rows: rows.map((row) => toWireRow(row, era)) };
    rows = rows.slice(-SHARED_ROWS);
    size = random.integer(15_500, 16_000);
    return file;
  };
  for (const row of createHistory(catalogue, options)) {
    const isNewEra = toEra(row) !== era;
    if (rows.length >= size || (isNewEra && rows.length > 0)) yield takeFile();
    era = toEra(row);
    (row.isVideo ? videos : rows).push(row);
  }
  if (rows.length > 0) yield takeFile();
  if (videos.length === 0) return;
  const name = `${FOLDER}/Streaming_History_Video_${toYears(videos)}.json`;
  yield { name, rows: videos.map((row) => toWireRow(row, 'audiobooks')) };
}

/** Writes them one after another; never holds more than one. */
export async function writeExportZip(
  path: string,
  files: Iterable<ExportFile | TextFile>,
): Promise<void> {
  const zip = new ZipFile();
  const written = pipeline(zip.outputStream, createWriteStream(path));
  for (const file of files) {
    const content = Readable.from('rows' in file ? toJson(file) : [file.text], {
      objectMode: false,
    });
    zip.addReadStream(content, file.name, { mtime: ZIPPED_AT });
    await finished(content);
  }
  zip.end();
  await written;
}

/** Old files are indented by four, new ones by two. */
function* toJson({ name, rows }: ExportFile): Generator<string> {
  const indent = name.includes('endsong') ? 4 : 2;
  yield '[';
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const part = JSON.stringify(rows.slice(at, at + ROWS_AT_ONCE), null, indent);
    yield `${at === 0 ? '' : ','}${part.slice(1, -2)}`;
  }
  yield '\n]';
}

function createNaming(): (rows: readonly HistoryRow[], era: Era) => string {
  let [endsongs, audios] = [0, 0];
  return (rows, era) => {
    if (era === 'endsong') return `MyData/endsong_${endsongs++}.json`;
    const folder = era === 'named' ? 'MyData' : FOLDER;
    return `${folder}/Streaming_History_Audio_${toYears(rows)}_${audios++}.json`;
  };
}

function toYears(rows: readonly HistoryRow[]): string {
  const [first, last] = [rows[0], rows.at(-1)].map((row) =>
    new Date(row?.endedAtMs ?? 0).getUTCFullYear(),
  );
  return first === last ? `${first}` : `${first}-${last}`;
}
