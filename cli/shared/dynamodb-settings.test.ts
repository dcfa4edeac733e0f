import { toDynamodbSettings } from './dynamodb-settings.ts';

describe('toDynamodbSettings', () => {
  test('finds the local tables where npm run local serves them, with no credentials of anybody', () => {
    expect(toDynamodbSettings({ stage: 'local' }, { AWS_REGION: 'eu-west-1' })).toEqual({
      endpoint: 'http://127.0.0.1:8000',
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    expect(toDynamodbSettings({ stage: 'local' }, { DYNAMODB_PORT: '8001' }).endpoint).toBe(
      'http://127.0.0.1:8001',
    );
  });

  test.each([
    [{}, {}, 'us-east-1'],
    [{}, { AWS_REGION: 'eu-west-1' }, 'eu-west-1'],
    [{}, { AWS_REGION: '' }, 'us-east-1'],
    [{ region: 'eu-north-1' }, { AWS_REGION: 'eu-west-1' }, 'eu-north-1'],
  ])('looks for deployed tables where a deploy puts them: %o %o', (given, environment, region) => {
    expect(toDynamodbSettings({ stage: 'dev', ...given }, environment)).toMatchObject({ region });
  });

  test('prefers the address of the command line to that of the environment', () => {
    const environment = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' };

    expect(toDynamodbSettings({ stage: 'dev' }, environment).endpoint).toBe('http://127.0.0.1:1');
    expect(
      toDynamodbSettings({ stage: 'dev', endpointUrl: 'http://127.0.0.1:2' }, environment).endpoint,
    ).toBe('http://127.0.0.1:2');
  });
});
