/** Signs requests to API Gateway with SigV4. */
import { messageOf, UsageError } from './usage-error.ts';

export type SignRequest = (url: string) => Promise<Record<string, string>>;

type SignerOptions = { readonly region: string; readonly profile?: string | undefined };

/**
 * A signer with the SDK's default credentials: environment, profile, SSO, role, container, instance.
 *
 * @throws UsageError where there are none
 */
export async function createRequestSigner({
  region,
  profile,
}: SignerOptions): Promise<SignRequest> {
  // The SDK takes its time to load: only for those who sign.
  const [{ Sha256 }, { fromNodeProviderChain }, { SignatureV4 }] = await Promise.all([
    import('@aws-crypto/sha256-js'),
    import('@aws-sdk/credential-providers'),
    import('@smithy/signature-v4'),
  ]);
  const credentials = fromNodeProviderChain(profile === undefined ? {} : { profile });
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  try {
    await credentials();
  } catch (error) {
    throw new UsageError(
      `There are no AWS credentials to sign with: ${messageOf(error)} Log in to AWS, give --profile, or --no-sign for an endpoint that is not signed for.`,
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
    // fetch sets it itself, to the same.
    return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host'));
  };
}
