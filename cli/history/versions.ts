import type { DatedVersion } from '../../app/library.ts';
import { findChanges, type PlaylistChanges } from '../../etl/model/playlist-changes.ts';
import { UsageError } from '../../lib/usage-error.ts';

/** A version, and what had changed when it was first seen; undefined for the first. */
export type Step = {
  readonly version: DatedVersion;
  readonly changes: PlaylistChanges | undefined;
};

/**
 * The version in force at a moment, of versions with the newest first.
 *
 * @throws UsageError where the library did not know the list yet
 */
export function versionAt(versions: readonly DatedVersion[], moment: string): DatedVersion {
  const found = versions.find(({ seenAt }) => seenAt <= moment);
  if (found !== undefined) return found;
  throw new UsageError(`The library knows this list since ${versions.at(-1)?.seenAt ?? 'never'}.`);
}

/** Each version against the one before it; with `from`, the one of `to` against the one of then. */
export function toSteps(
  versions: readonly DatedVersion[],
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
): Step[] {
  if (from === undefined) {
    return versions.map((version, at) => ({
      version,
      changes: compare(versions[at + 1], version),
    }));
  }
  const version = to === undefined ? versions[0] : versionAt(versions, to);
  const older = versionAt(versions, from);
  return version === undefined ? [] : [{ version, changes: compare(older, version) }];
}

function compare(
  older: DatedVersion | undefined,
  newer: DatedVersion,
): PlaylistChanges | undefined {
  return older && findChanges(older, newer);
}
