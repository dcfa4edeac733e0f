import type { APIGatewayProxyResult } from 'aws-lambda';
import fc from 'fast-check';
import type { App } from '../app/app.ts';
import { ERRORS, EtlError } from '../etl/errors.ts';
import type { IngestSummary, Run, RunMeasures, RunReport } from '../etl/model/summaries.ts';
import { captureLines } from '../test/support/captured-lines.ts';
import { ERROR_CODES } from '../test/support/error-codes.ts';
import type * as ingest from './ingest.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';
const SUMMARY: IngestSummary = {
  status: 'unchanged',
  message: 'Road Trip: unchanged since 2026-11-19T00:00:00.000Z; nothing written.',
  playlist_id: ID,
  playlist_uri: `spotify:playlist:${ID}`,
  playlist_name: 'Road Trip',
  snapshot_id: 'AAAAB1',
  counts: { items: 57, episodes: 1, local: 0, unavailable: 0 },
  written: { playlist: 0, track: 0, album: 0, artist: 0 },
  extracted_at: '2026-11-19T00:00:00.000Z',
};
const REPORT: RunReport = {
  run_id: 'run-1',
  spotify_requests: 3,
  duration_ms: 250,
  read_units: 2.5,
  write_units: 1,
  cost_usd: 0.000007,
  prices_as_of: '2026-11-20',
};
const MEASURES: RunMeasures = {
  rate_limited: 2,
  cooldown_seconds_left: 0,
  unprocessed_items: 4,
  failed_table_calls: 1,
};

type Ingest = App['requestPlaylist'];

const lines = captureLines();
let createIngestHandler: typeof ingest.createIngestHandler;

beforeAll(async () => {
  // The logger takes its level when it is built.
  process.env.POWERTOOLS_LOG_LEVEL = 'INFO';
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
  process.env.POWERTOOLS_METRICS_NAMESPACE = 'spotify-etl-spring';
  ({ createIngestHandler } = await import('./ingest.ts'));
});

function ask(ingestPlaylist: Ingest, values: string[] = [ID]): Promise<APIGatewayProxyResult> {
  return createIngestHandler(() => ({ requestPlaylist: ingestPlaylist }))(
    { multiValueQueryStringParameters: { playlist_uri: values } },
    { awsRequestId: 'run-1', getRemainingTimeInMillis: () => 29_000 },
  );
}

const failWith =
  (error: unknown): Ingest =>
  () =>
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever is thrown is answered
    Promise.reject(error);

/** Reports what the run took, as the app does, and then does as `ingest` says. */
const reporting =
  (ingest: Ingest, report: Partial<RunReport> = {}): Ingest =>
  (playlistId, run) => {
    run.onEnd?.({ ...REPORT, ...report }, MEASURES);
    return ingest(playlistId, run);
  };

const parsedLines = (): Record<string, unknown>[] =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>);
/** What is written for people, and what for CloudWatch; the first run of a process has one line more, for its start. */
const logLines = (): unknown[] => parsedLines().filter((line) => !('_aws' in line));
const metricLines = (): Record<string, unknown>[] =>
  parsedLines().filter((line) => '_aws' in line && !('ColdStart' in line));

function bodyOf({ body }: APIGatewayProxyResult): unknown {
  return JSON.parse(body);
}

describe('GET /ingest', () => {
  it('answers 200 with what the run did and took', async () => {
    const response = await ask(reporting(() => Promise.resolve(SUMMARY)));

    expect(response).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
    expect(bodyOf(response)).toEqual({ ...SUMMARY, ...REPORT });
  });

  it('hands on the ID alone, with the run and the time that is left less what the answer needs', async () => {
    const runs: [string, Run][] = [];
    const before = Date.now();

    await ask(
      (playlistId, run) => {
        runs.push([playlistId, run]);
        return Promise.resolve(SUMMARY);
      },
      [`https://open.spotify.com/playlist/${ID}?si=x`],
    );

    const [[playlistId, run] = ['', { runId: '', deadlineAt: 0 }]] = runs;
    expect([runs.length, playlistId, run.runId]).toEqual([1, ID, 'run-1']);
    expect(run.deadlineAt).toBeGreaterThanOrEqual(before + 27_500);
    expect(run.deadlineAt).toBeLessThanOrEqual(Date.now() + 27_500);
  });

  it.each<[string, string[] | undefined]>([
    ['missing', undefined],
    ['given twice', [ID, ID]],
    ['malformed', ['spotify:album:x']],
  ])('answers 400 where playlist_uri is %s, before the app is built', async (_fault, values) => {
    const getApp = (): never => {
      throw new Error('the app was built');
    };

    const response = await createIngestHandler(getApp)(
      { multiValueQueryStringParameters: values === undefined ? null : { playlist_uri: values } },
      { awsRequestId: 'run-1', getRemainingTimeInMillis: () => 29_000 },
    );

    expect(response.statusCode).toBe(400);
    expect(response.headers).toMatchObject({ 'content-type': 'application/problem+json' });
    expect(bodyOf(response)).toMatchObject({ code: 'INVALID_PLAYLIST_URI', run_id: 'run-1' });
  });

  it('answers 200 or 400 whatever the query holds, and never repeats it', async () => {
    const marked = fc.string({ unit: 'binary' }).map((text) => `<marked>${text}</marked>`);
    const queries = fc.oneof(
      fc.constant(null),
      fc.dictionary(fc.constantFrom('playlist_uri', 'x', '__proto__'), fc.array(marked)),
      fc.record({ playlist_uri: fc.array(fc.oneof(fc.string(), marked)) }),
    );
    await fc.assert(
      fc.asyncProperty(queries, async (multiValueQueryStringParameters) => {
        const { body, statusCode } = await createIngestHandler(() => ({
          requestPlaylist: () => Promise.resolve(SUMMARY),
        }))(
          { multiValueQueryStringParameters },
          { awsRequestId: 'run-1', getRemainingTimeInMillis: () => 29_000 },
        );
        expect([200, 400]).toContain(statusCode);
        expect(body).not.toContain('<marked>');
      }),
      { numRuns: 300 },
    );
    expect(lines.join('')).not.toContain('<marked>');
  });
});

