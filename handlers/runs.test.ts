import type { APIGatewayProxyResult } from 'aws-lambda';
import { EtlError } from '../etl/errors.ts';
import type { PlaylistRun } from '../etl/model/playlist-run.ts';
import type { RunMeasures, RunReport } from '../etl/model/summaries.ts';
import { captureLines } from '../test/support/captured-lines.ts';
import type * as ingest from './ingest.ts';
import type * as runs from './runs.ts';

const RUN_ID = '3cEYpjA9oz9GiPac4AsH4n-0123456789abcdef-1';
const CONTEXT = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 28_000 };
const REPORT: RunReport = {
  run_id: 'request-1',
  spotify_requests: 1,
  duration_ms: 250,
  read_units: 2,
  write_units: 1,
  cost_usd: 0.000007,
  prices_as_of: '2026-11-20',
  warnings: ['The login ends soon.'],
};
const MEASURES: RunMeasures = {
  rate_limited: 0,
  cooldown_seconds_left: 0,
  unprocessed_items: 0,
  failed_table_calls: 0,
};

const lines = captureLines();
let createIngestHandler: typeof ingest.createIngestHandler;
let createRunsHandler: typeof runs.createRunsHandler;

beforeAll(async () => {
  process.env.POWERTOOLS_LOG_LEVEL = 'INFO';
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
  process.env.POWERTOOLS_METRICS_NAMESPACE = 'spotify-etl-spring';
  ({ createIngestHandler } = await import('./ingest.ts'));
  ({ createRunsHandler } = await import('./runs.ts'));
});

const outcomes = (): unknown[] =>
  lines
    .map((line) => JSON.parse(line) as { Runs?: number; outcome?: string })
    .flatMap(({ Runs, outcome }) => (Runs === 1 ? outcome : []));

const find = (answer: Promise<PlaylistRun>): Promise<APIGatewayProxyResult> =>
  createRunsHandler(() => ({ findRun: () => answer }))(
    { multiValueQueryStringParameters: null, pathParameters: { run_id: RUN_ID } },
    CONTEXT,
  );

const bodyOf = ({ body }: APIGatewayProxyResult): unknown => JSON.parse(body);

it('GET /ingest answers 202 with the run that loads a long list, and counts as a start', async () => {
  const handler = createIngestHandler(() => ({
    requestPlaylist: (_playlistId, run) => {
      run.onEnd?.(REPORT, MEASURES);
      return Promise.resolve({ run_id: RUN_ID, state: 'queued' });
    },
  }));

  const answer = await handler(
    { multiValueQueryStringParameters: { playlist_uri: [RUN_ID.slice(0, 22)] } },
    CONTEXT,
  );

  expect(answer).toMatchObject({
    statusCode: 202,
    headers: {
      'content-type': 'application/json',
      'retry-after': '10',
      location: `runs/${RUN_ID}`,
    },
  });
  expect(bodyOf(answer)).toEqual({ run_id: RUN_ID, state: 'queued', warnings: REPORT.warnings });
  expect(outcomes()).toEqual(['started']);
});

describe('GET /runs/{run_id}', () => {
  it.each<[PlaylistRun, object, string]>([
    [{ run_id: RUN_ID, state: 'queued' }, {}, '10'],
    [
      { run_id: RUN_ID, state: 'running', progress: { pages_done: 3, pages_total: 199 } },
      { progress: { pages_done: 3, pages_total: 199 } },
      '10',
    ],
    [{ run_id: RUN_ID, state: 'waiting', resumes_at: '2020-01-01T00:00:00.000Z' }, {}, '10'],
  ])('answers 202 while it is %j', async (run, shown, retryAfter) => {
    const answer = await find(Promise.resolve(run));

    expect([answer.statusCode, answer.headers?.['retry-after']]).toEqual([202, retryAfter]);
    expect(answer.headers).not.toHaveProperty('location');
    expect(bodyOf(answer)).toMatchObject({ run_id: RUN_ID, state: run.state, ...shown });
    expect(bodyOf(answer)).not.toHaveProperty('status');
  });

  it('says to come back when a wait has ended', async () => {
    const resumes_at = new Date(Date.now() + 3_600_000).toISOString();
    const { headers } = await find(
      Promise.resolve({ run_id: RUN_ID, state: 'waiting', resumes_at }),
    );

    expect(Number(headers?.['retry-after'])).toBeGreaterThan(3_500);
    expect(Number(headers?.['retry-after'])).toBeLessThanOrEqual(3_600);
  });

  it.each([
    ['succeeded', 200, { status: 'loaded', counts: { items: 10_000 } }],
    ['failed', 413, { status: 413, code: 'PLAYLIST_TOO_LARGE' }],
  ] as const)('answers as the load did once it has %s', async (state, status, body) => {
    const type = status === 200 ? 'application/json' : 'application/problem+json';
    const said = { ...body, run_id: RUN_ID };
    const answer = await find(
      Promise.resolve({ run_id: RUN_ID, state, answer: { status, body: JSON.stringify(said) } }),
    );

    expect(answer.statusCode).toBe(status);
    expect(answer.headers).toEqual({ 'content-type': type, 'cache-control': 'no-store' });
    expect(bodyOf(answer)).toEqual({ ...said, state });
  });

  it('that cannot be answered is a problem document, and no run for the metrics', async () => {
    const answer = await find(Promise.reject(new EtlError('RUN_NOT_FOUND', 'No such run.')));

    expect(answer.statusCode).toBe(404);
    expect(bodyOf(answer)).toMatchObject({ code: 'RUN_NOT_FOUND', run_id: 'request-1' });
    expect(lines.join('')).toContain('RUN_NOT_FOUND');
    expect(outcomes()).toEqual([]);
  });
});
