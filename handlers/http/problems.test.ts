import { readFile } from 'node:fs/promises';
import { ERRORS, EtlError } from '../../etl/errors.ts';
import { ERROR_CODES } from '../../test/support/error-codes.ts';
import { toProblem } from './problems.ts';

describe('a problem document', () => {
  it.each(ERROR_CODES)('says of %s what the table of errors does', (code) => {
    const isHidden = code === 'CONFIG_INVALID';
    expect(toProblem(new EtlError(code, `about ${code}`), 'run-1')).toEqual({
      ...ERRORS[code],
      type: `urn:spotify-etl:problem:${code.toLowerCase().replaceAll('_', '-')}`,
      detail: isHidden ? (expect.stringContaining('run-1') as unknown) : `about ${code}`,
      code,
      run_id: 'run-1',
    });
  });

  it('is described in docs/api.md, under each code', async () => {
    const lines = (await readFile('docs/api.md', 'utf8')).split('\n');

    for (const code of ERROR_CODES) {
      const { kind, status } = ERRORS[code];
      const row = `| ${status} | \`${kind}\` |`;
      expect(lines.filter((line) => line.startsWith(row)).join()).toContain(`\`${code}\``);
    }
  });

  it('carries the facts of an error beside its own fields, and lets them replace none', () => {
    const facts = { rows_missing: 3, status: 200, code: 'FINE', kind: 'fine', run_id: 'other' };
    const error = new EtlError('LOAD_INCOMPLETE', 'three rows', { facts });

    expect(toProblem(error, 'run-1')).toMatchObject({
      rows_missing: 3,
      status: 500,
      code: 'LOAD_INCOMPLETE',
      kind: 'later',
      run_id: 'run-1',
    });
  });

  it('says nothing of what is not set up but where to look', () => {
    const error = new EtlError('CONFIG_INVALID', 'SPOTIFY_CLIENT_ID is not set', {
      facts: { variable: 'SPOTIFY_CLIENT_ID' },
    });
    const problem = toProblem(error, 'run-1');

    expect(problem).toMatchObject({ status: 500, code: 'CONFIG_INVALID' });
    expect(problem.detail).toContain('run-1');
    expect(JSON.stringify(problem)).not.toContain('SPOTIFY_CLIENT_ID');
  });

  it.each<[string, unknown]>([
    ['an error nobody foresaw', new TypeError('secret-1 is not a function')],
    ['a text', 'secret-1'],
    ['an object that looks like one of ours', { code: 'PLAYLIST_NOT_FOUND', message: 'secret-1' }],
    ['nothing', undefined],
  ])('of %s is 500 INTERNAL and tells nothing of it', (_case, error) => {
    const problem = toProblem(error, 'run-1');

    expect(problem).toMatchObject({ status: 500, code: 'INTERNAL', run_id: 'run-1' });
    expect(JSON.stringify(problem)).not.toContain('secret-1');
  });
});
