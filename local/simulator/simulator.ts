import { SIMULATOR_CREDENTIALS } from '../../cli/shared/simulated-spotify.ts';
import { serveOnLoopback } from '../../lib/loopback-server.ts';
import { createAccessTokens } from './access-tokens.ts';
import { createAccountsApi, type SimulatorCredentials } from './accounts-api.ts';
import { type SimulatorApp } from './apps.ts';
import {
  addPlaylist,
  appendTracks,
  changeItems,
  createCatalogue,
  getPlaylist,
} from './catalogue.ts';
import { changeLikes, changePlaylist, changePlaylists } from './catalogue-changes.ts';
import {
  type Catalogue,
  type CatalogueItem,
  type CataloguePlaylist,
  type Release,
} from './catalogue-model.ts';
import { createFaultQueue, type Fault } from './faults.ts';
import { createListenerPlays } from './listener-plays.ts';
import { type ListenerKind } from './listeners.ts';
import { createPlayLog, type PlayLog, type SimulatedPlay } from './plays.ts';
import { createQuotaGate } from './quota.ts';
import { readRecordings } from './recorded.ts';
import { createRequestLog, type ServedRequest } from './request-log.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createServer } from './server.ts';
import { type Engine, type WatchedRequest } from './serving.ts';
import { configure, createSettings, type SimulatorSettings } from './settings.ts';

export { type Fault, type FaultAction } from './faults.ts';
export { type SimulatedPlay } from './plays.ts';
export { type ServedRequest } from './request-log.ts';
export { type AppKind } from './wire-links.ts';

type Items = readonly CatalogueItem[];

/** Where a login of our own is sent back to: any port of this machine will do. */
const REDIRECT_URIS = ['http://127.0.0.1/callback'];

export type SimulatorOptions = SimulatorSettings & {
  /** 0, the default, takes any free port; the address is always 127.0.0.1. */
  readonly port?: number;
  /** Decides the whole catalogue; default 1. */
  readonly seed?: number;
  /** How many Liked Songs the user has; default 120. */
  readonly likes?: number | undefined;
  /** Who listens, from 2026 on until 30 days after the start; nobody by default. */
  readonly listener?: ListenerKind | undefined;
  /** Folder of recorded replies to serve beside the catalogue. */
  readonly recordedDir?: string;
  /** Clock in milliseconds; default `Date.now`. */
  readonly now?: () => number;
  /** Life of an access token; default 3600. */
  readonly accessTokenSeconds?: number;
  readonly credentials?: SimulatorCredentials;
  /** Further apps of the same developer account: they share its one quota. */
  readonly apps?: readonly SimulatorApp[];
  /** Registered for every app; default `http://127.0.0.1/callback`, which is good with any port. */
  readonly redirectUris?: readonly string[];
};

export type SpotifySimulator = {
  /** `http://127.0.0.1:PORT`, both of the API (`/v1/…`) and of accounts (`/api/token`, `/authorize`). */
  readonly url: string;
  readonly credentials: SimulatorCredentials;
  readonly catalogue: Catalogue;
  /** Every request of a client so far, in order; those to `/simulator` do not count. */
  requests: () => readonly ServedRequest[];
  clearRequests: () => void;
  addFault: (fault: Fault) => void;
  clearFaults: () => void;
  configure: (settings: SimulatorSettings) => void;
  /** Voids every refresh token given out so far, that of the credentials too; access tokens live on to their end. */
  revokeLogins: () => void;
  /** Adds tracks found in no other playlist and gives the playlist a new `snapshot_id`. */
  appendTracks: (playlistId: string, count: number) => void;
  /** Has the playlist gain, lose or move some items, once or as often as said. */
  changePlaylist: (playlistId: string, times?: number) => void;
  /** The same, once for each of so many of the user's own playlists; returns their IDs. */
  changePlaylists: (count: number) => string[];
  /** Has the user edit a playlist of theirs as they like. */
  editPlaylist: (playlistId: string, edit: (items: Items) => Items) => void;
  /** Calls back before each request is answered, until the function it returns is called. */
  watch: (watcher: (request: WatchedRequest) => void) => () => void;
  /** Adds a playlist of the user with these items, and returns it. */
  addPlaylist: (name: string, items: Items) => CataloguePlaylist;
  /** Has the user like or unlike a track so often. */
  changeLikes: (times: number) => void;
  /** Has an artist release an album; returns its ID. */
  releaseAlbum: (artistId: string, release: Release) => string;
  /** Adds to what the user listens to; an offline play, or one of the future, shows in its time. */
  addPlays: (plays: readonly SimulatedPlay[]) => void;
  /** Every play of the user, shown or not, in the order of `playedAtMs`. */
  plays: () => readonly SimulatedPlay[];
  /** Recorded playlists whose items were recorded too. */
  recordedPlaylistIds: () => string[];
  /** Ends every connection, hanging ones too. */
  close: () => Promise<void>;
};

