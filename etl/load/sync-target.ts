import type { Clock } from '../../lib/clock.ts';
import { shortHash } from '../../lib/short-hash.ts';
import { EtlError } from '../errors.ts';
import type { PlaylistWriter, SyncJournal, TargetLock } from './sinks.ts';
import { takeLock } from './sync-lock.ts';

/** A listing can lag behind a write by half a minute. */
const LOOK_AFTER_MS = [1_000, 5_000, 30_000];

type TargetPorts = {
  readonly writer: Pick<PlaylistWriter, 'create' | 'findMarked'>;
  readonly journal: Pick<SyncJournal, 'findCreation' | 'noteCreation' | 'lock'>;
  readonly clock: Clock;
};

/** A list to create; the same key never makes a second one. */
export type NewList = { readonly key: string; readonly name: string };

/**
 * Creates a list and returns its ID. A mark in its description finds the one that an earlier run has created without an answer. The
 * lock is renewed meanwhile.
 *
 * @throws EtlError `SPOTIFY_UNAVAILABLE`, `TARGET_BUSY`
 */
export async function createTarget(
  ports: TargetPorts,
  { key, name }: NewList,
  lock: Omit<TargetLock, 'until'>,
): Promise<string> {
  const { clock, journal, writer } = ports;
  const begun = await journal.findCreation(key);
  const mark = begun?.mark ?? shortHash(`${key} ${clock.now()} ${clock.random()}`);
  await journal.noteCreation(key, { mark });
  const description = `Kept by spotify-etl. Mark: ${mark}`;
  let targetId = begun && (await writer.findMarked(mark));
  if (begun !== undefined) targetId ??= await lookFor(ports, mark);
  for (let tries = 2; targetId === undefined && tries > 0; tries -= 1) {
    await takeLock(journal, lock, clock);
    targetId = (await writer.create({ name, description })) ?? (await lookFor(ports, mark));
  }
  if (targetId === undefined) {
    throw new EtlError(
      'SPOTIFY_UNAVAILABLE',
      'Spotify did not create the target, twice. Try again in a few minutes.',
      { retryAfterSeconds: 60 },
    );
  }
  await journal.noteCreation(key, { mark, targetId });
  return targetId;
}

/** A second list would be the user's to delete, so a missing answer is followed by several looks. */
async function lookFor({ clock, writer }: TargetPorts, mark: string): Promise<string | undefined> {
  for (const afterMs of LOOK_AFTER_MS) {
    await clock.sleep(afterMs);
    const targetId = await writer.findMarked(mark);
    if (targetId !== undefined) return targetId;
  }
  return undefined;
}
