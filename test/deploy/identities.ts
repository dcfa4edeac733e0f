/** The identities of the emulated account besides its owner. */
import * as z from 'zod';
import type { Account } from './account.ts';
import { ACCOUNT, type AwsCredentials } from './emulator.ts';

const ISSUER = 'token.actions.githubusercontent.com';
const DELIVERY_ROLE = `arn:aws:iam::${ACCOUNT}:role/spotify-etl-delivery-dev-github`;

const keySchema = z.object({
  AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }),
});
const providerSchema = z.object({ OpenIDConnectProviderArn: z.string() });
const sessionSchema = z.object({
  Credentials: z.object({
    AccessKeyId: z.string(),
    SecretAccessKey: z.string(),
    SessionToken: z.string(),
  }),
});

const inQuotes = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A user with this policy, or with none. */
export async function createUser(
  { aws }: Account,
  name: string,
  policy?: string,
): Promise<AwsCredentials> {
  await aws(`iam create-user --user-name ${name}`);
  if (policy !== undefined) {
    await aws(
      `iam put-user-policy --user-name ${name} --policy-name own --policy-document ${inQuotes(policy)}`,
    );
  }
  const { AccessKey } = keySchema.parse(await aws(`iam create-access-key --user-name ${name}`));
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
}

/** GitHub as one whose word on identities counts; the emulator's CloudFormation does not know how. */
export async function addGitHubProvider({ aws }: Account): Promise<string> {
  const answer = await aws(
    `iam create-open-id-connect-provider --url https://${ISSUER} --client-id-list sts.amazonaws.com`,
  );
  return providerSchema.parse(answer).OpenIDConnectProviderArn;
}

/** What AWS gives for a token of GitHub's with this subject. The emulator looks at the claims, and not at who has signed. */
export async function assumeWithToken({ aws }: Account, subject: string): Promise<AwsCredentials> {
  const claims = { iss: `https://${ISSUER}`, aud: 'sts.amazonaws.com', sub: subject };
  const parts = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const token = [...parts, Buffer.from('signature').toString('base64url')].join('.');
  const { Credentials } = sessionSchema.parse(
    await aws(
      `sts assume-role-with-web-identity --role-arn ${DELIVERY_ROLE} --role-session-name delivery --web-identity-token ${token}`,
    ),
  );
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  };
}
