import { BatchGetCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import {
  closeScriptedServers,
  inTurn,
  startScriptedServer,
} from '../../test/support/scripted-server.ts';
import { wireError } from '../../test/support/test-tables.ts';
import { createDocumentClient } from './document-client.ts';

const before = process.env;

beforeEach(() => {
  process.env = {
    ...before,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
});
afterEach(async () => {
  process.env = before;
  await closeScriptedServers();
});

describe('the DynamoDB client', () => {
  it("finds endpoint, region and credentials in the SDK's standard variables", async () => {
    const { requests, url } = await startScriptedServer(inTurn({ body: {} }));
    process.env.AWS_ENDPOINT_URL_DYNAMODB = url.origin;
    const client = createDocumentClient();

    await client.send(new GetCommand({ TableName: 't', Key: { id: 'a' } }));

    expect(requests.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'DynamoDB_20120810.GetItem',
    ]);
    expect(requests[0]?.headers.authorization).toContain('/us-east-1/dynamodb/');
    client.destroy();
  });

  it('repeats a call once, and then gives up', async () => {
    const failing = await startScriptedServer(inTurn({ status: 500 }, { body: {} }));
    process.env.AWS_ENDPOINT_URL_DYNAMODB = failing.url.origin;
    const client = createDocumentClient();
    await client.send(new GetCommand({ TableName: 't', Key: { id: 'a' } }));
    expect(failing.requests).toHaveLength(2);
    client.destroy();

    const throttled = await startScriptedServer(inTurn(wireError('ThrottlingException')));
    process.env.AWS_ENDPOINT_URL_DYNAMODB = throttled.url.origin;
    const second = createDocumentClient();
    await expect(
      second.send(new BatchGetCommand({ RequestItems: { t: { Keys: [{ id: 'a' }] } } })),
    ).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(throttled.requests).toHaveLength(2);
    second.destroy();
  });
});
