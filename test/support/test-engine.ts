/** The DynamoDB that tests run on: the embedded one, or DynamoDB Local under `npm run test:dynamodb-local`. */
import { text } from 'node:stream/consumers';
import { type EmbeddedDynamodb, startDynamodb } from '../../local/dynamodb.ts';
import { openPrivateDynamodb, type TestEngineOptions } from './private-dynamodb.ts';

/** Set by jest.dynamodb-local.config.mjs for all processes of its run; nobody sets it by hand. */
export const DYNAMODB_LOCAL_URL = 'TEST_DYNAMODB_LOCAL_URL';

/** An engine with these tables, empty, and nobody else in it. */
export async function startTestEngine(options: TestEngineOptions): Promise<EmbeddedDynamodb> {
  const sharedUrl = process.env[DYNAMODB_LOCAL_URL];
  if (sharedUrl !== undefined) return openPrivateDynamodb(sharedUrl, options);
  const engine = await startDynamodb({ tables: options.tables, port: 0 });
  engine.server.on('request', (request) => {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    void text(request).then((body) => options.onCall?.(operation, body));
  });
  return engine;
}
