import { EtlError } from '../../etl/errors.ts';
import { describeTableFailure } from './table-failures.ts';

describe('describeTableFailure', () => {
  const at = (stage: string, endpoint?: string): Parameters<typeof describeTableFailure>[1] => ({
    stage,
    dynamodb: { endpoint, region: 'eu-west-1' },
    actions: 'dynamodb:Scan on them',
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
    [new EtlError('TABLE_THROTTLED', 'Run it later.'), at('dev'), 'Run it later.'],
    [
      new EtlError('TABLE_UNAVAILABLE', 'No answer.', {
        cause: failure('Error', 'ECONNREFUSED'),
      }),
      at('local', 'http://127.0.0.1:8000'),
      'npm run local',
    ],
    [failure('SomethingElse'), at('dev'), 'as the SDK says it'],
    ['thrown text', at('dev'), 'thrown text'],
  ])('says of %p what to do', (error, where, told) => {
    expect(describeTableFailure(error, where)).toContain(told);
  });
});
