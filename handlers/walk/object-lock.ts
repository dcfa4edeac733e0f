/**
 * One walk at a time over a file in S3: a lock beside it that says until when. Who holds it ends before that, or is ended, so that
 * a lock whose time is over is nobody's.
 */
import * as z from 'zod/mini';
import type { S3Object } from '../../app/bucket.ts';
import { parseJson } from '../../lib/parse-json.ts';

/** Gives the lock back; who fails to only makes the next one wait. */
type Release = () => Promise<void>;

type Claim = {
  readonly owner: string;
  readonly now: number;
  /** When the owner has ended for certain. */
  readonly until: number;
};

/** Each finds what kept the put before it from its place. */
const MOST_LOOKS = 3;

const lockSchema = z.object({ until: z.number() });

/** Undefined where another walk holds it. Throws where none does and it cannot be had. */
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
    // A put whose answer is lost is repeated, and then meets itself.
    if (found?.body.equals(claim) === true) return hold(found.etag);
    if (found !== undefined && parseUntil(found.body) > now) return undefined;
    const etag = await object.put(claim, found?.etag);
    if (etag !== undefined) return hold(etag);
  }
  throw new Error(`${object.name} cannot be written, and no walk holds it.`);
}

/** What nobody can read holds nobody up. */
function parseUntil(body: Buffer): number {
  return lockSchema.safeParse(parseJson(body.toString())).data?.until ?? 0;
}

function toText(lock: { readonly owner: string; readonly until: number }): Buffer {
  return Buffer.from(`${JSON.stringify(lock)}\n`);
}
