/** What a list was, told as the difference to what it became. Pure. */
import * as z from 'zod/mini';
import { type PlaylistItemRow, playlistItemRowSchema } from './playlist-items.ts';

/** A list at one time: its attributes but for its items, and these in their order. */
export type PlaylistVersion = {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly items: readonly PlaylistItemRow[];
};

const count = z.int().check(z.gte(0));

/** A stretch of the newer list, as where it begins and how long it is; its place alone for one item; or an item it lacks. */
const stepSchema = z.union([count, z.tuple([count, count]), playlistItemRowSchema]);

export const differenceSchema = z.object({
  /** Attributes that differ, with their older value; null where there was none. */
  attributes: z.exactOptional(z.record(z.string(), z.unknown())),
  /** The older items, one step after the other; absent where they are the same. */
  items: z.exactOptional(z.array(stepSchema)),
});

type Step = z.infer<typeof stepSchema>;
export type PlaylistDifference = z.infer<typeof differenceSchema>;

/** What makes the older version out of the newer one; undefined where they are equal. */
export function findDifference(
  newer: PlaylistVersion,
  older: PlaylistVersion,
): PlaylistDifference | undefined {
  const attributes = findOlderValues(newer.attributes, older.attributes);
  const [newerKeys, olderKeys] = [newer.items.map(toKey), older.items.map(toKey)];
  const isSameItems = newerKeys.join() === olderKeys.join();
  if (isSameItems && Object.keys(attributes).length === 0) return undefined;
  return {
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(!isSameItems && { items: toSteps(newerKeys, older.items) }),
  };
}

export function applyDifference(
  newer: PlaylistVersion,
  { attributes = {}, items = [[0, newer.items.length]] }: PlaylistDifference,
): PlaylistVersion {
  const older = Object.entries({ ...newer.attributes, ...attributes });
  return {
    attributes: Object.fromEntries(older.filter(([, value]) => value !== null)),
    items: items.flatMap((step) => take(newer.items, step)),
  };
}

function findOlderValues(
  newer: PlaylistVersion['attributes'],
  older: PlaylistVersion['attributes'],
): PlaylistVersion['attributes'] {
  return Object.fromEntries(findDiffering(newer, older).map((name) => [name, older[name] ?? null]));
}

/** The names of the attributes in which two versions differ. */
export function findDiffering(
  one: PlaylistVersion['attributes'],
  other: PlaylistVersion['attributes'],
): string[] {
  return Object.keys({ ...one, ...other }).filter(
    (name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]),
  );
}

/** Goes on in the newer list for as long as it can, so that a list of thousands with one change is three steps. */
function toSteps(newerKeys: readonly string[], older: readonly PlaylistItemRow[]): Step[] {
  // The first place of each item; of several equal ones any is as good.
  const places = new Map(newerKeys.map((key, place) => [key, place] as const).reverse());
  const steps: Step[] = [];
  let [from, length] = [0, 0];
  const endStretch = (): void => {
    if (length > 0) steps.push(length === 1 ? from : [from, length]);
    length = 0;
  };
  for (const item of older) {
    const key = toKey(item);
    if (length > 0 && newerKeys[from + length] === key) {
      length += 1;
      continue;
    }
    endStretch();
    const place = places.get(key);
    if (place === undefined) steps.push(item);
    else [from, length] = [place, 1];
  }
  endStretch();
  return steps;
}

function take(newer: readonly PlaylistItemRow[], step: Step): readonly PlaylistItemRow[] {
  if (Array.isArray(step)) return newer.slice(step[0], step[0] + step[1]);
  if (typeof step !== 'number') return [step];
  return newer.slice(step, step + 1);
}

function toKey({ added_at, added_by, uri }: PlaylistItemRow): string {
  return JSON.stringify([uri, added_at, added_by]);
}
