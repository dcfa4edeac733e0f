import {
  type ErrorCode,
  type EtlError,
  type FatalCode,
  FatalError,
  type RetriableCode,
  RetriableError,
  type SkippableCode,
  SkippableError,
} from '../../etl/errors.ts';
import { toProblem } from './problems.ts';

const retriable = (code: RetriableCode): EtlError => new RetriableError(code, `about ${code}`);
const skippable = (code: SkippableCode): EtlError => new SkippableError(code, `about ${code}`);
const fatal = (code: FatalCode): EtlError => new FatalError(code, `about ${code}`);

const STATUSES: readonly (readonly [number, EtlError])[] = [
  [400, skippable('INVALID_REQUEST')],
  [400, skippable('INVALID_PLAYLIST_URI')],
  [403, skippable('PLAYLIST_NOT_READABLE')],
  [403, fatal('APP_NOT_PERMITTED')],
  [403, fatal('SCOPE_MISSING')],
  [404, skippable('PLAYLIST_NOT_FOUND')],
  [404, skippable('SPOTIFY_MADE_PLAYLIST')],
  [409, retriable('PLAYLIST_KEEPS_CHANGING')],
  [409, skippable('NEWER_RUN_WON')],
  [413, skippable('PLAYLIST_TOO_LARGE')],
  [422, skippable('ROW_REFUSED')],
  [502, retriable('SPOTIFY_UNAVAILABLE')],
  [502, retriable('SPOTIFY_RESPONSE_INVALID')],
  [503, retriable('SPOTIFY_RATE_LIMITED')],
  [503, retriable('SPOTIFY_QUOTA_EXCEEDED')],
  [503, retriable('SPOTIFY_BUDGET_SPENT')],
  [503, retriable('PLAYLIST_OVER_BUDGET')],
  [503, retriable('RUN_OUT_OF_TIME')],
  [503, fatal('REAUTH_REQUIRED')],
  [503, retriable('TOKEN_STORE_UNAVAILABLE')],
  [503, retriable('TABLE_THROTTLED')],
  [503, retriable('TABLE_UNAVAILABLE')],
  [500, retriable('LOAD_INCOMPLETE')],
];

describe('a problem document', () => {
  it.each(STATUSES.map(([status, error]) => ({ status, error, code: error.code })))(
    'answers $status for $code, with what the error says',
    ({ status, error, code }) => {
      expect(toProblem(error, 'run-1')).toEqual({
        type: `urn:spotify-etl:problem:${code.toLowerCase().replaceAll('_', '-')}`,
        title: expect.stringMatching(/^\S.{5,60}$/) as unknown,
        status,
        detail: `about ${code}`,
        code,
        run_id: 'run-1',
      });
    },
  );

  it('has a title of its own for each code', () => {
    const titles = STATUSES.map(([, error]) => toProblem(error, 'run-1').title);

    expect(new Set(titles).size).toBe(STATUSES.length);
  });

  it('carries the facts of an error beside its own fields, and lets them replace none', () => {
    const facts = { rows_missing: 3, status: 200, code: 'FINE', run_id: 'other' };
    const error = new RetriableError('LOAD_INCOMPLETE', 'three rows', { facts });

    expect(toProblem(error, 'run-1')).toMatchObject({
      rows_missing: 3,
      status: 500,
      code: 'LOAD_INCOMPLETE',
      run_id: 'run-1',
    });
  });

  it('says nothing of what is not set up but where to look', () => {
    const error = new FatalError('CONFIG_INVALID', 'SPOTIFY_CLIENT_ID is not set', {
      facts: { variable: 'SPOTIFY_CLIENT_ID' },
    });
    const told = toProblem(error, 'run-1');

    expect(told).toMatchObject({ status: 500, code: 'CONFIG_INVALID' satisfies ErrorCode });
    expect(told.detail).toContain('run-1');
    expect(JSON.stringify(told)).not.toContain('SPOTIFY_CLIENT_ID');
  });

  it.each<[string, unknown]>([
    ['an error nobody foresaw', new TypeError('secret-1 is not a function')],
    ['a text', 'secret-1'],
    ['an object that looks like one of ours', { code: 'PLAYLIST_NOT_FOUND', message: 'secret-1' }],
    ['nothing', undefined],
  ])('of %s is 500 INTERNAL and tells nothing of it', (_case, error) => {
    const told = toProblem(error, 'run-1');

    expect(told).toMatchObject({ status: 500, code: 'INTERNAL', run_id: 'run-1' });
    expect(JSON.stringify(told)).not.toContain('secret-1');
  });
});
