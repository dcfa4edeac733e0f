import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { readServerlessYml, type ServerlessYml } from '../stack/serverless-yml.ts';

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

type Stack = Pick<ServerlessYml, 'tableNames' | 'stateTable'> & {
  /** Requests to create them. */
  readonly tables: readonly CreateTableCommandInput[];
};

/**
 * The tables of `serverless.yml` with the names of a stage: the same definition that a deploy uses.
 *
 * @throws Error for an unknown variable in the file
 */
export async function readStack(serverlessYmlPath: string, stage: string): Promise<Stack> {
  const { resources, resolveNames, stateTable, tableNames } = await readServerlessYml(
    serverlessYmlPath,
    stage,
  );
  const tables = Object.values(resources).flatMap((resource) => {
    const { success, data } = tableSchema.safeParse(resource);
    if (!success) return [];
    return [{ ...data.Properties, TableName: resolveNames(data.Properties.TableName) }];
  });
  return { tableNames, stateTable, tables };
}