/**
 * Starts a Spotify of our own: the Web API and the accounts service on one port, in the dialect of
 * the app kind asked for, with faults on request. Rejects where the port is taken or a recording is
 * not JSON.
 */
export async function startSpotifySimulator(
  options: SimulatorOptions = {},
): Promise<SpotifySimulator> {
  const { port = 0, credentials = SIMULATOR_CREDENTIALS } = options;
  const engine = await createEngine(options, credentials);
  const server = createServer(engine);
  await server.ready();
  // Any app's page leads to the consent page.
  const { close, url } = await serveOnLoopback(server.server, { port, takesNavigation: true });
  engine.settings.apiUrl = url;
  return {
    url,
    credentials,
    catalogue: engine.catalogue,
    requests: engine.log.list,
    clearRequests: engine.log.clear,
    addFault: engine.faults.add,
    clearFaults: engine.faults.clear,
    configure: (settings) => {
      configure(engine, settings);
    },
    revokeLogins: engine.accounts.revokeLogins,
    ...createEdits(engine),
    watch: (watcher) => {
      engine.watchers.add(watcher);
      return () => void engine.watchers.delete(watcher);
    },
    addPlays: engine.plays.add,
    plays: engine.plays.list,
    recordedPlaylistIds: () => listReadable(engine),
    close: async () => {
      await close();
      await server.close();
    },
  };
}

/** What changes the catalogue. */
function createEdits({
  catalogue,
  now,
}: Engine): Pick<
  SpotifySimulator,
  | 'addPlaylist'
  | 'appendTracks'
  | 'changeLikes'
  | 'changePlaylist'
  | 'changePlaylists'
  | 'editPlaylist'
  | 'releaseAlbum'
> {
  return {
    appendTracks: (playlistId, count) => {
      appendTracks(catalogue, playlistId, { count, addedAtMs: now() });
    },
    changePlaylist: (playlistId, times) => {
      changePlaylist(catalogue, playlistId, { nowMs: now(), times });
    },
    changePlaylists: (count) => changePlaylists(catalogue, count, now()).map(({ id }) => id),
    editPlaylist: (playlistId, edit) => {
      const playlist = getPlaylist(catalogue, playlistId);
      changeItems(catalogue, playlist, edit(playlist.items));
    },
    addPlaylist: (name, items) => addPlaylist(catalogue, { name, items }),
    changeLikes: (times) => {
      changeLikes(catalogue, { nowMs: now(), times });
    },
    releaseAlbum: (artistId, release) =>
      catalogue.discographies.release(artistId, release).album.id,
  };
}

async function createEngine(
  options: SimulatorOptions,
  credentials: SimulatorCredentials,
): Promise<Engine> {
  const { now = Date.now, accessTokenSeconds = 3600, seed = 1 } = options;
  const accessTokens = createAccessTokens(now, accessTokenSeconds);
  const catalogue = createCatalogue(seed, options.likes);
  const settings = createSettings(options);
  return {
    now,
    accessTokens,
    accounts: createAccountsApi({
      now,
      accessTokens,
      credentials,
      furtherApps: options.apps ?? [],
      redirectUris: options.redirectUris ?? REDIRECT_URIS,
      userName: catalogue.user.displayName,
      settings,
    }),
    catalogue,
    echoes: new Map(),
    writing: new Set(),
    watchers: new Set(),
    recorded:
      options.recordedDir === undefined ? new Map() : await readRecordings(options.recordedDir),
    faults: createFaultQueue(),
    log: createRequestLog(),
    plays: createPlays(catalogue, options),
    quotaGate: createQuotaGate(now, createSeededRandom(seed)),
    settings,
  };
}

function createPlays(
  catalogue: Catalogue,
  { listener, now = Date.now, seed = 1 }: SimulatorOptions,
): PlayLog {
  const plays = createPlayLog();
  if (listener !== undefined) {
    plays.add(createListenerPlays(catalogue, { kind: listener, nowMs: now(), seed }));
  }
  return plays;
}

function listReadable({ recorded }: Engine): string[] {
  return [...recorded.values()].filter(({ entries }) => entries !== undefined).map(({ id }) => id);
}
