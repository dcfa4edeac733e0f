/** What every format makes of a picture: files, each filled on its own. */
import { writeFile } from 'node:fs/promises';
import type { Picture } from '../../app/picture.ts';
import type { Table } from '../../etl/model/records.ts';
import { toPages } from '../../lib/pages.ts';
import { type TextForm, toChunks } from '../shared/text-form.ts';

/** Passes pages on, and counts their rows. */
export type Count = <Row>(
  pages: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
) => AsyncIterable<readonly Row[]>;

export type ExportFile = {
  /** Below the output folder. */
  readonly name: string;
  /** Writes a file that is not there yet. */
  readonly fill: (path: string, count: Count) => Promise<void>;
};

export function textFile<Row>(name: string, rows: Iterable<Row>, form: TextForm<Row>): ExportFile {
  const fill: ExportFile['fill'] = (path, count) =>
    writeFile(path, toChunks(count(toPages(rows)), form), { flag: 'wx' });
  return { name, fill };
}

/** A row as JSON, ordered by key. */
export function* listRows(picture: Picture, table: Table): Generator<string> {
  const sql = 'SELECT row FROM stored WHERE kind = :table ORDER BY id';
  for (const { row } of picture.list(sql, { table })) yield String(row);
}
