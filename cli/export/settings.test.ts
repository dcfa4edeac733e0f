import { RetriableError } from '../../etl/errors.ts';
import { describeFailure } from './failures.ts';
import {
  optionsSchema,
  parseCount,
  parseEndpoint,
  parseTables,
  toDynamodbSettings,
} from './settings.ts';

const options = (given: Record<string, unknown>): ReturnType<typeof optionsSchema.parse> =>
  optionsSchema.parse({
    stage: 'dev',
    format: 'csv',
    out: 'results',
    segments: 4,
    readUnitsPerSecond: 500,
    ...given,
  });

describe('toDynamodbSettings', () => {
  test('finds the local tables where npm run local serves them, with no credentials of anybody', () => {
    expect(toDynamodbSettings(options({ stage: 'local' }), { AWS_REGION: 'eu-west-1' })).toEqual({
      endpoint: 'http://127.0.0.1:8000',
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    expect(
      toDynamodbSettings(options({ stage: 'local' }), { DYNAMODB_PORT: '8001' }).endpoint,
    ).toBe('http://127.0.0.1:8001');
  });

  test.each([
    [{}, {}, 'us-east-1'],
    [{}, { AWS_REGION: 'eu-west-1' }, 'eu-west-1'],
    [{}, { AWS_REGION: '' }, 'us-east-1'],
    [{ region: 'eu-north-1' }, { AWS_REGION: 'eu-west-1' }, 'eu-north-1'],
  ])('looks for deployed tables where a deploy puts them: %o %o', (given, environment, region) => {
    expect(toDynamodbSettings(options(given), environment)).toMatchObject({ region });
  });

  test('prefers the address of the command line to that of the environment', () => {
    const environment = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' };

    expect(toDynamodbSettings(options({}), environment).endpoint).toBe('http://127.0.0.1:1');
    expect(
      toDynamodbSettings(options({ endpointUrl: 'http://127.0.0.1:2' }), environment).endpoint,
    ).toBe('http://127.0.0.1:2');
  });
});

describe('the command line', () => {
  test('takes tables with commas between, and says which there are', () => {
    expect(parseTables('track, playlist')).toEqual(['track', 'playlist']);
    expect(() => parseTables('tracks')).toThrow('playlist, track, album, artist');
    expect(() => parseTables('')).toThrow('playlist, track, album, artist');
  });

  test.each(['0', '-1', '1.5', '65', 'four', '', '1e1'])(
    'refuses %p for a count up to 64',
    (text) => {
      expect(() => parseCount(64)(text)).toThrow('from 1 to 64');
    },
  );

  test('takes whole numbers and addresses', () => {
    expect(parseCount(64)('64')).toBe(64);
    expect(parseEndpoint('http://127.0.0.1:8000')).toBe('http://127.0.0.1:8000');
    expect(() => parseEndpoint('localhost:8000')).toThrow('http://127.0.0.1:8000');
  });
});

describe('describeFailure', () => {
  const at = (stage: string, endpoint?: string): Parameters<typeof describeFailure>[1] => ({
    stage,
    dynamodb: { endpoint, region: 'eu-west-1' },
  });
  const failure = (name: string, code?: string): Error =>
    Object.assign(new Error('as the SDK says it'), { name }, code === undefined ? {} : { code });

  test.each([
    [failure('Error', 'ECONNREFUSED'), at('local', 'http://127.0.0.1:8000'), 'npm run local'],
    [failure('Error', 'ENOTFOUND'), at('dev'), 'DynamoDB in eu-west-1'],
    [failure('ResourceNotFoundException'), at('prod'), 'sls deploy --stage prod'],
    [failure('CredentialsProviderError'), at('dev'), '--profile'],
    [failure('AccessDeniedException'), at('dev'), 'dynamodb:Scan'],
    [failure('ExpiredTokenException'), at('dev'), 'Log in again'],
    [new RetriableError('TABLE_THROTTLED', 'Run it later.'), at('dev'), 'Run it later.'],
    [failure('SomethingElse'), at('dev'), 'as the SDK says it'],
    ['thrown text', at('dev'), 'thrown text'],
  ])('says of %p what to do', (error, where, told) => {
    expect(describeFailure(error, where)).toContain(told);
  });
});
