/** A laptop with the same Spotify: the trigger's core over a file, with the API's handlers. */

import { createApp } from '../../app/app.ts';
import { parseConfig } from '../../app/config.ts';
import { askInProcess } from '../../handlers/http/in-process.ts';
import { createIngestHandler } from '../../handlers/ingest.ts';
import { createPlaylistsHandler } from '../../handlers/playlists.ts';
import type { SpotifySimulator } from '../../local/simulator/simulator.ts';
import { createMemoryStore } from '../../trigger/playlists-store.ts';
import { runPlaylists } from '../../trigger/run-playlists.ts';
import { createWorld, remainingTime } from './world.ts';

type LaptopRun = {
  /** Playlists that are loaded before. */
  readonly stored: readonly string[];
  readonly file: string;
  readonly prepare: (spotify: SpotifySimulator) => void;
};

/** The file after `spotify-etl trigger --refresh`. */
export async function runOnLaptop({ file, prepare, stored }: LaptopRun): Promise<string> {
  const world = await createWorld();
  const { clock, environment, spotify } = world;
  const app = createApp(parseConfig(environment), { clock });
  const store = createMemoryStore(Buffer.from(file));
  const context = {
    awsRequestId: 'laptop',
    getRemainingTimeInMillis: () => remainingTime(clock, 60_000),
  };
  try {
    for (const uri of stored) await world.ingest(uri);
    prepare(spotify);
    await runPlaylists({
      store,
      clock,
      // On virtual time a wait of one would be the end of another's.
      concurrency: 1,
      halt: new AbortController(),
      selection: { refresh: true, retryFailed: false },
      requestIngest: (playlist_uri) =>
        askInProcess(
          createIngestHandler(() => app),
          { playlist_uri },
          context,
        ),
      requestList: (calls) =>
        askInProcess(
          createPlaylistsHandler(() => app),
          { max_requests: String(calls) },
          context,
        ),
      requestRun: () => {
        throw new Error('A laptop has no runs.');
      },
      onEnd: () => undefined,
    });
    return (await store.read()).toString();
  } finally {
    await world.close();
  }
}
