/** Signs GET requests to API Gateway with SigV4. */
import { messageOf, UsageError } from '../lib/usage-error.ts';

export type SignRequest = (url: string) => Promise<Record<string, string>>;

/** Throws UsageError if the SDK finds no credentials. */
export async function createRequestSigner(
  region: string,
  profile: string | undefined,
): Promise<SignRequest> {
  // The SDK is slow to load, and most runs do not sign.
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const { Sha256 } = await import('@aws-crypto/sha256-js');
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  // The SDK's default: environment, profile, SSO, role, container, instance.
  const credentials = fromNodeProviderChain(profile === undefined ? {} : { profile });
  await credentials().catch((cause: unknown) => {
    throw new UsageError(
      `No AWS credentials to sign with: ${messageOf(cause)} Log in to AWS, give --profile, or give --no-sign if the endpoint needs no signature.`,
      { cause },
    );
  });
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async (url) => {
    const { hostname, host, pathname: path, protocol, searchParams } = new URL(url);
    const query = Object.fromEntries(searchParams);
    const request = { method: 'GET', protocol, hostname, path, query, headers: { host } };
    // fetch sets the host itself.
    const { host: _host, ...headers } = (await signer.sign(request)).headers;
    return headers;
  };
}
