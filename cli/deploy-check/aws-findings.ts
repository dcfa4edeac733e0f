/** What AWS says about a place to deploy to. Looks and keeps; nobody judges yet. */
import * as z from 'zod/mini';
import { createTableReader } from '../../app/app.ts';
import { type Found, found, type LoginState } from '../../app/examination.ts';
import { findLogin, SecretTokenStore } from '../../app/login.ts';
import type { ServerlessYml } from '../../stack/serverless-yml.ts';
import { type AwsPlace, AwsRefusal, createAwsGet, readElement } from './aws-query.ts';
import { type FileFindings, findPlaylistsFile } from './playlists-file.ts';

export type Identity = { readonly account: string; readonly arn: string };

export type Stack = {
  /** Of CloudFormation, as `UPDATE_COMPLETE`. */
  readonly status: string;
  /** Its resources: logical to physical name. */
  readonly resources: ReadonlyMap<string, string>;
};

/** About how many rows a table has; undefined where there is no such table. */
export type TableRows = number | undefined;

export type AwsFindings = {
  readonly stack: Found<Stack | undefined>;
  /** By physical name. */
  readonly tables: ReadonlyMap<string, Found<TableRows>>;
  readonly login: Found<LoginState | undefined>;
  /** Asked for only where the stage reserves concurrency. */
  readonly freeConcurrency: Found<number> | undefined;
  /** Looked for only where the schedule is on and the stack has its bucket. */
  readonly playlistsFile: Found<FileFindings | undefined> | undefined;
};

/** Whose account it is. */
export async function findIdentity(place: AwsPlace): Promise<Identity> {
  const get = await createAwsGet('sts', place);
  const xml = await get('/?Action=GetCallerIdentity&Version=2011-06-15');
  return { account: readElement(xml, 'Account') ?? '?', arn: readElement(xml, 'Arn') ?? '?' };
}

/** Everything else, side by side. */
export async function findAws(place: AwsPlace, yml: ServerlessYml): Promise<AwsFindings> {
  const { region, profile } = place;
  const store = new SecretTokenStore(yml.tokenSecret, { region, profile });
  const { reservedConcurrency, scheduleState } = yml.parameters;
  const [stack, tables, login, freeConcurrency] = await Promise.all([
    found(() => findStack(place, yml.stackName)),
    findTables(place, [...Object.values(yml.tableNames), yml.stateTable]),
    found(() => findLogin(store, Date.now())),
    reservedConcurrency === undefined ? undefined : found(() => findFreeConcurrency(place)),
  ]);
  const bucket = stack.ok ? stack.value?.resources.get('PlaylistsBucket') : undefined;
  const isScheduled = scheduleState === 'ENABLED' && bucket !== undefined;
  const playlistsFile = isScheduled
    ? await found(() => findPlaylistsFile(bucket, place))
    : undefined;
  return { stack, tables, login, freeConcurrency, playlistsFile };
}

async function findStack(place: AwsPlace, name: string): Promise<Stack | undefined> {
  const get = await createAwsGet('cloudformation', place);
  const ask: Ask = (action, more = '') =>
    get(`/?Action=${action}&StackName=${name}&Version=2010-05-15${more}`);
  const described = await ask('DescribeStacks').catch(unlessNone);
  if (described === undefined) return undefined;
  return {
    status: readElement(described, 'StackStatus') ?? 'UNKNOWN',
    resources: await listResources(ask),
  };
}

type Ask = (action: string, more?: string) => Promise<string>;

function unlessNone(error: unknown): undefined {
  const isNone = error instanceof AwsRefusal && error.message.includes('does not exist');
  if (!isNone) throw error;
}

/** Page by page. */
async function listResources(ask: Ask, token?: string): Promise<Map<string, string>> {
  const more = token === undefined ? '' : `&NextToken=${encodeURIComponent(token)}`;
  const page = await ask('ListStackResources', more);
  const next = readElement(page, 'NextToken');
  const members = [...page.matchAll(/<member>(.*?)<\/member>/gs)].map(([member]) => member);
  // One that was retained is `DELETE_SKIPPED`: there, and no longer the stack's.
  const living = members.filter(
    (one) => !readElement(one, 'ResourceStatus')?.startsWith('DELETE_'),
  );
  return new Map([
    ...living.map((one) => [readName(one, 'Logical'), readName(one, 'Physical')] as const),
    ...(next === undefined ? [] : await listResources(ask, next)),
  ]);
}

function readName(member: string, kind: 'Logical' | 'Physical'): string {
  return readElement(member, `${kind}ResourceId`) ?? '';
}

async function findTables(
  { environment, profile, region }: AwsPlace,
  names: readonly string[],
): Promise<Map<string, Found<TableRows>>> {
  const endpoint = environment.AWS_ENDPOINT_URL_DYNAMODB;
  const reader = createTableReader({
    dynamodb: { region, profile, endpoint },
    segments: 1,
    readUnitsPerSecond: 1,
  });
  try {
    const looks = names.map(
      async (name) => [name, await found(() => findRows(reader, name))] as const,
    );
    return new Map(await Promise.all(looks));
  } finally {
    reader.close();
  }
}

async function findRows(
  reader: Pick<ReturnType<typeof createTableReader>, 'countRowsAbout'>,
  name: string,
): Promise<TableRows> {
  try {
    const rows = await reader.countRowsAbout(name);
    if (rows !== undefined) return rows;
    throw new AwsRefusal('AccessDenied', 'You need dynamodb:DescribeTable.');
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

const settingsSchema = z.object({
  AccountLimit: z.object({ UnreservedConcurrentExecutions: z.number() }),
});

async function findFreeConcurrency(place: AwsPlace): Promise<number> {
  const get = await createAwsGet('lambda', place);
  const settings = settingsSchema.parse(JSON.parse(await get('/2016-08-19/account-settings/')));
  return settings.AccountLimit.UnreservedConcurrentExecutions;
}
