/** One object of a bucket, read whole and replaced whole. */
import {
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { messageOf } from '../../lib/usage-error.ts';

export type ObjectVersion = { readonly body: Buffer; readonly etag: string };

export type S3Object = {
  /** What messages call it. */
  readonly name: string;
  /** Undefined if there is none; without the right to list the bucket S3 calls that forbidden. */
  readonly find: () => Promise<ObjectVersion | undefined>;
  /**
   * Replaces a version, or creates the object if `replaces` is undefined; returns the new ETag. Undefined if another version is
   * there, which can be this very one: a put whose answer is lost is repeated.
   */
  readonly put: (body: Uint8Array, replaces: string | undefined) => Promise<string | undefined>;
};

export type Bucket = {
  readonly bucket: string;
  readonly region: string;
  /** Only for an S3 that is not AWS's. */
  readonly endpoint?: string | undefined;
  /** By default those that the SDK finds. */
  readonly credentials?: S3ClientConfig['credentials'];
};

const TIMEOUT_MS = 10_000;
/** Another version is there, none is there any more, or somebody else is writing. */
const CHANGED: ReadonlySet<number | undefined> = new Set([404, 409, 412]);

/** Opens objects of a bucket by their keys, and sends nothing yet. */
export function openBucket({ bucket, ...place }: Bucket): (key: string) => S3Object {
  const client = createClient(place);
  return (key) => {
    const name = `s3://${bucket}/${key}`;
    const object = { Bucket: bucket, Key: key };
    return {
      name,
      find: async () => {
        try {
          const { Body, ETag = '' } = await client.send(new GetObjectCommand(object));
          const bytes = (await Body?.transformToByteArray()) ?? [];
          return { body: Buffer.from(bytes), etag: ETag };
        } catch (error) {
          if (statusOf(error) === 404 || isRefusal(error, 'AccessDenied')) return undefined;
          throw explain(error, `read ${name}`);
        }
      },
      put: async (body, replaces) => {
        const condition = replaces === undefined ? { IfNoneMatch: '*' } : { IfMatch: replaces };
        const content = { Body: body, ContentType: 'text/csv; charset=utf-8' };
        try {
          const put = new PutObjectCommand({ ...object, ...content, ...condition });
          return (await client.send(put)).ETag ?? '';
        } catch (error) {
          if (CHANGED.has(statusOf(error)) && !isRefusal(error, 'NoSuchBucket')) return undefined;
          throw explain(error, `write ${name}`);
        }
      },
    };
  };
}

function createClient({ credentials, endpoint, region }: Omit<Bucket, 'bucket'>): S3Client {
  return new S3Client({
    region,
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    retryMode: 'standard',
    maxAttempts: 3,
    requestHandler: { requestTimeout: TIMEOUT_MS, throwOnRequestTimeout: true },
  });
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

function isRefusal(error: unknown, code: string): boolean {
  return error instanceof S3ServiceException && error.name === code;
}

function explain(error: unknown, task: string): Error {
  return error instanceof S3ServiceException
    ? new Error(`S3 refused to ${task} (${error.name}).`)
    : new Error(`S3 gave no answer when asked to ${task} (${messageOf(error)}).`, { cause: error });
}
