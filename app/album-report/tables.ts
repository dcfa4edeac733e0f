/** The families and the albums of a report as tables. */
import { stringify } from 'csv-stringify/sync';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { AlbumFamily, FamilyMember } from '../../etl/model/albums.ts';
import type { ReportParts } from './parts.ts';

type ColumnType = 'STRING' | 'INT64' | 'BOOLEAN' | 'DOUBLE';
type Columns<Row> = Readonly<Record<keyof Row & string, ColumnType>>;

const FAMILY_COLUMNS = {
  artist: 'STRING',
  album_name: 'STRING',
  album_duration: 'INT64',
  release_year: 'INT64',
  release_date: 'STRING',
  tracks: 'INT64',
  editions: 'INT64',
  market: 'STRING',
  artist_id: 'STRING',
  album_id: 'STRING',
  excluded: 'STRING',
  year_uncertain: 'BOOLEAN',
  family_key: 'STRING',
} as const;

/** The names that the earlier project gave them. */
const CSV_NAMES: Readonly<Record<string, string>> = {
  artist: 'Artist',
  album_name: 'Album Name',
  album_duration: 'Album Duration MS',
  release_year: 'Year Released',
};

const ALBUM_COLUMNS = {
  family_key: 'STRING',
  artist: 'STRING',
  artist_id: 'STRING',
  album_id: 'STRING',
  album_name: 'STRING',
  album_type: 'STRING',
  album_duration: 'INT64',
  release_date: 'STRING',
  release_date_precision: 'STRING',
  tracks: 'INT64',
  is_representative: 'BOOLEAN',
  is_explicit: 'BOOLEAN',
  is_reissue: 'BOOLEAN',
  edition_words: 'STRING',
  overlap: 'DOUBLE',
  market: 'STRING',
} as const;

/** As CSV: a row for each family, its representative. */
export function familyTable(parts: ReportParts): string {
  const { family_key, ...columns } = FAMILY_COLUMNS;
  return stringify(toFamilyRows(parts), {
    header: true,
    columns: Object.keys(columns).map((key) => ({ key, header: CSV_NAMES[key] ?? key })),
    record_delimiter: '\n',
    cast: { boolean: String },
    // Some readers end a row at a bare CR.
    quoted_match: /\r/,
  });
}

export function familyParquet(parts: ReportParts): Uint8Array {
  return toParquet(FAMILY_COLUMNS, toFamilyRows(parts));
}

/** A row for each album, with why it is in its family. */
export function albumParquet({ families, names, report }: ReportParts): Uint8Array {
  const rows = families.flatMap((family) =>
    family.members.map((member) => ({
      ...toAlbumRow(member),
      family_key: family.key,
      artist: names.get(family.artistId),
      artist_id: family.artistId,
      is_representative: member === family.representative,
      market: report.market,
    })),
  );
  return toParquet(ALBUM_COLUMNS, rows);
}

type FamilyRow = Readonly<Record<keyof typeof FAMILY_COLUMNS, unknown>>;

function toFamilyRows({ families, names, report }: ReportParts): FamilyRow[] {
  return families.map((family) => ({
    artist: names.get(family.artistId),
    album_name: family.representative.album.album_name,
    album_duration: family.representative.album.album_duration,
    release_year: toYear(family),
    release_date: family.releaseDate,
    tracks: family.representative.album.album_num_tracks,
    editions: family.members.length,
    market: report.market,
    artist_id: family.artistId,
    album_id: family.representative.album.album_id,
    excluded: family.excluded,
    year_uncertain: family.isYearUncertain,
    family_key: family.key,
  }));
}

function toYear({ releaseDate }: AlbumFamily): number | undefined {
  const year = Number(releaseDate.slice(0, 'YYYY'.length));
  return year > 0 ? year : undefined;
}

function toAlbumRow({ album, editionWords, isExplicit, isReissue, overlap }: FamilyMember) {
  return {
    album_id: album.album_id,
    album_name: album.album_name,
    album_type: album.album_type,
    album_duration: album.album_duration,
    release_date: album.album_release_date,
    release_date_precision: album.album_release_date_precision,
    tracks: album.album_num_tracks,
    is_explicit: isExplicit,
    is_reissue: isReissue,
    edition_words: editionWords.join('; '),
    overlap,
  };
}

function toParquet<Row extends object>(columns: Columns<Row>, rows: readonly Row[]): Uint8Array {
  const columnData = Object.entries<ColumnType>(columns).map(([name, type]) => ({
    name,
    type,
    nullable: true,
    data: rows.map((row) => toValue(Reflect.get(row, name), type)),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

function toValue(value: unknown, type: ColumnType): unknown {
  if (value === undefined || value === null) return null;
  return type === 'INT64' ? BigInt(Number(value)) : value;
}
