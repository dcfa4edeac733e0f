/** Describes failures for people: what happened, and what to do. */
import type { DynamodbSettings } from '../../app/app.ts';
import { type ErrorCode, EtlError } from '../../etl/errors.ts';
import type { Result } from '../../lib/result.ts';
import { messageOf } from '../../lib/usage-error.ts';
import { LOCAL_STAGE } from '../../stack/serverless-yml.ts';

export type Words = { readonly message: string; readonly fix: string };

const UNREACHABLE = /^(?:ECONNREFUSED|ECONNRESET|EAI_AGAIN|EHOSTUNREACH|ENOTFOUND)$/;
/** Names of AWS errors for refused credentials. */
const REFUSED =
  /^(?:ExpiredToken|InvalidClientTokenId|InvalidSignature|RequestExpired|SignatureDoesNotMatch|UnrecognizedClient)(?:Exception)?$/;

type AwsContext = {
  /** Where the request went. */
  readonly at?: string;
  readonly connect?: string;
  /** The option to use without credentials. */
  readonly without?: string;
};

/** Why a call to AWS was impossible; undefined for any other error. Never quotes a cause. */
export function describeAws(error: unknown, context: AwsContext = {}): Words | undefined {
  const { at = 'the address of AWS', connect = 'Check the network, and the region.' } = context;
  const { code } = partsOf(error);
  if (UNREACHABLE.test(code)) {
    return { message: `Nothing answers at ${at} (${code}).`, fix: connect };
  }
  const { name } = partsOf(error instanceof EtlError ? error.cause : error);
  if (name === 'CredentialsProviderError') {
    const instead = context.without === undefined ? '' : `; ${context.without} needs none`;
    return {
      message: 'There are no AWS credentials.',
      fix: `Name a profile with --profile, or log in (aws sso login, or AWS_ACCESS_KEY_ID and so on)${instead}.`,
    };
  }
  return REFUSED.test(name)
    ? {
        message: `AWS does not accept these credentials (${name}).`,
        fix: 'Log in to AWS again (aws sso login), or name another --profile.',
      }
    : undefined;
}

/** Whether AWS answered that this identity lacks a permission. */
export function isDenied(error: unknown): boolean {
  return partsOf(error).name.startsWith('AccessDenied');
}

function partsOf(error: unknown): { readonly code: string; readonly name: string } {
  if (!(error instanceof Error)) return { code: '', name: '' };
  const { code, name }: Error & { readonly code?: unknown } = error;
  return { code: String(code), name };
}

export type TableContext = {
  readonly stage: string;
  readonly dynamodb: DynamodbSettings;
  /** The IAM actions that are needed on the tables. */
  readonly actions: string;
};

/** Whether no program listens at the address of the tables. */
export function isNothingThere(error: unknown): boolean {
  return partsOf(error instanceof EtlError ? error.cause : error).code === 'ECONNREFUSED';
}

/** Why a command failed at the tables, and what to do. */
export function describeTableFailure(
  error: unknown,
  { actions, dynamodb: { endpoint, region = 'your region' }, stage }: TableContext,
): string {
  const at = endpoint ?? region;
  if (partsOf(error).name === 'ResourceNotFoundException') {
    return `There are no tables of stage ${stage} at ${at}. Deploy them (npx sls deploy --stage ${stage}), or name another --stage or --region; --stage local is the stack of npx spotify-etl local.`;
  }
  if (isDenied(error)) {
    return `AWS does not let you read the tables of stage ${stage} at ${at}. You need ${actions}.`;
  }
  // "Nothing listens" says more than "no answer".
  const isUnanswered = error instanceof EtlError && error.code === 'TABLE_UNAVAILABLE';
  const words = describeAws(isUnanswered ? error.cause : error, {
    at: endpoint ?? `DynamoDB in ${region}`,
    connect:
      stage === LOCAL_STAGE
        ? 'Start the local tables in another terminal: npx spotify-etl local'
        : 'Check the network, --region and --endpoint-url.',
    without: '--stage local',
  });
  return words === undefined ? messageOf(error) : `${words.message} ${words.fix}`;
}

/** Describes a refusal by Spotify; `logIn` is the command for a new login. */
export function describeSpotify(error: unknown, logIn: string): Words {
  const fixes: Partial<Record<string, string>> = {
    REAUTH_REQUIRED: `Run ${logIn} and agree to all.`,
    SCOPE_MISSING: `Run ${logIn} and agree to all.`,
    APP_NOT_PERMITTED:
      'Fix that (https://developer.spotify.com/dashboard shows the app), then run this again.',
    SPOTIFY_UNAVAILABLE: 'Check the network, and try again in a few minutes.',
  };
  const code = error instanceof EtlError ? error.code : '';
  const message = messageOf(error);
  return {
    // The rest of the message is about a run.
    message: code === 'SPOTIFY_UNAVAILABLE' ? message.replace(/\. .*$/s, '.') : message,
    fix: fixes[code] ?? 'Run this again in a minute; if that does not help, please report it.',
  };
}

/** The code of a failed result; undefined for an error from elsewhere. */
export function codeOf(result: Result<unknown> | undefined): ErrorCode | undefined {
  return result?.ok === false && result.error instanceof EtlError ? result.error.code : undefined;
}
