/**
 * Merges sightings of the same track, album or artist into one record. The newest sighting wins field by field; a field it lacks
 * comes from an older one. Keys keep the order of their first sighting.
 */
export function mergeSightings<Row extends object>(
  sightings: Iterable<Row>,
  keyOf: (row: Row) => string,
): Row[] {
  const rows = new Map<string, Row>();
  for (const sighting of sightings) {
    const key = keyOf(sighting);
    const known = rows.get(key);
    rows.set(key, known === undefined ? sighting : { ...known, ...sighting });
  }
  return [...rows.values()];
}
