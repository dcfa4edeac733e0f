import type { S3Object } from '../../app/bucket.ts';
import { UsageError } from '../../lib/usage-error.ts';
import type { PlaylistsStore } from '../../trigger/playlists-store.ts';

/**
 * The store of an object in S3. Only what was read is replaced: whatever a person has put there meanwhile stays.
 *
 * `read` throws UsageError where there is no such object.
 */
export function createObjectStore(object: S3Object): PlaylistsStore {
  let known: string | undefined;
  return {
    name: object.name,
    read: async () => {
      const found = await object.find();
      if (found === undefined) {
        throw new UsageError(
          `There is no ${object.name}, or you lack permission to read it. Upload a playlists file: aws s3 cp playlists.csv ${object.name}`,
        );
      }
      known = found.etag;
      return found.body;
    },
    replace: async (chunks) => {
      const etag = await object.put(Buffer.concat([...chunks]), known);
      if (etag === undefined) return false;
      known = etag;
      return true;
    },
  };
}
