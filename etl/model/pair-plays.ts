/** A play as a poll or an import knows it. */
export type TimedPlay = {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The song it counts under. */
  readonly song: number;
};

export type PlayPair = {
  readonly polled: number;
  readonly imported: number;
  /** The polled time minus the imported one, in milliseconds. */
  readonly differenceMs: number;
};

/**
 * Which polled and imported plays are the same listen: of the same song, ends no further apart than `windowMs`, the nearest
 * first, one to one. Plays of one source are never the same.
 */
export function pairPlays(
  polled: readonly TimedPlay[],
  imported: readonly TimedPlay[],
  windowMs: number,
): PlayPair[] {
  const importedBySong = Map.groupBy(imported, ({ song }) => song);
  const candidates = polled.flatMap(({ at, id, song }) =>
    (importedBySong.get(song) ?? []).flatMap((other) => {
      const differenceMs = at - other.at;
      return Math.abs(differenceMs) <= windowMs
        ? [{ polled: id, imported: other.id, differenceMs }]
        : [];
    }),
  );
  const paired = new Set<string>();
  return candidates
    .sort((one, other) => Math.abs(one.differenceMs) - Math.abs(other.differenceMs))
    .filter((pair) => {
      const sides = [`polled ${pair.polled}`, `imported ${pair.imported}`];
      if (sides.some((side) => paired.has(side))) return false;
      for (const side of sides) paired.add(side);
      return true;
    });
}
