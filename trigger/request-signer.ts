/** Signs GET requests with SigV4, to API Gateway or another service of AWS. */
import type { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { messageOf, UsageError } from '../lib/usage-error.ts';

export type SignRequest = (url: string) => Promise<Record<string, string>>;

type SignerOptions = {
  readonly region: string;
  readonly profile?: string | undefined;
  /** Left out: API Gateway. */
  readonly service?: string;
};

/** The SDK's default credentials: environment, profile, SSO, role, container, instance. */
export async function findCredentials(profile: string | undefined): Promise<Credentials> {
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  return fromNodeProviderChain(profile === undefined ? {} : { profile });
}

type Credentials = ReturnType<typeof fromNodeProviderChain>;

/** Throws UsageError if the SDK finds no credentials. */
export async function createRequestSigner({
  region,
  profile,
  service = 'execute-api',
}: SignerOptions): Promise<SignRequest> {
  // The SDK is slow to load, and most runs do not sign.
  const [{ Sha256 }, credentials, { SignatureV4 }] = await Promise.all([
    import('@aws-crypto/sha256-js'),
    findCredentials(profile),
    import('@smithy/signature-v4'),
  ]);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  try {
    await credentials();
  } catch (error) {
    throw new UsageError(
      `No AWS credentials to sign with: ${messageOf(error)} Log in to AWS, give --profile, or give --no-sign if the endpoint needs no signature.`,
      { cause: error },
    );
  }
  return async (url) => {
    const { hostname, host, pathname, protocol, searchParams } = new URL(url);
    const { headers } = await signer.sign({
      method: 'GET',
      protocol,
      hostname,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { host },
    });
    // fetch sets the host itself.
    return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host'));
  };
}