describe('a run that fails', () => {
  it.each(ERROR_CODES)('with %s says when to come back where that is known', async (code) => {
    const inHalfAMinute = new EtlError(code, 'x', { retryAfterSeconds: 30 });

    const response = await ask(failWith(inHalfAMinute));
    const noTime = await ask(failWith(new EtlError(code, 'x')));

    expect(response).toMatchObject({
      statusCode: ERRORS[code].status,
      headers: { 'retry-after': '30', 'content-type': 'application/problem+json' },
    });
    expect(bodyOf(response)).toMatchObject({ code, kind: ERRORS[code].kind });
    expect(noTime.headers).not.toHaveProperty('retry-after');
    expect(bodyOf(noTime)).toEqual(bodyOf(response));
  });

  it('for a reason nobody foresaw is 500, with the reason in the log and not in the answer', async () => {
    const response = await ask(failWith(new TypeError('x is not a function')));

    expect(response.statusCode).toBe(500);
    expect(bodyOf(response)).toMatchObject({ code: 'INTERNAL' });
    expect(response.body).not.toContain('x is not a function');
    expect(lines.join('')).toContain('x is not a function');
  });

  it.each<[string, unknown]>([
    ['a text', 'thrown text'],
    ['nothing', undefined],
    ['null', null],
    ['an object', { a: 1 }],
  ])('by throwing %s is answered too', async (_case, thrown) => {
    expect((await ask(failWith(thrown))).statusCode).toBe(500);
  });

  it('before it begins, because the app cannot be built, is answered too', async () => {
    const handler = createIngestHandler(() => {
      throw new EtlError('CONFIG_INVALID', 'SPOTIFY_CLIENT_ID is not set');
    });

    const response = await handler(
      { multiValueQueryStringParameters: { playlist_uri: [ID] } },
      { awsRequestId: 'run-1', getRemainingTimeInMillis: () => 29_000 },
    );

    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('SPOTIFY_CLIENT_ID');
    expect(lines.join('')).toContain('SPOTIFY_CLIENT_ID is not set');
  });
});

describe('the end of the login', () => {
  const metricsOf = (): unknown[] => metricLines().filter((line) => 'TokenDaysLeft' in line);

  it('is a metric of every run, in a namespace that names the stage', async () => {
    const failing = failWith(new EtlError('SPOTIFY_UNAVAILABLE', 'no answer'));
    await ask(reporting(() => Promise.resolve(SUMMARY), { token_days_left: 29 }));
    await ask(reporting(failing, { token_days_left: 28 }));

    expect(metricsOf()).toMatchObject([
      {
        TokenDaysLeft: 29,
        service: 'spotify-etl',
        _aws: { CloudWatchMetrics: [{ Namespace: 'spotify-etl-spring' }] },
      },
      { TokenDaysLeft: 28 },
    ]);
  });

  it('is 0 days away once Spotify has refused it', async () => {
    const failing = failWith(new EtlError('REAUTH_REQUIRED', 'revoked'));
    await ask(reporting(failing, { token_days_left: 100 }));

    expect(metricsOf()).toMatchObject([{ TokenDaysLeft: 0 }]);
    expect(lines.join('')).toContain('"token_days_left":0');
  });

  it('is no metric where it is not known', async () => {
    await ask(reporting(() => Promise.resolve(SUMMARY)));

    expect(metricsOf()).toEqual([]);
  });
});

