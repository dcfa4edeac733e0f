import {
  albumRecordSchema,
  artistRecordSchema,
  playlistRecordSchema,
  type Table,
  trackRecordSchema,
} from '../../etl/model/records.ts';
import { parseList } from '../shared/command.ts';

/**
 * The tables, in the order they are read. A run writes a playlist's row last, so what a playlist's row refers to is in
 * the tables that are read after it.
 */
export const EXPORT_TABLES = [
  'playlist',
  'track',
  'album',
  'artist',
] as const satisfies readonly Table[];

/** One column per attribute, in the order of the records. */
export const COLUMNS: Readonly<Record<Table, readonly string[]>> = {
  playlist: Object.keys(playlistRecordSchema.shape),
  track: Object.keys(trackRecordSchema.shape),
  album: Object.keys(albumRecordSchema.shape),
  artist: Object.keys(artistRecordSchema.shape),
};

/** `playlist,track` as tables. */
export const parseTables = parseList(EXPORT_TABLES);
