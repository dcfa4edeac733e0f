import { resolve } from 'node:path';
import { parseSpotifyConfig } from '../app/config.ts';
import { openLibrary, selectRows } from '../app/library.ts';
import { openLibraryApp } from '../app/library-app.ts';
import { readLists } from '../cli/get/read-lists.ts';
import { toLines } from '../cli/get/report.ts';
import { libraryFile } from '../cli/shared/library.ts';
import { spotifyVariables } from '../cli/shared/simulated-spotify.ts';
import { toRowTable } from '../cli/sql/row-table.ts';
import type { LocalSettings } from './settings.ts';
import type { SpotifySimulator } from './simulator/simulator.ts';

/** How long each list is. */
export const QUERY = `SELECT playlist_name, playlist_num_items AS items,
       round(sum(track_duration) / 3600000.0, 1) AS hours
FROM playlist JOIN playlist_item USING (playlist_id)
     JOIN item USING (uri) JOIN track USING (track_id)
GROUP BY playlist_id ORDER BY hours DESC LIMIT 10`;

/** The Spotify and the library of this stack, as variables of the commands. */
export function libraryVariables(
  { dataDir, ownSpotify, quotaVariables }: LocalSettings,
  { simulator }: { readonly simulator: SpotifySimulator | undefined },
): Readonly<Record<string, string>> & { readonly QUOTA_LIBRARY: string } {
  const spotify = simulator === undefined ? ownSpotify : spotifyVariables(simulator);
  const QUOTA_LIBRARY = resolve(libraryFile({ DATA_DIR: dataDir, ...spotify }));
  return { QUOTA_LIBRARY, ...spotify, ...quotaVariables };
}

/** Reads these lists as `spotify-etl get` does, and yields the lines of each. */
export async function* fillLibrary(
  variables: ReturnType<typeof libraryVariables>,
  ids: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<string> {
  const place = { place: variables.QUOTA_LIBRARY, authToken: undefined };
  const app = await openLibraryApp(parseSpotifyConfig(variables), place);
  try {
    const lists = ids.map((id) => ({ id }));
    for await (const outcome of readLists(app, lists, signal)) {
      yield* toLines(outcome, process.stdout.columns);
    }
  } finally {
    await app.close();
  }
}

/** The answer to `QUERY`, for a terminal. */
export async function askLibrary(place: string): Promise<string> {
  const library = openLibrary({ place, authToken: undefined });
  const rows = await selectRows(library, QUERY);
  await library.close();
  return toRowTable(rows, process.stdout.columns);
}
