import { EtlError } from '../errors.ts';
import type { ExportEntry, ExportSource } from '../extract/sources.ts';
import type { ImportOutcome, ImportSink } from '../load/sinks.ts';
import { coversItsTime, type RefusedRow, type RowCounts } from '../model/imports.ts';
import { joinRanges, type TimeRange } from '../model/time-ranges.ts';
import { type ImportRules, sortRows, toSongKey } from '../transform/imported-rows.ts';

export type ImportOptions = Pick<ImportRules, 'withPrivate' | 'withCountry'> & {
  readonly nowMs: number;
  /** Called after each file with the bytes read so far. */
  readonly onFile?: (file: ImportedFileReport, bytes: number) => void;
};

export type ImportedFileReport = RowCounts & Pick<ExportEntry, 'name' | 'format'>;

/** A file that could not be read, and why. */
export type BadFile = { readonly name: string; readonly reason: string };

export type ImportReport = RowCounts &
  ImportOutcome & {
    readonly files: readonly ImportedFileReport[];
    readonly badFiles: readonly BadFile[];
    readonly refusedRows: readonly RefusedRow[];
  };

/**
 * Stores every play of Spotify's exports, file by file. Every row is stored or counted. A file that cannot be read costs no
 * other. Started again after a stop at any moment, it ends with the same.
 *
 * @throws EtlError of the sink; `INTERNAL` if the counts do not add up
 */
export async function importPlays(
  { sink, source }: { readonly sink: ImportSink; readonly source: ExportSource },
  { nowMs, onFile, ...options }: ImportOptions,
): Promise<ImportReport> {
  const { covered, rules, songs } = await sink.openImport();
  const named = [...songs, ...(await source.listSongs())].map(
    ({ artist, title, uri }) => [toSongKey(artist, title), uri] as const,
  );
  const uris = new Map(named);
  const seen = new Set<string>();
  const files: ImportedFileReport[] = [];
  const badFiles: BadFile[] = [];
  const refusedRows: RefusedRow[] = [];
  const sha256: string[] = [];
  const ranges: TimeRange[] = [...covered];
  let bytes = 0;
  for (const entry of inOrder(source.entries)) {
    bytes += entry.size;
    const file = await readOrName(entry, badFiles);
    if (file === undefined) continue;
    const sorted = sortRows(
      file,
      {
        ...options,
        nowMs,
        forgotten: rules,
        covered: joinRanges(ranges),
        songs: uris,
      },
      seen,
    );
    const { plays, range, refused, ...fates } = sorted;
    const counts = { ...fates, read: file.rows.length, refused: refused.length };
    const fresh = await sink.putFile({ ...file, startedAt: nowMs, plays, range, counts });
    const known = fates.known + plays.length - fresh;
    const { format, name } = file;
    const report = { name, format, ...counts, new: fresh, known };
    assertBalance(report);
    files.push(report);
    refusedRows.push(...refused);
    sha256.push(file.sha256);
    if (range !== undefined && coversItsTime(file)) ranges.push(range);
    onFile?.(report, bytes);
  }
  const outcome = await sink.finishImport({ startedAt: nowMs, sha256 });
  return { ...addUp(files), ...outcome, files, badFiles, refusedRows };
}

/** What is told better comes first. The order of names keeps an interrupted import the same. */
function inOrder(entries: readonly ExportEntry[]): ExportEntry[] {
  return [...entries].sort(
    (one, other) =>
      Number(one.format === 'account') - Number(other.format === 'account') ||
      one.name.localeCompare(other.name, 'en', { numeric: true }),
  );
}

async function readOrName(entry: ExportEntry, badFiles: BadFile[]) {
  try {
    return await entry.read();
  } catch (error) {
    if (!(error instanceof EtlError) || error.code !== 'INVALID_REQUEST') throw error;
    badFiles.push({ name: entry.name, reason: error.message });
    return undefined;
  }
}

const NONE: RowCounts = {
  read: 0,
  new: 0,
  known: 0,
  repeated: 0,
  refused: 0,
  forgotten: 0,
  private: 0,
};

function addUp(files: readonly RowCounts[]): RowCounts {
  return files.reduce(
    (sum, file) => ({
      read: sum.read + file.read,
      new: sum.new + file.new,
      known: sum.known + file.known,
      repeated: sum.repeated + file.repeated,
      refused: sum.refused + file.refused,
      forgotten: sum.forgotten + file.forgotten,
      private: sum.private + file.private,
    }),
    NONE,
  );
}

function assertBalance({ name, read, ...fates }: RowCounts & { readonly name: string }): void {
  const { forgotten, known, new: fresh, private: hidden, refused, repeated } = fates;
  const sum = fresh + known + repeated + refused + forgotten + hidden;
  if (sum === read && fresh >= 0 && known >= 0) return;
  throw new EtlError(
    'INTERNAL',
    `${name} has ${read} rows, and not each of them is accounted for. Please report it.`,
  );
}
