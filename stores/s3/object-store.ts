import { basename } from 'node:path';
import { UsageError } from '../../lib/usage-error.ts';
import type { S3Object } from './bucket.ts';

export type ObjectStore = {
  /** For messages. */
  readonly name: string;
  readonly read: () => Promise<Buffer>;
  readonly replace: (chunks: Iterable<Uint8Array>) => Promise<boolean>;
};

/**
 * A store of a file in an S3 object. It replaces only the version it has read, so a newer upload stays.
 *
 * `read` throws UsageError if there is no such object.
 */
export function createObjectStore(object: S3Object): ObjectStore {
  let known: string | undefined;
  return {
    name: object.name,
    read: async () => {
      const found = await object.find();
      if (found === undefined) {
        throw new UsageError(
          `There is no ${object.name}, or you lack permission to read it. Upload one: aws s3 cp ${basename(object.name)} ${object.name}`,
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
