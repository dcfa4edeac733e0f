/** Plays as a Parquet file with typed columns. */
import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import type { ExportedPlay, PlayWithLength } from '../../app/library.ts';
import { COLUMNS } from './export-formats.ts';

const ROWS_PER_GROUP = 20_000;

const TYPES: Partial<Record<keyof ExportedPlay, 'TIMESTAMP' | 'INT64' | 'BOOLEAN'>> = {
  ended_at: 'TIMESTAMP',
  ms_played: 'INT64',
  counted: 'BOOLEAN',
  skipped: 'BOOLEAN',
  shuffle: 'BOOLEAN',
  offline: 'BOOLEAN',
  incognito: 'BOOLEAN',
};
const REQUIRED: readonly (keyof ExportedPlay)[] = ['ended_at', 'uri', 'kind', 'counted', 'source'];

/** One row group in memory at a time. */
export async function writeParquet(
  path: string,
  pages: AsyncIterable<readonly PlayWithLength[]>,
): Promise<void> {
  await parquetWriteRows({
    writer: fileWriter(path),
    rows: toRows(pages),
    columns: COLUMNS.map((name) => ({
      name,
      type: TYPES[name] ?? 'STRING',
      nullable: !REQUIRED.includes(name),
    })),
    rowGroupSize: ROWS_PER_GROUP,
  });
}

async function* toRows(pages: AsyncIterable<readonly PlayWithLength[]>): AsyncGenerator<object> {
  for await (const page of pages) {
    for (const [play] of page) {
      const { ended_at, ms_played } = play;
      const long = ms_played === null ? null : BigInt(ms_played);
      yield { ...play, ended_at: new Date(ended_at), ms_played: long };
    }
  }
}
