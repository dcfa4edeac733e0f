/** Reads the state of the account and the stack; `aws-checks.ts` judges it. */
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { parsePlaylists } from '../../trigger/playlists-file.ts';

export type AwsPlace = { readonly region: string; readonly profile?: string };

export type Identity = { readonly account: string; readonly arn: string };

export type Stack = {
  /** CloudFormation's, such as `UPDATE_COMPLETE`. */
  readonly status: string;
  /** Logical to physical name. */
  readonly resources: ReadonlyMap<string, string>;
};

export type PlaylistsFile = { readonly rows: number; readonly pending: number };

/** A person is waiting: one repeat, and a limit for each answer. */
const toClient = (place: AwsPlace) => ({
  ...place,
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
});

export async function findIdentity(place: AwsPlace): Promise<Identity> {
  const reply = await new STSClient(toClient(place)).send(new GetCallerIdentityCommand());
  return { account: reply.Account ?? '?', arn: reply.Arn ?? '?' };
}

/** Undefined if there is none of that name. */
export async function findStack(place: AwsPlace, name: string): Promise<Stack | undefined> {
  const client = new CloudFormationClient(toClient(place));
  const described = await client
    .send(new DescribeStacksCommand({ StackName: name }))
    .catch(unless(({ message }) => message.includes('does not exist')));
  return (
    described && {
      status: described.Stacks?.[0]?.StackStatus ?? 'UNKNOWN',
      resources: await listResources(client, name),
    }
  );
}

async function listResources(
  client: CloudFormationClient,
  stack: string,
): Promise<ReadonlyMap<string, string>> {
  const resources = new Map<string, string>();
  for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
    for (const resource of page.StackResourceSummaries ?? []) {
      const { LogicalResourceId: logical = '', PhysicalResourceId: physical = '' } = resource;
      // A retained resource is `DELETE_SKIPPED`: it exists, but is no longer part of the stack.
      if (!resource.ResourceStatus?.startsWith('DELETE_')) resources.set(logical, physical);
    }
  }
  return resources;
}

/** About how many rows each of these tables has; one that does not exist is left out. */
export async function findTables(
  place: AwsPlace,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const client = new DynamoDBClient(toClient(place));
  const looks = names.map(async (name): Promise<[string, number][]> => {
    const reply = await client
      .send(new DescribeTableCommand({ TableName: name }))
      .catch(unless((error) => error.name === 'ResourceNotFoundException'));
    return reply === undefined ? [] : [[name, reply.Table?.ItemCount ?? 0]];
  });
  return new Map((await Promise.all(looks)).flat());
}

/** How much concurrency no function of the account has reserved. */
export async function findFreeConcurrency(place: AwsPlace): Promise<number> {
  const reply = await new LambdaClient(toClient(place)).send(new GetAccountSettingsCommand());
  const free = reply.AccountLimit?.UnreservedConcurrentExecutions;
  if (free === undefined) throw new Error('AWS did not say how much concurrency is free.');
  return free;
}

/**
 * Undefined if there is none, or none that can be read.
 *
 * @throws UsageError if it is not a playlists file
 */
export async function findPlaylistsFile(
  place: AwsPlace,
  bucket: string,
): Promise<PlaylistsFile | undefined> {
  const reply = await new S3Client(toClient(place))
    .send(new GetObjectCommand({ Bucket: bucket, Key: 'playlists.csv' }))
    // Without the right to list the bucket, S3 calls a missing file forbidden.
    .catch(unless(({ name }) => name === 'NoSuchKey' || name === 'AccessDenied'));
  const body = await reply?.Body?.transformToByteArray();
  if (body === undefined) return undefined;
  const { rows } = parsePlaylists(Buffer.from(body));
  return { rows: rows.length, pending: rows.filter(({ isSent }) => !isSent).length };
}

/** For `catch`: undefined for such an error; any other is thrown again. */
function unless(isExpected: (error: Error) => boolean): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof Error) || !isExpected(error)) throw error;
  };
}
