/**
 * One object of a bucket, read whole and replaced whole, over three kinds of request signed by hand: the SDK's client for S3 is
 * 200 KB of a function that may have 400.
 */
import { fromEnv } from '@aws-sdk/credential-providers';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { messageOf } from './usage-error.ts';

export type ObjectVersion = { readonly body: Buffer; readonly etag: string };

export type S3Object = {
  /** What messages call it. */
  readonly name: string;
  /** Undefined where there is none; without the right to list the bucket S3 calls that forbidden. */
  readonly find: () => Promise<ObjectVersion | undefined>;
  /**
   * Puts this in place of a version, or there where there is none; returns its ETag. Undefined, and nothing done, where another
   * version stands there.
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

/** Nothing is asked yet. */
export function openS3Object(place: S3Place, access: Access): S3Object {
  const name = `s3://${place.bucket}/${place.key}`;
  const send = createSend(toUrl(place), place.region, access);
  return {
    name,
    find: async () => {
      const response = await send({ method: 'GET', headers: {} });
      if (response.status === 404) return undefined;
      if (response.ok) {
        return { body: Buffer.from(await response.arrayBuffer()), etag: etagOf(response) };
      }
      const code = await codeOf(response);
      if (code === 'AccessDenied') return undefined;
      throw new Error(`S3 refused to read ${name} (${code}).`);
    },
    put: async (body, replaces) => {
      const condition = replaces === undefined ? { 'if-none-match': '*' } : { 'if-match': replaces };
      const headers = { 'content-type': 'text/csv; charset=utf-8', ...condition };
      const response = await send({ method: 'PUT', headers, body });
      const code = response.ok ? '' : await codeOf(response);
      if (response.ok) return etagOf(response);
      if (CHANGED.has(response.status) && code !== 'NoSuchBucket') return undefined;
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
): (call: Call) => Promise<Response> {
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
  });
  const sendOnce = async ({ method, headers, body }: Call): Promise<Response> => {
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      headers: { ...headers, host: url.host },
      ...(body === undefined ? {} : { body }),
    });
    return fetch(url, {
      method,
      headers: signed.headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body }),
    });
  };
  return async (call) => {
    for (const waitMs of WAITS_MS) {
      const response = await sendOnce(call).catch(unlessConnection);
      if (response !== undefined && !mayPass(response)) return response;
      await response?.body?.cancel();
      await sleep(waitMs);
    }
    return sendOnce(call);
  };
}

function mayPass({ status }: Response): boolean {
  return status >= 500 || status === 429 || status === 408;
}

/** What fetch fails with; missing credentials are not among it. */
function unlessConnection(error: unknown): undefined {
  const isConnection =
    error instanceof TypeError ||
    (error instanceof DOMException && error.name === 'TimeoutError');
  if (!isConnection) throw new Error(messageOf(error), { cause: error });
}

function etagOf({ headers }: Response): string {
  return headers.get('etag') ?? '';
}

/** What S3 says in its XML, as `AccessDenied`; never more of it. */
async function codeOf(response: Response): Promise<string> {
  const text = await response.text();
  return /<Code>(\w{1,60})<\/Code>/.exec(text)?.[1] ?? `HTTP ${response.status}`;
}
