/** What the sources of a pair have, and the list of a week that is made of it. */
import { DateTime } from 'luxon';
import { EtlError } from '../errors.ts';
import { keepsChanging } from '../extract/list.ts';
import { extractPlaylist, MAX_READS } from '../extract/playlist.ts';
import type { PlaylistSource } from '../extract/sources.ts';
import type { NewList } from '../load/sync-target.ts';
import { isLikedSongs } from '../model/ids.ts';
import type { ListEntry, SyncMode } from '../model/sync.ts';
import { hashList, toDatedKey } from '../model/sync-writes.ts';
import { toEntries } from '../transform/sync-entries.ts';
import type { SyncPorts } from './sync-planning.ts';

export type SyncPair = {
  readonly name: string;
  readonly mode: SyncMode;
  /** Playlist IDs, or `liked`, in their order. */
  readonly sources: readonly string[];
  /** Of a dated pair what its lists are called. */
  readonly target: string | NewList;
};

export type PairPorts = Pick<SyncPorts, 'clock' | 'journal' | 'source' | 'timeZone' | 'writer'>;

/**
 * One after the other. Liked Songs, which come newest first, from the oldest on, unless the newest is wanted first.
 *
 * @throws EtlError `TARGET_NOT_WRITABLE` for an inbox that could not be emptied
 */
export async function readSources(
  { source, writer }: PairPorts,
  { mode, sources }: SyncPair,
): Promise<readonly ListEntry[]> {
  const userId = mode === 'inbox' ? await writer.getUserId() : undefined;
  const all: ListEntry[] = [];
  for (const id of sources) {
    const { entries, ownerId } = await readSource(source, id);
    if (userId !== undefined && ownerId !== userId) throw notEmptiable();
    const isReversed = isLikedSongs(id) && mode !== 'append-newest-first';
    all.push(...(isReversed ? entries.toReversed() : entries));
  }
  return all;
}

function notEmptiable(): EtlError {
  return new EtlError(
    'TARGET_NOT_WRITABLE',
    'The inbox belongs to another account than the one that logged in, so it cannot be emptied: make one of your own.',
  );
}

type SourceRead = {
  readonly entries: readonly ListEntry[];
  readonly ownerId: string | null | undefined;
};

/**
 * Reads a source whole, and again if it changes meanwhile. An item that is dragged from one page to another makes one come twice:
 * then two reads must be equal, as the snapshot can lag.
 */
async function readSource(source: PlaylistSource, sourceId: string): Promise<SourceRead> {
  let earlier: string | undefined;
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const { items, metadata } = await extractPlaylist(source, await source.getPlaylist(sourceId));
    const entries = toEntries(items);
    const hash = hashList(entries);
    const dated = new Set(entries.map(toDatedKey));
    if (dated.size === entries.length || hash === earlier) {
      return { entries, ownerId: metadata.owner?.id };
    }
    earlier = hash;
  }
  throw keepsChanging('source');
}

const toWeekly = ({ key, name }: NewList, week: string): NewList => ({
  key: `${key} ${week}`,
  name: `${name} ${week}`,
});

/** How many weeks back a list is looked for. */
const MAX_WEEKS = 53;

/**
 * The list of the ISO week in which the newest item was added, or of the run. If there is one of a later week by now, that one:
 * its items have been taken out of the source again.
 */
export async function findWeekly(
  { clock, journal, timeZone }: PairPorts,
  target: NewList,
  entries: readonly ListEntry[],
): Promise<NewList> {
  const now = DateTime.fromMillis(clock.now());
  const [newest] = entries
    .flatMap(({ added_at }) => added_at ?? [])
    .toSorted()
    .slice(-1);
  const added = newest === undefined ? now : DateTime.fromISO(newest);
  const first = toWeek(added, timeZone);
  for (let back = 0; back < MAX_WEEKS; back += 1) {
    const week = toWeek(now.minus({ weeks: back }), timeZone);
    if (week <= first) break;
    const weekly = toWeekly(target, week);
    if ((await journal.findCreation(weekly.key)) !== undefined) return weekly;
  }
  return toWeekly(target, first);
}

/** `2026-W48`. */
const toWeek = (at: DateTime, timeZone = 'utc'): string =>
  at.setZone(timeZone).toFormat("kkkk-'W'WW");
