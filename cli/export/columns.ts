import type { Table } from '../../etl/model/records.ts';
import { RECORD_SCHEMAS } from '../../etl/model/row-faults.ts';
import { parseList } from '../shared/command.ts';

/**
 * The tables, in the order they are read. A run writes a playlist's row last, so the rows it refers to are in the tables that are
 * read later.
 */
export const EXPORT_TABLES = [
  'playlist',
  'track',
  'album',
  'artist',
] as const satisfies readonly Table[];

/** One column per attribute, in the order of the records. */
export const COLUMNS: Readonly<Record<Table, readonly string[]>> = {
  playlist: Object.keys(RECORD_SCHEMAS.playlist.shape),
  track: Object.keys(RECORD_SCHEMAS.track.shape),
  album: Object.keys(RECORD_SCHEMAS.album.shape),
  artist: Object.keys(RECORD_SCHEMAS.artist.shape),
};

/** `playlist,track` as tables. */
export const parseTables = parseList(EXPORT_TABLES);
