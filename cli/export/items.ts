/** The items of a list, as far as its row can be read. */
import * as z from 'zod/mini';
import type { Picture } from '../../app/picture.ts';
import { type ListedItem, listItems } from '../../etl/model/playlist-items.ts';
import { playlistRecordSchema, UNKNOWN } from '../../etl/model/records.ts';
import { parseJson } from '../../lib/parse-json.ts';

/** Ordered by ID. */
export function listPlaylists(picture: Picture): { id: string; name: string }[] {
  const sql = `SELECT id, row->>'playlist_name' AS name FROM stored
    WHERE kind = 'playlist' ORDER BY id`;
  return [...picture.list(sql)].map(({ id, name }) => ({
    id: String(id),
    name: String(name ?? id),
  }));
}

const { shape } = playlistRecordSchema;
/** What is malformed counts as empty. */
const itemsSchema = z.object({
  playlist_tracks: z.catch(shape.playlist_tracks, []),
  playlist_others: z.catch(shape.playlist_others, []),
  playlist_added_at: z.catch(shape.playlist_added_at, []),
  playlist_added_by: z.catch(shape.playlist_added_by, []),
  playlist_contributors: z.catch(shape.playlist_contributors, []),
});

const NO_TRACK = 'spotify:track:undefined';

export function readItems(picture: Picture, id: string): ListedItem[] {
  const sql = "SELECT row FROM stored WHERE kind = 'playlist' AND id = :id";
  const [{ row } = {}] = picture.list(sql, { id });
  const list = itemsSchema.parse(parseJson(String(row)));
  // A malformed list can have more dates than items, or fewer.
  const length = list.playlist_tracks.length + list.playlist_others.length;
  const dates = Array.from({ length }, (_, at) => list.playlist_added_at[at] ?? UNKNOWN);
  return listItems({ ...list, playlist_added_at: dates }).filter(({ uri }) => uri !== NO_TRACK);
}
