/**
 * Allows one walk at a time over a file in S3, with a lock object next to it that has an end time. The holder ends before that
 * time, or Lambda ends it, so an expired lock is free.
 */
import * as z from 'zod/mini';
import type { S3Object } from '../../app/bucket.ts';
import { parseJson } from '../../lib/parse-json.ts';

/** Releases the lock. If that fails, the next walk waits for its end. */
type Release = () => Promise<void>;

type Claim = {
  readonly owner: string;
  readonly now: number;
  /** The time when the owner has certainly ended. */
  readonly until: number;
};

/** Each attempt reads the lock that made the last put fail. */
const MOST_LOOKS = 3;

const lockSchema = z.object({ until: z.number() });

/** Undefined if another walk holds it. Throws if nobody does but it cannot be taken. */
export async function acquireObjectLock(
  object: S3Object,
  { now, owner, until }: Claim,
): Promise<Release | undefined> {
  const claim = toText({ owner, until });
  const hold =
    (etag: string): Release =>
    async () => {
      await object.put(toText({ owner, until: 0 }), etag);
    };
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const found = await object.find();
    // A put with a lost answer is repeated, and then finds itself.
    if (found?.body.equals(claim) === true) return hold(found.etag);
    if (found !== undefined && parseUntil(found.body) > now) return undefined;
    const etag = await object.put(claim, found?.etag);
    if (etag !== undefined) return hold(etag);
  }
  throw new Error(`${object.name} cannot be written, and no walk holds it.`);
}

/** An unreadable lock counts as free. */
function parseUntil(body: Buffer): number {
  return lockSchema.safeParse(parseJson(body.toString())).data?.until ?? 0;
}

function toText(lock: { readonly owner: string; readonly until: number }): Buffer {
  return Buffer.from(`${JSON.stringify(lock)}\n`);
}
