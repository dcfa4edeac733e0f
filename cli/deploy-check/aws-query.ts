/** One signed GET to a service of AWS, for what no other part of the project has a client for. */
import { createRequestSigner } from '../../trigger/request-signer.ts';
import type { Environment } from '../shared/dynamodb-settings.ts';
import { readVariable } from '../shared/dynamodb-settings.ts';

/** AWS said no, or nothing. */
export class AwsRefusal extends Error {
  override readonly name = 'AwsRefusal';
  /** AWS's own, as `ExpiredToken`; `UNREACHABLE` where no answer came. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type AwsPlace = {
  readonly region: string;
  readonly profile: string | undefined;
  readonly environment: Environment;
};

/** Path and query to the text of the answer. */
export type AwsGet = (pathAndQuery: string) => Promise<string>;

const TIMEOUT_MS = 10_000;

/**
 * Asks a service as `sts`.
 *
 * @throws UsageError where there are no credentials; what it returns throws AwsRefusal
 */
export async function createAwsGet(
  service: string,
  { environment, profile, region }: AwsPlace,
): Promise<AwsGet> {
  const sign = await createRequestSigner(region, profile, service);
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint =
    readVariable(environment, `AWS_ENDPOINT_URL_${service.toUpperCase()}`) ??
    readVariable(environment, 'AWS_ENDPOINT_URL') ??
    `https://${service}.${region}.${domain}`;
  return async (pathAndQuery) => {
    const url = new URL(pathAndQuery, endpoint).href;
    const headers = await sign(url);
    const answer = await fetch(url, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
      .then(async (response) => ({ isOk: response.ok, text: await response.text(), response }))
      .catch((error: unknown) => {
        throw new AwsRefusal('UNREACHABLE', `Nothing answers at ${endpoint} (${whyOf(error)}).`);
      });
    if (answer.isOk) return answer.text;
    throw toRefusal(answer.text, answer.response);
  };
}

/** What stands in an element of an answer that has it once. */
export function readElement(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

function toRefusal(text: string, { headers, status }: Response): AwsRefusal {
  const code = readElement(text, 'Code') ?? headers.get('x-amzn-errortype')?.split(':')[0];
  const message = readElement(text, 'Message') ?? `HTTP ${status}`;
  return new AwsRefusal(code ?? `HTTP ${status}`, message.slice(0, 300));
}

/** fetch says only that it failed. */
function whyOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
