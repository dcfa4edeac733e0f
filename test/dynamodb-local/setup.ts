/** Set-up of `npm run test:dynamodb-local`: one DynamoDB Local for all processes of the run. */
import type { EmbeddedDynamodb } from '../../local/dynamodb.ts';
import setUpTmpdir from '../support/own-tmpdir.ts';
import { DYNAMODB_LOCAL_URL } from '../support/test-engine.ts';
import { startDynamodbLocal } from './start.ts';

declare global {
  var dynamodbLocal: EmbeddedDynamodb | undefined;
}

export default async function setUp(): Promise<void> {
  setUpTmpdir();
  globalThis.dynamodbLocal = await startDynamodbLocal();
  process.env[DYNAMODB_LOCAL_URL] = globalThis.dynamodbLocal.url;
}
