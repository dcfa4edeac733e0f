/** Albums of artists into what is stored, a step at a time. */
import { EtlError } from '../etl/errors.ts';
import type { CatalogueSink, ListingSink, StoredAlbums } from '../etl/load/sinks.ts';
import type { AlbumListing } from '../etl/model/albums.ts';
import type { Run } from '../etl/model/summaries.ts';
import { measureAlbum } from '../etl/pipelines/album-tracks.ts';
import { type AlbumPorts, listArtistAlbums } from '../etl/pipelines/artist-albums.ts';
import type { AlbumToMeasure, ArtistPlan } from '../etl/transform/album-plan.ts';
import { createAlbumSource } from '../spotify/albums.ts';
import { type Candidate, findArtists } from '../spotify/artist-search.ts';
import { callsLeft } from '../spotify/quota/ledger.ts';
import type { SpotifyRun } from '../spotify/spotify-run.ts';
import { type Metered, meteredRun } from './metered-run.ts';

export type AlbumsApp = {
  readonly stored: StoredAlbums & ListingSink;
  readonly now: () => number;
  /** Calls that the day still allows; 0 in a cooldown, infinite without a budget. */
  readonly countCallsLeft: () => Promise<number>;
  /**
   * Artists whose names are like this one, in one call.
   *
   * @throws EtlError with a code of `etl/errors.ts`
   */
  readonly findArtists: (name: string, run: Run) => Promise<Candidate[]>;
  /** @throws EtlError with a code of `etl/errors.ts` */
  readonly listArtist: (wanted: ArtistToList, run: Run) => Promise<AlbumListing>;
  /** @throws EtlError with a code of `etl/errors.ts` */
  readonly measureAlbum: (wanted: AlbumInMarket, run: Run) => Promise<void>;
};

type ArtistToList = Pick<ArtistPlan, 'artistId' | 'known'> & {
  readonly market: string;
  readonly maxCalls: number;
};

type AlbumInMarket = AlbumToMeasure & { readonly market: string; readonly maxCalls: number };

type Limits = Pick<Run, 'deadlineAt'>;

/** Where albums are stored. */
export type AlbumStore = {
  readonly openRows: (limits: Limits) => CatalogueSink;
  readonly openAlbums: (limits: Limits) => StoredAlbums & ListingSink;
};

type Parts = Metered & {
  readonly store: AlbumStore;
  /** For what is read between the steps. */
  readonly limits?: Limits;
};

const STATE_WITHIN_MS = 10_000;
const NO_LIMITS = { deadlineAt: Number.POSITIVE_INFINITY };

export function createAlbumsApp({
  limits: between = NO_LIMITS,
  memoryMb,
  session,
  store,
}: Parts): AlbumsApp {
  const { clock, quota } = session;
  const openPorts = (run: Run, source: AlbumPorts['source']): AlbumPorts => ({
    source,
    sink: store.openRows(run),
    listings: store.openAlbums(run),
  });
  return {
    stored: store.openAlbums(between),
    now: clock.now,
    countCallsLeft: () => {
      const { budget } = quota.options.settings;
      const limits = { deadlineAt: clock.now() + STATE_WITHIN_MS, isRead: false };
      return quota.change(limits, (state, now) => {
        const isCooling = (state.cooldown?.until ?? 0) > now;
        const left = callsLeft(state.calls, now, { budget, purpose: 'load' });
        return [state, isCooling ? 0 : left];
      });
    },
    findArtists: (name, run) =>
      meteredRun({ session, memoryMb, run }, (spotify) => findArtists(spotify, name)),
    listArtist: ({ market, maxCalls, ...wanted }, run) =>
      meteredRun({ session, memoryMb, run }, (spotify) => {
        const ports = openPorts(run, openSource(spotify, { market, maxCalls }));
        return listArtistAlbums(ports, { ...wanted, market, nowMs: clock.now() });
      }),
    measureAlbum: ({ market, maxCalls, ...wanted }, run) =>
      meteredRun({ session, memoryMb, run }, (spotify) =>
        measureAlbum(openPorts(run, openSource(spotify, { market, maxCalls })), wanted),
      ),
  };
}

type SourceLimits = { readonly market: string; readonly maxCalls: number };

/** Begins no pages that would take more calls. */
function openSource(
  spotify: SpotifyRun,
  { market, maxCalls }: SourceLimits,
): ReturnType<typeof createAlbumSource> {
  const source = createAlbumSource(spotify, market);
  const expectCalls = async (count: number): Promise<void> => {
    if (spotify.calls.count() + count > maxCalls) throw planSpent();
    await source.expectCalls(count);
  };
  return { ...source, expectCalls };
}

/** A listing or an album is longer than the plan could know. */
export function planSpent(): EtlError {
  return new EtlError(
    'SPOTIFY_BUDGET_SPENT',
    'This run has made all calls of its plan. The next run plans with what is listed now, and goes on.',
    { retryAfterSeconds: 1 },
  );
}
