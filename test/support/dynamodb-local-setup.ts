/** Set-up of `npm run test:dynamodb-local`: one DynamoDB Local for all processes of the run. */
import type { EmbeddedDynamodb } from '../../local/dynamodb.ts';
import { startDynamodbLocal } from './dynamodb-local.ts';
import { DYNAMODB_LOCAL_URL } from './test-engine.ts';

declare global {
  var dynamodbLocal: EmbeddedDynamodb | undefined;
}

export default async function setUp(): Promise<void> {
  globalThis.dynamodbLocal = await startDynamodbLocal();
  process.env[DYNAMODB_LOCAL_URL] = globalThis.dynamodbLocal.url;
}
