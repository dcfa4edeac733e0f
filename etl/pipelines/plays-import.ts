import { EtlError } from '../errors.ts';
import type { ExportEntry, ExportSource } from '../extract/sources.ts';
import type { ImportOutcome, ImportSink } from '../load/sinks.ts';
import type { RefusedRow, RowCounts } from '../model/imports.ts';
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

type ImportPorts = { readonly sink: ImportSink; readonly source: ExportSource };

/**
 * Stores every play of Spotify's exports, file by file. Every row is stored or counted. A file that cannot be read costs no
 * other. Started again after a stop at any moment, it ends with the same.
 *
 * @throws EtlError of the sink; `INTERNAL` if the counts do not add up
 */
export async function importPlays(
  { sink, source }: ImportPorts,
  { nowMs, onFile, ...options }: ImportOptions,
): Promise<ImportReport> {
  const forgotten = await sink.openImport();
  const seen = new Set<string>();
  const files: ImportedFileReport[] = [];
  const badFiles: BadFile[] = [];
  const refusedRows: RefusedRow[] = [];
  let known: Pick<ImportRules, 'covered' | 'songs'> | undefined;
  let bytes = 0;
  for (const entry of inOrder(source.entries)) {
    bytes += entry.size;
    const file = await readOrName(entry, badFiles);
    if (file === undefined) continue;
    if (file.format === 'account') known ??= await findKnown({ sink, source });
    const rules = { ...options, ...(known ?? NOTHING), nowMs, forgotten };
    const { plays, range, refused, ...fates } = sortRows(file, rules, seen);
    const counts = { ...fates, read: file.rows.length, refused: refused.length };
    const fresh = await sink.putFile({ ...file, startedAt: nowMs, plays, range, counts });
    const { format, name } = file;
    const all = fates.known + plays.length;
    const report = { name, format, ...counts, new: fresh, known: all - fresh };
    assertBalance(report);
    files.push(report);
    refusedRows.push(...refused);
    onFile?.(report, bytes);
  }
  const outcome = await sink.finishImport(nowMs);
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

const NOTHING = { covered: [], songs: new Map<string, string>() };

async function findKnown({ sink, source }: ImportPorts) {
  const { covered, songs } = await sink.findKnown();
  const named = [...songs, ...(await source.listSongs())].map(
    ({ artist, title, uri }) => [toSongKey(artist, title), uri] as const,
  );
  return { covered, songs: new Map(named) };
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
