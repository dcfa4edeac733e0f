/**
 * One object of a bucket, read whole and replaced whole, over three kinds of request signed by hand: the SDK's client for S3 is
 * 200 KB of a function that may have 400.
 */
import { fromEnv } from '@aws-sdk/credential-providers';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { messageOf } from '../lib/usage-error.ts';

export type ObjectVersion = { readonly body: Buffer; readonly etag: string };

export type S3Object = {
  /** What messages call it. */
  readonly name: string;
  /** Undefined where there is none; without the right to list the bucket S3 calls that forbidden. */
  readonly find: () => Promise<ObjectVersion | undefined>;
  /**
   * Puts this in place of a version, or there where there is none; returns its ETag. Undefined where another version stands
   * there, which may be this very one: a put whose answer is lost is repeated.
   */
  readonly put: (body: Uint8Array, replaces: string | undefined) => Promise<string | undefined>;
};

export type S3Place = {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
  /** S3 elsewhere. */
  readonly endpoint?: string | undefined;
};

type Access = {
  /** Those in the environment where this is left out, as a function has them. */
  readonly credentials?: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
  readonly sleep: (ms: number) => Promise<void>;
};

type Call = {
  readonly method: 'GET' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
};

const TIMEOUT_MS = 10_000;
/** Before a further try of what may pass: S3 asks for it in a burst of requests, and a kept connection may be dead. */
const WAITS_MS = [200, 1_000];
/** Another version stands there, or none any more. */
const CHANGED = new Set([404, 409, 412]);

type Reply = { readonly status: number; readonly etag: string; readonly body: Buffer };

/** Nothing is asked yet. */
export function openS3Object(place: S3Place, access: Access): S3Object {
  const name = `s3://${place.bucket}/${place.key}`;
  const send = createSend(toUrl(place), place.region, access);
  return {
    name,
    find: async () => {
      const reply = await send({ method: 'GET', headers: {} });
      if (reply.status === 200) return reply;
      const code = codeOf(reply);
      if (reply.status === 404 || code === 'AccessDenied') return undefined;
      throw new Error(`S3 refused to read ${name} (${code}).`);
    },
    put: async (body, replaces) => {
      const condition =
        replaces === undefined ? { 'if-none-match': '*' } : { 'if-match': replaces };
      const headers = { 'content-type': 'text/csv; charset=utf-8', ...condition };
      const reply = await send({ method: 'PUT', headers, body });
      if (reply.status === 200) return reply.etag;
      const code = codeOf(reply);
      if (CHANGED.has(reply.status) && code !== 'NoSuchBucket') return undefined;
      throw new Error(`S3 refused to write ${name} (${code}).`);
    },
  };
}

/** The bucket stands in the path where S3 is elsewhere. */
function toUrl({ bucket, endpoint, key, region }: S3Place): URL {
  if (endpoint !== undefined) return new URL(`/${bucket}/${key}`, endpoint);
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(`https://${bucket}.s3.${region}.${domain}/${key}`);
}

function createSend(
  url: URL,
  region: string,
  { credentials = fromEnv(), sleep }: Access,
): (call: Call) => Promise<Reply> {
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
  });
  const sign = async ({ headers, ...call }: Call): Promise<Record<string, string>> => {
    const { hostname, host, pathname: path, protocol } = url;
    const request = { ...call, protocol, hostname, path, headers: { ...headers, host } };
    return (await signer.sign(request)).headers;
  };
  const sendOnce = async (call: Call): Promise<Reply | string> => {
    const headers = await sign(call);
    return exchange(url, { ...call, headers }).catch(describe);
  };
  return async (call) => {
    for (const waitMs of WAITS_MS) {
      const reply = await sendOnce(call);
      if (typeof reply !== 'string' && !mayPass(reply)) return reply;
      await sleep(waitMs);
    }
    const reply = await sendOnce(call);
    if (typeof reply !== 'string') return reply;
    throw new Error(`S3 gave no answer (${reply}).`);
  };
}

async function exchange(url: URL, { body, headers, method }: Call): Promise<Reply> {
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    body: Buffer.from(await response.arrayBuffer()),
  };
}

/** fetch says that it failed; its cause says why. */
function describe(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return messageOf(cause ?? error);
}

/** 409 is another put at the same moment: only a further try shows which of the two came first. */
function mayPass({ status }: Reply): boolean {
  return status >= 500 || status === 429 || status === 409 || status === 408;
}

/** What S3 says in its XML, as `AccessDenied`; never more of it. */
function codeOf({ body, status }: Reply): string {
  return /<Code>(\w{1,60})<\/Code>/.exec(body.toString())?.[1] ?? `HTTP ${status}`;
}
