/** A stage's tables and plays, or a library's, into a library of their own. */
import type { Table } from '../etl/model/records.ts';
import { fillLibrary } from '../stores/sqlite/fill-library.ts';
import type { Library } from '../stores/sqlite/library.ts';
import { mirrorPlays } from '../stores/sqlite/mirror-plays.ts';
import { libraryRows, Picture, type RowSource, type TakenTable, takePicture } from './picture.ts';

export type Pulled = {
  readonly tables: readonly (TakenTable & {
    readonly malformed: number;
    /** Rows that others name. */
    readonly missing: number;
  })[];
  /** Undefined where no library with plays was named. */
  readonly plays: number | undefined;
};

export type PullOptions = {
  /** Whose copy the library is: `stage dev`. No login writes into it. */
  readonly owner: string;
  /** The library with the plays. */
  readonly plays?: Library | undefined;
  readonly onProgress?:
    | ((progress: { table: string; rows: number; totalRows?: number | undefined }) => void)
    | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Makes a library the copy of these rows and plays; what is equal is not written. Stopped or killed, it is completed by the next
 * pull.
 *
 * @throws EtlError `CONFIG_INVALID` where the library is somebody's, `TABLE_THROTTLED`, or as `Library.run`
 */
export async function pullInto(
  library: Library,
  source: RowSource,
  { onProgress, owner, plays, signal }: PullOptions,
): Promise<Pulled> {
  await library.claim(owner);
  const picture = new Picture();
  try {
    const options = { onProgress, signal };
    const tables = await takePicture(picture, source, options);
    // What was played and is in no list.
    if (plays) await takePicture(picture, libraryRows(plays), { ...options, tables: PLAYED });
    const played = await copyPicture(library, picture, { ...options, plays });
    const counts = new Map([...picture.list(COUNTS)].map(({ kind, ...row }) => [kind, row]));
    return {
      tables: tables.map((taken) => ({
        ...taken,
        malformed: Number(counts.get(taken.table)?.malformed ?? 0),
        missing: Number(counts.get(taken.table)?.missing ?? 0),
      })),
      plays: played,
    };
  } finally {
    picture.close();
  }
}

/**
 * Writes a picture into a library, and the plays of another one. Returns how many plays that are.
 *
 * @throws EtlError as `Library.run`
 */
export async function copyPicture(
  library: Library,
  picture: Picture,
  { plays, ...options }: Pick<PullOptions, 'onProgress' | 'plays' | 'signal'>,
): Promise<number | undefined> {
  picture.findReferences();
  await fillLibrary(library, picture, options.signal);
  return plays && (await mirrorPlays(plays, library, options));
}

const PLAYED = ['track', 'album', 'artist'] as const satisfies readonly Table[];

const COUNTS = `SELECT kind, sum(malformed) AS malformed, sum(missing) AS missing FROM (
    SELECT kind, count(*) AS malformed, 0 AS missing FROM stored WHERE why IS NOT NULL GROUP BY kind
    UNION ALL SELECT kind, 0, count(DISTINCT id) FROM dangling GROUP BY kind
  ) GROUP BY kind`;
