/** What is left of a stage. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Account } from './account.ts';

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      DeletionPolicy: z.string().optional(),
      Properties: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});

export type Remains = Record<
  'buckets' | 'functions' | 'logGroups' | 'roles' | 'secrets' | 'stacks' | 'tables' | 'topics',
  readonly unknown[]
>;

export const NOTHING: Remains = {
  buckets: [],
  functions: [],
  logGroups: [],
  roles: [],
  secrets: [],
  stacks: [],
  tables: [],
  topics: [],
};

/** What a removal is to leave, by what the delivery has deployed; made-up names are known by how they begin. */
export async function readRetained({
  folder,
}: Pick<Account, 'folder'>): Promise<Pick<Remains, 'buckets' | 'roles' | 'tables'>> {
  const path = join(folder, 'dist/dev/cloudformation-template-update-stack.json');
  const { Resources } = templateSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const retained = (type: string) =>
    Object.entries(Resources).filter(
      ([, { DeletionPolicy, Type }]) => Type === type && DeletionPolicy === 'Retain',
    );
  const startsAs = ([name]: [string, unknown]): unknown =>
    expect.stringMatching(new RegExp(`^spotify-etl-dev-${name}-`, 'i'));
  return {
    buckets: retained('AWS::S3::Bucket').map(startsAs),
    roles: retained('AWS::IAM::Role').map(startsAs),
    tables: retained('AWS::DynamoDB::Table')
      .map(([, { Properties }]) => Properties.TableName)
      .sort(),
  };
}

/** What of the stage is still there. */
export async function findRemains({ aws }: Pick<Account, 'aws'>): Promise<Remains> {
  const named = (path: string): string => `--query "${path} | [?contains(@, 'spotify-etl-dev')]"`;
  const queries = {
    buckets: `s3api list-buckets ${named('Buckets[].Name')}`,
    functions: `lambda list-functions ${named('Functions[].FunctionName')}`,
    logGroups: `logs describe-log-groups ${named('logGroups[].logGroupName')}`,
    roles: `iam list-roles ${named('Roles[].RoleName')}`,
    secrets: `secretsmanager list-secrets ${named('SecretList[].Name')}`,
    stacks: `cloudformation describe-stacks ${named('Stacks[].StackName')}`,
    tables: `dynamodb list-tables ${named('TableNames')}`,
    topics: `sns list-topics ${named('Topics[].TopicArn')}`,
  };
  const found = Object.entries(queries).map(async ([kind, query]) => [kind, await aws(query)]);
  return Object.fromEntries(await Promise.all(found)) as Remains;
}
