/** The artists file: on whom to report, and what was recorded about each. Has the habits of a playlists file. */
import { FAILED_ARTIST } from '../etl/model/albums.ts';
import { artistRefSchema } from '../etl/model/ids.ts';
import { UsageError } from '../lib/usage-error.ts';
import { editStore, type PlaylistsStore } from './playlists-store.ts';
import { type Cells, type FileForm, RecordFault } from './row-columns.ts';
import { parseRowFile } from './row-file.ts';

const DEFAULT_MARKET = 'US';
const MARKET = /^[A-Z]{2}$/;

type ArtistRow = {
  readonly artistId: string;
  readonly market: string;
  readonly hasFailed: boolean;
};

const ARTISTS: FileForm<ArtistRow> = {
  key: 'artist_uri',
  own: ['name', 'market', 'albums', 'listed_at', 'response'],
  isKey: (cell) => artistRefSchema.safeParse(cell).success,
  hint: 'A plain list of artist links, one a line, works too.',
  toRow: ({ artist_uri = '', market = '', response = '' }) => {
    const parsed = artistRefSchema.safeParse(artist_uri);
    if (!parsed.success) throw new RecordFault(`: ${parsed.error.issues[0]?.message ?? ''}`);
    return {
      artistId: parsed.data,
      market: parseMarket(market.trim() || DEFAULT_MARKET),
      hasFailed: response.startsWith(FAILED_ARTIST),
    };
  },
};

/** A file without a row. */
export const NO_ARTISTS = `${[ARTISTS.key, ...ARTISTS.own].join()}\n`;

/** @throws UsageError */
export function parseMarket(given: string): string {
  const market = given.toUpperCase();
  if (MARKET.test(market)) return market;
  throw new UsageError(`A market is a country code of two letters, such as US; not ${given}.`);
}

export type Artists = {
  /** Each once. */
  readonly artistIds: readonly string[];
  readonly market: string;
  /** Those that are not asked for again. */
  readonly failed: ReadonlySet<string>;
};

/**
 * On whom to report, in the file of this name.
 *
 * @throws UsageError without artists, or where the file names several markets
 */
export function parseArtists(source: Buffer, name: string): Artists {
  const { rows } = parseRowFile(source, ARTISTS);
  const [market, other] = new Set(rows.map((row) => row.market));
  if (market === undefined) {
    throw new UsageError(`${name} names no artist. Add some: npx spotify-etl albums add <link>`);
  }
  if (other !== undefined) {
    throw new UsageError(`A report has one market, and ${name} names ${market} and ${other}.`);
  }
  const failed = rows.filter(({ hasFailed }) => hasFailed).map(({ artistId }) => artistId);
  return {
    artistIds: [...new Set(rows.map(({ artistId }) => artistId))],
    market,
    failed: new Set(failed),
  };
}

/** Where the file is. */
export type ArtistsStore = Pick<PlaylistsStore, 'name' | 'read' | 'replace'>;

/** Adds those that are not in the file yet, with their names, to its market if none is given. Returns how many that are. */
export async function addToArtists(
  store: ArtistsStore,
  artists: ReadonlyMap<string, string>,
  given: string | undefined,
): Promise<number> {
  const { added } = await editStore(store, (source) => {
    const { rows } = parseRowFile(source, ARTISTS);
    const known = new Set(rows.map(({ artistId }) => artistId));
    const [first] = rows;
    const market = given ?? first?.market ?? DEFAULT_MARKET;
    if (first !== undefined && first.market !== market) {
      throw new UsageError(
        `${store.name} is a report on the market ${first.market}. Give another --artists file for ${market}.`,
      );
    }
    const added = [...artists]
      .filter(([id]) => !known.has(id))
      .map(([id, name]) => ({ artist_uri: `spotify:artist:${id}`, name, market }));
    return { added, ...parseRowFile(source, ARTISTS, { added }) };
  });
  return added.length;
}

/** Records what became of artists, each in all of its rows, in the file as it is now. */
export async function recordInArtists(
  store: ArtistsStore,
  recorded: ReadonlyMap<string, Cells>,
): Promise<void> {
  const editRow = ({ artistId }: ArtistRow) => recorded.get(artistId);
  await editStore(store, (source) => parseRowFile(source, ARTISTS, { editRow }));
}
