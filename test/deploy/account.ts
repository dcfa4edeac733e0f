/** The emulated account, a simulated Spotify, a libSQL server like Turso's, and a clone of this repository. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Catalogue, type CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import { type SpotifySimulator, startSpotifySimulator } from '../../local/simulator/simulator.ts';
import { expectedRows, withoutRun } from '../support/expected-rows.ts';
import { type Sqld, startSqld } from '../support/sqld.ts';
import { createTableRows, type Row } from '../support/table-rows.ts';
import { TABLES, type Tables } from '../support/world.ts';
import {
  type AwsCredentials,
  awsVariables,
  type Emulator,
  OWNER,
  REGION,
  startEmulator,
} from './emulator.ts';
import { cloneRepository, createShell, type Shell } from './shell.ts';

export type Account = {
  readonly emulator: Emulator;
  readonly spotify: SpotifySimulator;
  readonly sqld: Sqld;
  readonly folder: string;
  /** A terminal in the clone, of someone with these credentials. */
  shellOf: (credentials?: AwsCredentials) => Shell;
  /** What the AWS command line answers to the account's owner. */
  aws: (command: string) => Promise<unknown>;
  rows: (stage: string) => Promise<Tables>;
  close: () => Promise<void>;
};

/** Of the user's playlists, from one item to more than a page. */
const SIZES = [1, 50, 101, 1_000];

/** Formed as Spotify's own are. */
const APP = {
  clientId: '0123456789abcdef0123456789abcdef',
  clientSecret: 'fedcba9876543210fedcba9876543210',
  refreshToken: 'AQ-of-nobody',
};

type AccountOptions = {
  /** Whether the user has all playlists of the catalogue. */
  readonly hasAll?: boolean;
  /** Shortens the waits of state machines. */
  readonly waitScale?: number;
  /** Makes the folder of the user. */
  readonly makeFolder?: () => Promise<string>;
};

export async function openAccount({
  hasAll = false,
  makeFolder = cloneRepository,
  waitScale,
}: AccountOptions = {}): Promise<Account> {
  const [emulator, spotify, sqld, folder] = await Promise.all([
    startEmulator({ waitScale }),
    startSpotifySimulator({ credentials: APP, listener: 'heavy' }),
    startSqld(),
    makeFolder(),
  ]);
  if (!hasAll) keepPlaylistsOfSize(spotify, SIZES);
  const { clientId } = spotify.credentials;
  const variables = `SPOTIFY_CLIENT_ID=${clientId}\nTURSO_DATABASE_URL=${sqld.url}\n`;
  await writeFile(join(folder, '.env'), variables);
  const shellOf: Account['shellOf'] = (credentials = OWNER) =>
    createShell(folder, {
      ...awsVariables(emulator, credentials),
      SPOTIFY_API_URL: spotify.url,
      SPOTIFY_ACCOUNTS_URL: spotify.url,
      // The emulator knows no budgets.
      MONTHLY_BUDGET_USD: '0',
    });
  const owner = shellOf();
  return {
    emulator,
    spotify,
    sqld,
    folder,
    shellOf,
    aws: async (command) => {
      const { code, output } = await owner.run(`aws ${command} --output json`);
      if (code !== 0) throw new Error(`aws ${command}: ${output}`);
      return output.trim() === '' ? undefined : JSON.parse(output);
    },
    rows: (stage) => readTables(emulator, stage),
    close: async () => {
      await Promise.all([emulator.stop(), spotify.close(), sqld.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Of some hundred, so that all of them can be loaded. */
function keepPlaylistsOfSize({ catalogue }: SpotifySimulator, sizes: readonly number[]): void {
  const kept = sizes.map((size) => catalogue.playlistOfSize(size));
  catalogue.playlists.clear();
  for (const playlist of kept) catalogue.playlists.set(playlist.id, playlist);
}

async function readTables({ url }: Emulator, stage: string): Promise<Tables> {
  const tables = createTableRows({ url, region: REGION, credentials: OWNER });
  const scan = (table: string): Promise<Row[]> =>
    tables.scan(`spotify-etl-${stage}-${table}`, `${table}_id`);
  try {
    const [playlist = [], track = [], album = [], artist = []] = await Promise.all(
      TABLES.map(scan),
    );
    return withoutRun({ playlist, track, album, artist });
  } finally {
    tables.close();
  }
}

/** What tables hold in which these playlists were loaded. */
export function expectedRowsOf(
  catalogue: Catalogue,
  playlists: readonly CataloguePlaylist[],
): Tables {
  const loaded = playlists.map((playlist) => expectedRows(catalogue, playlist, 'C'));
  const union = (table: keyof Tables): Row[] => {
    const rows = loaded.flatMap((tables) => tables[table]);
    const byId = new Map(rows.map((row) => [String(row[`${table}_id`]), row]));
    return [...byId].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
  };
  return {
    playlist: union('playlist'),
    track: union('track'),
    album: union('album'),
    artist: union('artist'),
  };
}
