/** Builds the commands into dist/spotify-etl.cjs unless that is newer than all it is made of. */
export function buildIfStale(): void;
