import { readFile } from 'node:fs/promises';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { parse, type ScalarTag } from 'yaml';
import * as z from 'zod/mini';

const tableSchema = z.object({
  Type: z.literal('AWS::DynamoDB::Table'),
  Properties: z.object({
    TableName: z.string(),
    KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
    AttributeDefinitions: z.array(
      z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
    ),
    BillingMode: z.literal('PAY_PER_REQUEST'),
  }),
});

const serverlessSchema = z.object({
  service: z.string(),
  custom: z.object({ tables: z.record(z.string(), z.string()) }),
  resources: z.object({ Resources: z.record(z.string(), z.unknown()) }),
});

/** CloudFormation's short forms; none of them stands in a table. */
const cloudFormationTags: ScalarTag[] = ['!GetAtt', '!Sub', '!Ref'].map((tag) => ({
  tag,
  resolve: (text: string) => ({ [tag]: text }),
}));

type Stack = {
  /** Physical names, by the name that the code knows a table by. */
  readonly tableNames: Readonly<Record<string, string>>;
  /** Requests to create them. */
  readonly tables: readonly CreateTableCommandInput[];
};

/**
 * The tables of `serverless.yml` as they are named in a stage: the same definition that a deploy uses.
 *
 * @throws Error where the file uses a variable this does not know
 */
export async function readStack(serverlessYmlPath: string, stage: string): Promise<Stack> {
  const yaml: unknown = parse(await readFile(serverlessYmlPath, 'utf8'), {
    customTags: cloudFormationTags,
  });
  const { custom, resources, service } = serverlessSchema.parse(yaml);
  const variables = { 'self:service': service, 'sls:stage': stage };
  const tableNames = Object.fromEntries(
    Object.entries(custom.tables).map(([table, name]) => [table, resolve(name, variables)]),
  );
  const namesInResources = Object.fromEntries(
    Object.entries(tableNames).map(([table, name]) => [`self:custom.tables.${table}`, name]),
  );
  const tables = Object.values(resources.Resources).flatMap((resource) => {
    const { success, data } = tableSchema.safeParse(resource);
    if (!success) return [];
    const TableName = resolve(data.Properties.TableName, namesInResources);
    return [{ ...data.Properties, TableName }];
  });
  return { tableNames, tables };
}

function resolve(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([^}]*)\}/g, (variable, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`serverless.yml: unknown variable ${variable}`);
    return value;
  });
}
