/** Collects the albums of artists: lists them, and reads the tracks of those that have no length yet. */
import { EtlError } from '../etl/errors.ts';
import { FAILED_ARTIST } from '../etl/model/albums.ts';
import type { Run, RunReport } from '../etl/model/summaries.ts';
import { toAlbumFamilies } from '../etl/transform/album-families.ts';
import {
  type ArtistPlan,
  type ArtistState,
  findToMeasure,
  planArtists,
  toOwned,
} from '../etl/transform/album-plan.ts';
import { type AlbumsApp, planSpent } from './albums.ts';

type Stored = Pick<AlbumsApp, 'stored' | 'now'>;

export type Report = {
  readonly artistIds: readonly string[];
  readonly market: string;
};

export type CollectPlan = {
  readonly artists: readonly ArtistPlan[];
  /** The most that the run makes: what is needed, or what the day still allows. */
  readonly calls: number;
  /** What all of it needs at most. */
  readonly callsNeeded: number;
  readonly callsLeft: number;
};

/** Asks nobody. */
export async function planCollecting(
  app: Stored & Pick<AlbumsApp, 'countCallsLeft'>,
  report: Report,
): Promise<CollectPlan> {
  const states = await readStates(app, report);
  const artists = planArtists(states, app.now());
  const callsNeeded = artists.reduce((sum, { calls }) => sum + calls, 0);
  const callsLeft = await app.countCallsLeft();
  return { artists, callsNeeded, callsLeft, calls: Math.min(callsNeeded, callsLeft) };
}

/** What is stored of each artist, in the order of the report. Each album is with one artist. */
export async function readStates(
  { stored }: Pick<Stored, 'stored'>,
  { artistIds, market }: Report,
): Promise<ArtistState[]> {
  const listings = await stored.findListings(artistIds, market);
  const albums = toOwned(await stored.listAlbums(artistIds, market), artistIds);
  const byArtist = Map.groupBy(albums, (album) => album.artistId);
  return artistIds.map((artistId) => ({
    artistId,
    listing: listings.find((listing) => listing.artistId === artistId),
    albums: byArtist.get(artistId) ?? [],
  }));
}

/** Whether all of its albums that can be in the trend have a length. */
export function isComplete({ albums, listing }: ArtistState): boolean {
  return listing !== undefined && findToMeasure(albums).length === 0;
}

/** What is there of a report. Wire names. */
export type Collected = Readonly<
  Record<'artists_complete' | 'artists_total' | 'albums' | 'families', number>
>;

export async function countCollected(
  app: Pick<Stored, 'stored'>,
  report: Report,
): Promise<Collected> {
  const states = await readStates(app, report);
  const albums = states.flatMap((state) => state.albums);
  return {
    artists_complete: states.filter(isComplete).length,
    artists_total: states.length,
    albums: albums.length,
    families: toAlbumFamilies(albums).length,
  };
}

/** What became of one artist. */
export type ArtistOutcome = {
  readonly artistId: string;
  readonly albums: number;
  readonly measured: number;
  /** Albums without a length, to be measured by a later run. */
  readonly left: number;
  readonly calls: number;
  readonly listedAt: string | undefined;
  readonly warnings: readonly string[];
  /** The last, if any. */
  readonly error: EtlError | undefined;
};

export type ArtistCells = Readonly<
  Record<'market' | 'albums' | 'listed_at' | 'response', string>
> & { readonly name?: string };

/** What the artists file says of it. */
export function toCells(
  outcome: ArtistOutcome,
  name: string,
  { market }: Pick<Report, 'market'>,
): ArtistCells {
  const { albums, listedAt } = outcome;
  return {
    // What a person has written stays where Spotify knows no name.
    ...(name !== '' && { name }),
    market,
    albums: listedAt === undefined ? '' : String(albums),
    listed_at: listedAt?.slice(0, 'YYYY-MM-DD'.length) ?? '',
    response: toResponse(outcome),
  };
}

