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
  /** Its name in messages. */
  readonly name: string;
  /** Undefined if there is none; S3 answers "forbidden" without the permission to list the bucket. */
  readonly find: () => Promise<ObjectVersion | undefined>;
  /**
   * Replaces a version, or creates the object if `replaces` is undefined; returns the new ETag. Undefined if another version is
   * there. That can be its own, because a put with a lost answer is repeated. `any` replaces whatever is there.
   */
  readonly put: (body: Uint8Array, replaces: string | undefined) => Promise<string | undefined>;
};

export type Bucket = {
  readonly bucket: string;
  readonly region: string;
  /** For an S3 other than AWS's. */
  readonly endpoint?: string | undefined;
  /** Default: the SDK finds them. */
  readonly credentials?: S3ClientConfig['credentials'];
};

const TIMEOUT_MS = 10_000;
/** Another version is there, the object is gone, or somebody else is writing. */
const CHANGED: ReadonlySet<number | undefined> = new Set([404, 409, 412]);

const CSV = 'text/csv; charset=utf-8';

/** Opens an object by its key, without a request. A put gives it this media type. */
export type OpenObject = (key: string, type?: string) => S3Object;

export function openBucket({ bucket, ...place }: Bucket): OpenObject {
  const client = createClient(place);
  return (key, type = CSV) => {
    const name = `s3://${bucket}/${key}`;
    const object = { Bucket: bucket, Key: key };
    return {
      name,
      find: async () => {
        try {
          const { Body, ETag = '' } = await client.send(new GetObjectCommand(object));
          const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
          // Without a copy: a file can have a million rows.
          return { body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), etag: ETag };
        } catch (error) {
          const isMissing = statusOf(error) === 404 && !isRefusal(error, 'NoSuchBucket');
          if (isMissing || isRefusal(error, 'AccessDenied')) return undefined;
          throw explain(error, `read ${name}`);
        }
      },
      put: async (body, replaces) => {
        const match = replaces === undefined ? { IfNoneMatch: '*' } : { IfMatch: replaces };
        const condition = replaces === 'any' ? {} : match;
        const content = { Body: body, ContentType: type };
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
  if (isRefusal(error, 'NoSuchBucket')) {
    return new Error(
      `S3 has no such bucket, so it cannot ${task}. Deploy the stage again: npx sls deploy`,
    );
  }
  return error instanceof S3ServiceException
    ? new Error(`S3 refused to ${task} (${error.name}).`)
    : new Error(`S3 gave no answer when asked to ${task} (${messageOf(error)}).`, { cause: error });
}