describe('what is measured of a run', () => {
  it('becomes a metric each, and the outcome is a dimension of the count of runs alone', async () => {
    await ask(reporting(() => Promise.resolve(SUMMARY)));

    const [runs, measured] = metricLines();
    expect(runs).toMatchObject({
      Runs: 1,
      outcome: 'unchanged',
      function: 'ingest',
      run_id: 'run-1',
      _aws: { CloudWatchMetrics: [{ Dimensions: [['service', 'outcome']] }] },
    });
    expect(measured).toMatchObject({
      SpotifyRequests: 3,
      Spotify429: 2,
      CooldownSecondsLeft: 0,
      ItemsRead: 0,
      RowsWritten: 0,
      RowsUnchanged: 0,
      ReadUnits: 2.5,
      WriteUnits: 1,
      UnprocessedItems: 4,
      FailedTableCalls: 1,
      DurationMs: 250,
      CostUsd: 0.000007,
      outcome: 'unchanged',
      _aws: { CloudWatchMetrics: [{ Dimensions: [['service']] }] },
    });
  });

  it.each<[unknown, string]>([
    [new EtlError('SPOTIFY_UNAVAILABLE', 'x'), 'retriable'],
    [new EtlError('PLAYLIST_NOT_FOUND', 'x'), 'skippable'],
    [new EtlError('SCOPE_MISSING', 'x'), 'fatal'],
    [new TypeError('x'), 'defect'],
    ['thrown text', 'defect'],
  ])(
    'of one that fails with %p is counted as %s, with what it cost in log and metrics',
    async (error, outcome) => {
      await ask(reporting(failWith(error)));

      const [runs, measured] = metricLines();
      expect(runs).toMatchObject({ Runs: 1, outcome });
      const isBroken = outcome === 'fatal' || outcome === 'defect';
      expect(measured).toMatchObject({ CostUsd: 0.000007, BrokenRuns: isBroken ? 1 : 0 });
      expect(measured).not.toHaveProperty('RowsWritten');
      expect(logLines()).toMatchObject([
        { message: 'run failed', read_units: 2.5, write_units: 1, cost_usd: 0.000007 },
      ]);
    },
  );

  it('stays out of a problem document', async () => {
    const answer = await ask(reporting(failWith(new EtlError('SPOTIFY_UNAVAILABLE', 'x'))));

    expect(bodyOf(answer)).not.toHaveProperty('cost_usd');
  });

  it('is nothing of a request that is refused before any run, which is counted all the same', async () => {
    await ask(() => Promise.resolve(SUMMARY), ['spotify:album:x']);

    const [runs, measured, ...others] = metricLines();
    expect(runs).toMatchObject({ Runs: 1, outcome: 'skippable' });
    expect(measured).toMatchObject({ BrokenRuns: 0 });
    expect(measured).not.toHaveProperty('CostUsd');
    expect(others).toEqual([]);
  });
});

describe('the log', () => {
  it('has the warnings of a run that fails too, and so has its answer', async () => {
    const failing = failWith(new EtlError('PLAYLIST_NOT_FOUND', 'gone'));

    const answer = await ask(reporting(failing, { warnings: ['The login ends soon.'] }));

    expect(bodyOf(answer)).toMatchObject({
      code: 'PLAYLIST_NOT_FOUND',
      warnings: ['The login ends soon.'],
    });
    expect(logLines()).toMatchObject([
      { level: 'WARN', message: 'run failed' },
      { level: 'WARN', message: 'The login ends soon.', run_id: 'run-1' },
    ]);
  });

  it('has a warning for each that a run ends with', async () => {
    await ask(reporting(() => Promise.resolve(SUMMARY), { warnings: ['The login ends soon.'] }));

    expect(logLines()).toMatchObject([
      { level: 'INFO' },
      { level: 'WARN', message: 'The login ends soon.', run_id: 'run-1' },
    ]);
  });

  it('has one line for a run, with its ID and its result', async () => {
    await ask(() => Promise.resolve(SUMMARY));

    expect(logLines()).toMatchObject([
      { level: 'INFO', message: 'run finished', run_id: 'run-1', result: { status: 'unchanged' } },
    ]);
  });

  it('has one line for a failure that is foreseen, with its code and the chain of its causes', async () => {
    const socket = new Error('connect ECONNREFUSED 127.0.0.1:1');
    const cause = new TypeError('fetch failed', { cause: socket });

    await ask(failWith(new EtlError('SPOTIFY_UNAVAILABLE', 'no answer', { cause })));

    expect(logLines()).toMatchObject([
      {
        level: 'WARN',
        code: 'SPOTIFY_UNAVAILABLE',
        run_id: 'run-1',
        causes: ['TypeError: fetch failed', 'Error: connect ECONNREFUSED 127.0.0.1:1'],
      },
    ]);
  });

  it('has the stack of a failure that is not', async () => {
    await ask(failWith(new TypeError('x is not a function')));

    expect(logLines()).toHaveLength(1);
    expect(lines[0]).toContain('"level":"ERROR"');
    expect(lines[0]).toContain('"stack"');
  });

  it('holds no header and no request that an error carries along', async () => {
    const secret = 'token-secret-1';
    const $response = { headers: { authorization: secret } };
    const cause = Object.assign(new Error('refused'), { $response, config: { secret } });

    await ask(failWith(new EtlError('TABLE_THROTTLED', 'throttled', { cause })));

    expect(logLines()).toHaveLength(1);
    expect(lines.join('')).not.toContain(secret);
  });
});