function toResponse({ albums, error, left, listedAt }: ArtistOutcome): string {
  if (error?.code === 'ARTIST_NOT_FOUND') return `${FAILED_ARTIST}${error.message}`;
  if (listedAt === undefined) return 'not listed yet';
  if (left > 0) return `${left} albums to measure`;
  if (error !== undefined) return `later: ${error.message}`;
  return albums === 0 ? 'complete: Spotify lists no album in this market' : 'complete';
}

/** A run for a step, and the place of its report. */
export type StartStep = () => { readonly run: Run; readonly report: Partial<RunReport> };

type Collecting = Report & {
  readonly plan: CollectPlan;
  readonly startStep: StartStep;
  readonly signal: AbortSignal;
  /** Called after each step with the number of calls so far. */
  readonly onCalls: (made: number) => void;
};

/**
 * Works on one artist after the other, and yields what became of each. Makes no more calls than the plan has. Ends after the step
 * at hand once `signal` is given, and after the first error that would meet every further step: the last outcome has it.
 */
export async function* collectAlbums(
  app: AlbumsApp,
  { onCalls, plan, ...collecting }: Collecting,
): AsyncGenerator<ArtistOutcome> {
  let made = 0;
  for (const artist of plan.artists) {
    if (collecting.signal.aborted) return;
    const outcome = await collectArtist(app, artist, {
      ...collecting,
      allowed: plan.calls - made,
      onCalls: (calls) => {
        onCalls(made + calls);
      },
    });
    made += outcome.calls;
    yield outcome;
    if (outcome.error !== undefined && endsRun(outcome.error)) return;
  }
}

type ArtistRun = Omit<Collecting, 'plan' | 'artistIds'> & { readonly allowed: number };

async function collectArtist(
  app: AlbumsApp,
  { artistId, isToBeListed, known }: ArtistPlan,
  run: ArtistRun,
): Promise<ArtistOutcome> {
  const { allowed, market, signal } = run;
  const steps = new Steps(run);
  if (isToBeListed) {
    const wanted = { artistId, known, market, maxCalls: allowed };
    await steps.take(1, (step) => app.listArtist(wanted, step));
  }
  const isListed = steps.error === undefined;
  const toMeasure = isListed ? findToMeasure(await app.stored.listAlbums([artistId], market)) : [];
  let measured = 0;
  for (const album of toMeasure) {
    if (signal.aborted || steps.isEnded) break;
    const isDone = await steps.take(album.calls, (step) =>
      app.measureAlbum({ ...album, market, maxCalls: allowed - steps.calls }, step),
    );
    if (isDone) measured += 1;
  }
  const [listing] = await app.stored.findListings([artistId], market);
  return {
    artistId,
    measured,
    albums: listing?.albums.length ?? 0,
    left: toMeasure.length - measured,
    listedAt: listing?.checkedAt,
    calls: steps.calls,
    warnings: [...steps.warnings],
    error: steps.error,
  };
}

/** What the steps of one artist use, and what went wrong last. */
class Steps {
  readonly #run: ArtistRun;
  readonly warnings = new Set<string>();
  calls = 0;
  error: EtlError | undefined;

  constructor(run: ArtistRun) {
    this.#run = run;
  }

  get isEnded(): boolean {
    return this.error !== undefined && endsRun(this.error);
  }

  /** A step that needs so many calls; false if it fails. */
  async take(calls: number, work: (run: Run) => Promise<unknown>): Promise<boolean> {
    if (this.calls + calls > this.#run.allowed) {
      this.error = planSpent();
      return false;
    }
    const started = this.#run.startStep();
    try {
      await work(started.run);
      return true;
    } catch (error) {
      if (!(error instanceof EtlError)) throw error;
      this.error = error;
      return false;
    } finally {
      this.calls += started.report.spotify_requests ?? 0;
      for (const warning of started.report.warnings ?? []) this.warnings.add(warning);
      this.#run.onCalls(this.calls);
    }
  }
}

/** Not what is about this artist or this album alone. */
export function endsRun({ code, kind }: EtlError): boolean {
  return kind !== 'final' && code !== 'SPOTIFY_RESPONSE_INVALID';
}
