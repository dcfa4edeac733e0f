/** `spotify-etl get` and what asks the library, as processes of a machine whose Spotify is simulated. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import {
  type SimulatorOptions,
  type SpotifySimulator,
  startSpotifySimulator,
} from '../../local/simulator/simulator.ts';
import { createTriggerProgram, type Finished, type Running } from './trigger-program.ts';

export type GetProgram = {
  readonly spotify: SpotifySimulator;
  readonly folder: string;
  /** Where the library is by default. */
  readonly libraryFile: string;
  start: (args: readonly string[], env?: Readonly<Record<string, string>>) => Running;
  run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Finished>;
  /** Rows of a library, past the program. */
  query: (sql: string, file?: string) => Row[];
  close: () => Promise<void>;
};

export type Row = Readonly<Record<string, unknown>>;

export async function createGetProgram(options: SimulatorOptions = {}): Promise<GetProgram> {
  const spotify = await startSpotifySimulator(options);
  const program = await createTriggerProgram();
  const dataDir = join(program.folder, 'data');
  const { clientId, clientSecret, refreshToken } = spotify.credentials;
  const environment = {
    DATA_DIR: dataDir,
    SPOTIFY_API_URL: spotify.url,
    SPOTIFY_ACCOUNTS_URL: spotify.url,
    SPOTIFY_CLIENT_ID: clientId,
    SPOTIFY_CLIENT_SECRET: clientSecret,
    SPOTIFY_REFRESH_TOKEN: refreshToken,
    SPOTIFY_BURST_CALLS: '0',
    SPOTIFY_DAILY_CALLS: '0',
  };
  const start: GetProgram['start'] = (args, env = {}) =>
    program.start(args, { env: { ...environment, ...env } });
  const libraryFile = join(dataDir, 'library-simulated.db');
  return {
    spotify,
    folder: program.folder,
    libraryFile,
    start,
    run: (args, env) => start(args, env).finished,
    query: (sql, file = libraryFile) => {
      const database = new DatabaseSync(file);
      const rows = database.prepare(sql).all();
      database.close();
      return rows;
    },
    close: async () => {
      await spotify.close();
      await program.remove();
    },
  };
}

/** The JSON objects that a command printed, one a line. */
export function parseLines({ stdout }: Finished): Row[] {
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}

/** The rows of `playlist_item` that a list of the catalogue becomes; of a local file only that it has some URI. */
export function expectedItems({ items }: Pick<CataloguePlaylist, 'items'>): Row[] {
  return items.map((item, position) => ({
    position,
    uri: toUri(item),
    added_at: item.addedAt,
    added_by: item.addedBy,
  }));
}

function toUri(item: CataloguePlaylist['items'][number]): string | null {
  switch (item.kind) {
    case 'track':
      return `spotify:track:${item.trackId}`;
    case 'episode':
      return `spotify:episode:${item.episodeId}`;
    case 'local':
      return 'spotify:local';
    case 'unavailable':
      return null;
  }
}

/** Of every list in the library, by its ID, in their order. */
export function itemsByList(query: GetProgram['query']): Map<unknown, Row[]> {
  const rows = query(
    "SELECT playlist_id, position, CASE WHEN uri LIKE 'spotify:local:%' THEN 'spotify:local' ELSE uri END AS uri, added_at, added_by FROM playlist_item ORDER BY playlist_id, position",
  );
  const lists = new Map<unknown, Row[]>();
  for (const { playlist_id: id, ...row } of rows) lists.set(id, [...(lists.get(id) ?? []), row]);
  return lists;
}
