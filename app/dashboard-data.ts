/** What the dashboard gets of a library. */
import {
  COUNTED,
  type DashboardAlbums,
  type DashboardData,
  type DashboardHealth,
  type DashboardItem,
  type DashboardPlaylist,
  type DashboardPlays,
  SKIPPED,
} from '../dashboard/data.ts';
import { toAlbumTrend, toTrendPoints } from '../etl/transform/album-trend.ts';
import { findListedArtists } from '../stores/sqlite/dashboard-albums.ts';
import { type LibraryHealth, readHealth } from '../stores/sqlite/dashboard-health.ts';
import { type ListWithVersions, listWithVersions } from '../stores/sqlite/dashboard-playlists.ts';
import {
  type CountedItem,
  listCountedItems,
  listCountedPlays,
  type PlayColumns,
} from '../stores/sqlite/dashboard-plays.ts';
import type { Library } from '../stores/sqlite/library.ts';
import { LibraryAlbums } from '../stores/sqlite/library-albums.ts';
import { readFamilies } from './album-families.ts';

export type DashboardContext = {
  readonly madeAtMs: number;
  readonly calls?: DashboardHealth['calls'];
  readonly loginDaysLeft?: number | undefined;
};

/** @throws EtlError as `Library.run` */
export async function readDashboardData(
  library: Library,
  { calls, loginDaysLeft, madeAtMs }: DashboardContext,
): Promise<DashboardData> {
  const health = await readHealth(library);
  const plays: PlayColumns[] = [];
  for await (const page of listCountedPlays(library)) plays.push(page);
  const lists = await takeAll(listWithVersions(library));
  // Last, so that it has what the plays and the lists name.
  const items = await takeAll(listCountedItems(library));
  const numbers = new Map(items.map(({ id }, number) => [id, number]));
  return {
    madeAtMs,
    library: library.place,
    items: items.map((item) => toItem(item, numbers)),
    plays: toPlays(plays, numbers),
    ...toTimes(health),
    playlists: lists.map((list) => toPlaylist(list, numbers)),
    albums: await readAlbums(library),
    health: { ...toHealth(health), calls, loginDaysLeft },
  };
}

async function takeAll<Row>(pages: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const page of pages) for (const row of page) all.push(row);
  return all;
}

type Numbers = ReadonlyMap<number, number>;

function toItem(item: CountedItem, numbers: Numbers): DashboardItem {
  return {
    uri: item.uri,
    kind: item.kind,
    name: item.name ?? '',
    artist: item.artist ?? '',
    parent: item.parent ?? '',
    parentArtist: item.parent_artist ?? '',
    durationMs: item.duration_ms ?? undefined,
    countedAs: numbers.get(item.counted_as) ?? numbers.get(item.id) ?? 0,
    isLeftOut: item.is_left_out === 1,
  };
}

function toPlays(pages: readonly PlayColumns[], numbers: Numbers): DashboardPlays {
  const itemId = pages.flatMap(({ item_id }) => item_id);
  // Without a play that was forgotten while the library was read.
  const kept = [...itemId.keys()].filter((at) => numbers.has(itemId[at] ?? 0));
  const endedAtMs = pages.flatMap(({ ended_at }) => ended_at);
  const msPlayed = pages.flatMap(({ ms_played }) => ms_played);
  const isCounted = pages.flatMap(({ counted }) => counted);
  const isSkipped = pages.flatMap(({ is_skipped }) => is_skipped);
  return {
    length: kept.length,
    endedAtMs: Float64Array.from(kept, (at) => endedAtMs[at] ?? 0),
    item: Uint32Array.from(kept, (at) => numbers.get(itemId[at] ?? 0) ?? 0),
    // 24 days are more than anybody listens to one song.
    heardMs: Int32Array.from(kept, (at) => Math.min(msPlayed[at] ?? -1, 2 ** 31 - 1)),
    flags: Uint8Array.from(kept, (at) => {
      const counted = isCounted[at] === 1 ? COUNTED : 0;
      return isSkipped[at] === 1 ? counted | SKIPPED : counted;
    }),
  };
}

function toPlaylist(list: ListWithVersions, numbers: Numbers): DashboardPlaylist {
  const contributors = [...new Set(list.items.flatMap(([, , addedBy]) => addedBy ?? []))];
  const places = new Map(contributors.map((id, place) => [id, place]));
  return {
    id: list.id,
    name: list.name ?? '',
    ownerName: list.owner ?? '',
    url: toLink(list.url ?? ''),
    readAtMs: Date.parse(list.extracted_at),
    contributors,
    items: list.items.map(([id]) => (id === null ? null : (numbers.get(id) ?? null))),
    addedDay: list.items.map(([, day]) => day),
    addedBy: list.items.map(([, , addedBy]) => places.get(addedBy ?? '') ?? -1),
    versions: list.versions.map(({ seenAt, ...size }) => ({
      seenAtMs: Date.parse(seenAt),
      ...size,
    })),
  };
}

/** Only what a browser opens safely; an address such as `javascript:` runs in the page. */
function toLink(url: string): string | undefined {
  return URL.canParse(url) && new URL(url).protocol === 'https:' ? url : undefined;
}

function toTimes({ covered, gaps }: LibraryHealth): Pick<DashboardData, 'covered' | 'gaps'> {
  return {
    covered,
    gaps: gaps.map(({ after, before, cause, is_closed }) => ({
      afterMs: after,
      beforeMs: before,
      cause,
      isClosed: is_closed === 1,
    })),
  };
}

function toHealth({
  imports,
  polls,
  syncs,
}: LibraryHealth): Pick<DashboardHealth, 'polls' | 'imports' | 'syncs'> {
  return {
    polls: polls.map(({ at, ...poll }) => ({ atMs: at, ...poll })),
    imports: imports.map(({ finished_at, name, rows_new, rows_read, rows_refused }) => ({
      name,
      finishedAtMs: finished_at ?? undefined,
      rowsRead: rows_read,
      rowsNew: rows_new,
      rowsRefused: rows_refused,
    })),
    syncs: syncs.map(({ outcome, started_at, ...sync }) => ({
      ...sync,
      startedAtMs: Date.parse(started_at),
      outcome: outcome ?? undefined,
    })),
  };
}

/** The artists of the market that was asked for last, as a report on them has it. */
async function readAlbums(library: Library): Promise<DashboardAlbums | undefined> {
  const listed = await findListedArtists(library);
  if (listed === undefined) return undefined;
  const { albums, families, names } = await readFamilies(new LibraryAlbums(library), listed);
  if (albums.every(({ album }) => album.album_duration === undefined)) return undefined;
  return {
    market: listed.market,
    trend: toAlbumTrend(families, names),
    points: toTrendPoints(families, names),
  };
}
