/** Pairs whose lists are as they were when a run had nothing to do with them: they are not read again. */
import { EtlError } from '../errors.ts';
import { extractMyPlaylists } from '../extract/my-playlists.ts';
import type { ListSource, MyPlaylistsPage } from '../extract/sources.ts';
import type { PlaylistWriter } from '../load/sinks.ts';
import type { Settled } from '../model/sync.ts';
import type { SyncPorts } from './sync-planning.ts';

/** What Spotify did not take is tried again by then. */
const GOOD_FOR_MS = 30 * 86_400_000;

/** Equal to no version. */
const UNKNOWN = '';

type ReadVersions = Pick<Settled, 'versions' | 'until'>;

/**
 * Ports that note in which version each list was opened last: what is read of it then is not older. What nobody else has changed
 * since a write of ours has the version of that write, once the list was read whole again: the version has what others did before.
 */
export function noteVersions<Ports extends Pick<SyncPorts, 'source' | 'writer'>>(
  ports: Ports,
): { readonly ports: Ports; readonly toRead: () => ReadVersions } {
  const versions = new Map<string, string>();
  const written = new Map<string, string | undefined>();
  let until = Number.POSITIVE_INFINITY;
  const source: ListSource = {
    ...ports.source,
    getPlaylist: async (playlistId) => {
      const opening = await ports.source.getPlaylist(playlistId);
      versions.set(playlistId, written.get(playlistId) ?? opening.metadata.snapshot_id);
      until = Math.min(until, opening.openedAt + GOOD_FOR_MS);
      return opening;
    },
  };
  const writer: PlaylistWriter = {
    ...ports.writer,
    write: async (playlistId, write) => {
      const reply = await ports.writer.write(playlistId, write);
      if (reply.answer !== 'refused') {
        versions.set(playlistId, UNKNOWN);
        written.set(playlistId, reply.snapshotId);
      }
      return reply;
    },
  };
  return {
    ports: { ...ports, source, writer },
    toRead: () => ({ versions: Object.fromEntries(versions), until }),
  };
}

/** What is remembered of those pairs of which no list has changed since. Asks Spotify only where something is remembered. */
export async function findSettled(
  ports: Pick<SyncPorts, 'clock' | 'journal' | 'myLists' | 'source'>,
  pairs: readonly { readonly name: string; readonly about: string }[],
): Promise<ReadonlyMap<string, Settled>> {
  const remembered = new Map<string, Settled>();
  for (const { about, name } of pairs) {
    const settled = await ports.journal.findSettled(name);
    if (settled?.about !== about || settled.until <= ports.clock.now()) continue;
    remembered.set(name, settled);
  }
  const wanted = new Set([...remembered.values()].flatMap(({ versions }) => Object.keys(versions)));
  const now = await readVersions(ports, wanted);
  const isSame = ([, { versions }]: readonly [string, Settled]): boolean =>
    Object.entries(versions).every(([id, version]) => now.get(id) === version);
  return new Map([...remembered].filter(isSame));
}

/** In no more calls than one for each of them, and one. What fails is left to the reads. */
async function readVersions(
  { myLists, source }: Pick<SyncPorts, 'myLists' | 'source'>,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string | undefined>> {
  if (wanted.size === 0) return new Map();
  const listed = await unlessRefused(listVersions(myLists, wanted));
  const versions = new Map(listed ?? []);
  for (const id of wanted) {
    if (!versions.has(id)) versions.set(id, await unlessRefused(source.getSnapshotId(id)));
  }
  return versions;
}

/** Of the lists on the first page, or of all where that is less than asking for each. */
async function listVersions(
  myLists: SyncPorts['myLists'],
  wanted: ReadonlySet<string>,
): Promise<[string, string | undefined][]> {
  const first = await myLists.getPage(0);
  const found = first.entries.filter((entry) => entry && wanted.has(entry.id)).length;
  const furtherPages = Math.ceil(first.total / Math.max(1, first.entries.length)) - 1;
  const getPage = (offset: number): Promise<MyPlaylistsPage> =>
    offset === 0 ? Promise.resolve(first) : myLists.getPage(offset);
  const maxPages = furtherPages < wanted.size - found ? furtherPages + 1 : 1;
  const { playlists } = await extractMyPlaylists({ ...myLists, getPage }, { maxPages });
  return playlists.map(({ id, snapshot_id }) => [id, snapshot_id ?? undefined]);
}

async function unlessRefused<Result>(asked: Promise<Result>): Promise<Result | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof EtlError) return undefined;
    throw error;
  }
}
