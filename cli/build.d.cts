/** Builds the commands and the dashboard's page into dist/, unless what is there is newer than all it is made of. */
export function buildIfStale(): void;
