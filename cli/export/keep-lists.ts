import type { Picture } from '../../app/picture.ts';
import { LIKED_SONGS, playlistRefSchema } from '../../etl/model/ids.ts';
import { UsageError } from '../../lib/usage-error.ts';

/**
 * Leaves of a picture these lists, by link, ID or name, and the rows they lead to.
 *
 * @throws UsageError where there is no such list, or there are several of that name
 */
export function keepLists(picture: Picture, wanted: readonly string[]): void {
  picture.findReferences();
  const ids = JSON.stringify(wanted.map((one) => findList(picture, one)));
  picture.run(DELETE_LISTS, { ids });
  for (const kind of ['track', 'album', 'artist']) picture.run(DELETE_UNNAMED, { kind });
}

const FIND = `SELECT id FROM stored WHERE kind = 'playlist'
  AND (id = :id OR lower(row->>'playlist_name') = lower(:id)
    OR (:id = '${LIKED_SONGS}' AND id LIKE '${LIKED_SONGS}:%'))`;

const DELETE_LISTS = `DELETE FROM stored
  WHERE kind = 'playlist' AND id NOT IN (SELECT value FROM json_each(:ids))`;

const DELETE_UNNAMED = `DELETE FROM stored WHERE kind = :kind AND NOT EXISTS (
  SELECT 1 FROM reference JOIN stored AS kept ON (kept.kind, kept.id) = (from_kind, from_id)
  WHERE reference.kind = stored.kind AND reference.id = stored.id
)`;

function findList(picture: Picture, wanted: string): string {
  const parsed = playlistRefSchema.safeParse(wanted);
  const found = [...picture.list(FIND, { id: parsed.success ? parsed.data : wanted })];
  const ids = found.map(({ id }) => String(id));
  const [first, second] = ids;
  if (first === undefined) throw new UsageError(`There is no list ${wanted}.`);
  if (second === undefined) return first;
  throw new UsageError(`${ids.length} lists have this name. Give the ID of one: ${ids.join(', ')}`);
}
