/** The app whose store is a library, for a machine without DynamoDB. */
import { createHash } from 'node:crypto';
import type { PollSummary } from '../etl/model/plays.ts';
import type { Run } from '../etl/model/summaries.ts';
import type { PollOptions } from '../etl/pipelines/plays.ts';
import type { Clock } from '../lib/clock.ts';
import { systemClock } from '../lib/system-clock.ts';
import type { Library } from '../stores/sqlite/library.ts';
import { LibraryAlbums } from '../stores/sqlite/library-albums.ts';
import { LibraryRepository } from '../stores/sqlite/library-repository.ts';
import { createLibraryQuotaStore } from '../stores/sqlite/quota-store.ts';
import { type AlbumsApp, createAlbumsApp } from './albums.ts';
import { type App, joinApp } from './app.ts';
import type { Config } from './config.ts';
import { type LibraryPlace, openLibrary } from './library.ts';
import { pollInto } from './plays.ts';
import { startSpotify } from './spotify-session.ts';
import { openSyncJournal, type SyncPorts, type SyncRunOptions, withSync } from './sync.ts';

export type LibraryApp = App & {
  readonly albums: AlbumsApp;
  /** Its path or address. */
  readonly place: string;
  /**
   * Adds the plays that Spotify lists now to the library.
   *
   * @throws EtlError with a code of `etl/errors.ts`
   */
  pollPlays(run: Run, options?: PollOptions): Promise<PollSummary>;
  /**
   * Runs `work` with what a sync of playlists needs.
   *
   * @throws EtlError `SCOPE_MISSING`, and what `work` throws
   */
  sync<Result>(run: SyncRunOptions, work: (ports: SyncPorts) => Promise<Result>): Promise<Result>;
  /** What syncs have done. */
  readonly syncJournal: SyncPorts['journal'];
  countRows(): Promise<LibraryRows>;
  close(): Promise<void>;
};

/** Rows by table. */
export type LibraryRows = Readonly<Record<string, number>>;

const TABLES = ['playlist', 'playlist_item', 'track', 'album', 'artist'] as const;

/** What Lambda would charge for is not charged here. */
const MEMORY_MB = 0;

/**
 * Builds the app on the library there, which keeps the quota too. A library belongs to one account: the first that fills it.
 *
 * @throws EtlError `CONFIG_INVALID` where it belongs to another account, or is none
 */
export async function openLibraryApp(
  spotify: Config['spotify'],
  at: LibraryPlace,
  clock: Clock = systemClock,
): Promise<LibraryApp> {
  const library = openLibrary(at, clock);
  const { clientId } = spotify.credentials;
  const { session, tokenStore } = startSpotify(spotify, {
    quotaStore: createLibraryQuotaStore(library, { clientId, clock }),
    clock,
    aws: {},
  });
  const { key, scopes, userId } = await findLogin(tokenStore, library);
  session.cachedUserId = userId;
  if (userId !== undefined) await library.claim(userId);
  /** What was asked of Spotify is not asked again by the next process. */
  const noteUser = async <Result>(result: Promise<Result>): Promise<Result> => {
    const done = await result;
    const found = session.cachedUserId;
    if (userId !== undefined || found === undefined || key === undefined) return done;
    await library.claim(found);
    await library.run([{ sql: NOTE_FACT, args: { key, value: found } }]);
    return done;
  };
  const parts = { session, memoryMb: MEMORY_MB, library };
  const journal = openSyncJournal(library);
  const openRows = ({ deadlineAt }: Pick<Run, 'deadlineAt'>) =>
    new LibraryRepository(library, { clock, deadlineAt });
  const app = joinApp({ ...parts, openStore: openRows });
  return {
    ...app,
    listPlaylists: (options, run) => noteUser(app.listPlaylists(options, run)),
    pollPlays: (run, options) => noteUser(pollInto(parts, run, options)),
    sync: async (run, work) =>
      await noteUser(withSync({ ...parts, journal, scopes, timeZone: 'local' }, run, work)),
    syncJournal: journal,
    albums: createAlbumsApp({
      ...parts,
      store: { openRows, openAlbums: (limits) => new LibraryAlbums(library, limits) },
    }),
    place: library.place,
    countRows: () => countRows(library),
    close: () => library.close(),
  };
}

async function findLogin(
  tokenStore: ReturnType<typeof startSpotify>['tokenStore'],
  library: Library,
) {
  const login = (await tokenStore.find())?.login;
  const key = login && `user_of ${hash(login.refresh_token)}`;
  const userId = login?.user_id ?? (key && (await library.findFact(key)));
  return { key, userId, scopes: login?.scopes ?? [] };
}

/** Spotify does not say whose a refresh token is without a call; a library remembers it. */
function hash(refreshToken: string): string {
  return createHash('sha256').update(refreshToken).digest('base64url');
}

const NOTE_FACT =
  'INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value';

async function countRows(library: Library): Promise<LibraryRows> {
  const counts = TABLES.map((table) => ({ sql: `SELECT count(*) AS rows FROM ${table}` }));
  const results = await library.run(counts);
  return Object.fromEntries(TABLES.map((table, at) => [table, Number(results[at]?.[0]?.rows)]));
}
