import type { DynamodbSettings } from '../../app/app.ts';
import { EtlError } from '../../etl/errors.ts';
import { LOCAL_STAGE } from '../../stack/serverless-yml.ts';

type Where = {
  readonly stage: string;
  readonly dynamodb: DynamodbSettings;
  /** The IAM actions that are needed on the tables. */
  readonly actions: string;
};

/** What to tell a person of a command that failed at the tables: what happened, and what to do. */
export function describeTableFailure(error: unknown, where: Where): string {
  if (error instanceof EtlError) {
    // That nobody listens says more than that no answer came.
    return describeConnection(toParts(error.cause).code, where) ?? error.message;
  }
  const { code, message, name } = toParts(error);
  return describeConnection(code, where) ?? describeRefusal(name, where) ?? message;
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ECONNRESET',
]);

function describeConnection(code: string, { dynamodb, stage }: Where): string | undefined {
  if (!UNREACHABLE.has(code)) return undefined;
  const endpoint = dynamodb.endpoint ?? `DynamoDB in ${dynamodb.region ?? 'your region'}`;
  return stage === LOCAL_STAGE
    ? `Nothing answers at ${endpoint} (${code}). Start the local tables in another terminal: npm run local`
    : `Nothing answers at ${endpoint} (${code}). Check the network, --region and --endpoint-url.`;
}

function describeRefusal(name: string, { actions, dynamodb, stage }: Where): string | undefined {
  const where = dynamodb.endpoint ?? dynamodb.region ?? 'your region';
  switch (name) {
    case 'ResourceNotFoundException':
      return `There are no tables of stage ${stage} at ${where}. Deploy them (npx sls deploy --stage ${stage}), or name another --stage or --region; --stage local is the stack of npm run local.`;
    case 'CredentialsProviderError':
      return 'There are no AWS credentials. Name a profile with --profile, or log in (aws sso login, or AWS_ACCESS_KEY_ID and so on); --stage local needs none.';
    case 'AccessDeniedException':
      return `AWS does not let you read the tables of stage ${stage} at ${where}. You need ${actions}.`;
    case 'ExpiredTokenException':
    case 'InvalidSignatureException':
    case 'UnrecognizedClientException':
      return `AWS does not accept these credentials (${name}). Log in again, or name another --profile.`;
    default:
      return undefined;
  }
}

function toParts(error: unknown): { code: string; message: string; name: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error), name: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, message: error.message, name: error.name };
}
