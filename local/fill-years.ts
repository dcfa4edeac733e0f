/** A library of years, as somebody has one who uses all commands: for the picture of the dashboard and the tests of its pages. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectAlbums, planCollecting } from '../app/collect-albums.ts';
import { parseSpotifyConfig } from '../app/config.ts';
import { openLibrary } from '../app/library.ts';
import { type LibraryApp, openLibraryApp } from '../app/library-app.ts';
import { importInto } from '../app/plays-import.ts';
import { spotifyVariables } from '../cli/shared/simulated-spotify.ts';
import { systemClock } from '../lib/system-clock.ts';
import { createCatalogue } from './simulator/catalogue.ts';
import { createExportFiles, type ExportFile, writeExportZip } from './simulator/export-zip.ts';
import { type SpotifySimulator, startSpotifySimulator } from './simulator/simulator.ts';

export type YearsOptions = {
  /** The moment at which all of it was done, and until which was listened. */
  readonly nowMs: number;
  readonly years: number;
  /** How many plays at most, short ones too. */
  readonly plays: number;
  /** Default true: a person has seasons, and days without music. False: as many plays every day, and none is left away. */
  readonly hasSeasons?: boolean;
  /** How many artists' albums are measured. */
  readonly artists: number;
  /** Of the simulated music: another one has other names. Default 1. */
  readonly seed?: number;
};

const RUN_MS = 600_000;
const DAY_MS = 86_400_000;
/** Often enough for a listener of 83 plays a day. */
const POLL_MS = 2 * 3_600_000;
const POLLED_MS = 14 * DAY_MS;
/** The laptop was off: more was played than Spotify lists. */
const OFF_MS = { from: 6 * DAY_MS, until: 4 * DAY_MS };
/** An export was made so long ago. */
const EXPORTED_MS = 9 * DAY_MS;
/** So long ago the lists were read first. */
const LISTS_MS = [60 * DAY_MS, 21 * DAY_MS, 0];
const CHANGES = 6;
/** Of several people each. */
const SHARED_LISTS = 7;

/** Fills the library there. The same options fill it with the same. */
export async function fillYears(place: string, options: YearsOptions): Promise<void> {
  let at = options.nowMs;
  const now = (): number => at;
  const { seed = 1 } = options;
  const spotify = await startSpotifySimulator({ now, seed, listener: 'normal' });
  const library = { place, authToken: undefined };
  const settings = parseSpotifyConfig(spotifyVariables(spotify));
  const app = await openLibraryApp(settings, library, { ...systemClock, now });
  try {
    for (const agoMs of LISTS_MS) {
      at = options.nowMs - agoMs;
      await readLists(app, spotify, at);
    }
    for (let agoMs = POLLED_MS; agoMs >= 0; agoMs -= POLL_MS) {
      at = options.nowMs - agoMs;
      const isOff = agoMs < OFF_MS.from && agoMs > OFF_MS.until;
      if (!isOff) await app.pollPlays({ runId: randomUUID(), deadlineAt: at + RUN_MS });
    }
    await measureAlbums(app, spotify, { count: options.artists, now });
  } finally {
    await app.close();
    await spotify.close();
  }
  await importYears(place, { ...options, seed });
}

/** Reads the lists, and changes them for the next time. */
async function readLists(app: LibraryApp, spotify: SpotifySimulator, at: number): Promise<void> {
  const { playlists, showcase } = spotify.catalogue;
  const shared = [...playlists.values()].filter(({ access }) => access === 'collaborative');
  for (const id of [...showcase, ...shared.slice(0, SHARED_LISTS).map((list) => list.id)]) {
    await app.ingestPlaylist(id, { runId: randomUUID(), deadlineAt: at + RUN_MS });
    spotify.changePlaylist(id, CHANGES);
  }
}

async function measureAlbums(
  { albums }: LibraryApp,
  { catalogue }: SpotifySimulator,
  { count, now }: { readonly count: number; readonly now: () => number },
): Promise<void> {
  const artistIds = [...catalogue.artists.keys()].slice(0, count);
  const report = { artistIds, market: 'US' };
  const collecting = {
    ...report,
    plan: await planCollecting(albums, report),
    signal: new AbortController().signal,
    startStep: () => ({ run: { runId: randomUUID(), deadlineAt: now() + RUN_MS }, report: {} }),
    onCalls: () => undefined,
  };
  for await (const { error } of collectAlbums(albums, collecting)) if (error) throw error;
}

async function importYears(
  place: string,
  options: YearsOptions & { readonly seed: number },
): Promise<void> {
  const { hasSeasons = true, plays: rows, seed, years } = options;
  const nowMs = options.nowMs - EXPORTED_MS;
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-years-'));
  const library = openLibrary({ place, authToken: undefined });
  try {
    const zip = join(folder, 'my_spotify_data.zip');
    // A new one: changed lists bring new songs, and with them other plays than those that were polled.
    const catalogue = createCatalogue(seed);
    const files = createExportFiles(catalogue, { seed, nowMs, years, rows });
    await writeExportZip(zip, hasSeasons ? thinOut(files, nowMs) : files);
    const flags = { withPrivate: false, withCountry: false };
    await importInto(library, { places: [zip], nowMs, ...flags, onFile: () => undefined });
  } finally {
    await library.close();
    await rm(folder, { recursive: true });
  }
}

/** What polls have too stays. */
function* thinOut(files: Iterable<ExportFile>, nowMs: number): Generator<ExportFile> {
  for (const { name, rows } of files) {
    const isKept = (row: object): boolean => {
      const ms = 'ts' in row ? Date.parse(String(row.ts)) : 0;
      const chance = ((ms / 1000) % 101) / 101;
      return ms > nowMs - POLLED_MS || chance < shareOf(Math.floor(ms / DAY_MS));
    };
    yield { name, rows: rows.filter(isKept) };
  }
}

/** How much of a day's music is heard, from none to all of it. */
function shareOf(day: number): number {
  const season = 0.6 + 0.25 * Math.sin(day / 58) + 0.15 * Math.sin(day / 17);
  return (day * 7919) % 23 === 0 ? 0 : season * (day % 7 < 2 ? 1 : 0.75);
}
