import { EtlError } from '../etl/errors.ts';
import type { PollSummary } from '../etl/model/plays.ts';
import type { Run, RunMeasures, RunReport } from '../etl/model/summaries.ts';
import { captureLines } from '../test/support/captured-lines.ts';
import { createVirtualClock, START_MS } from '../test/support/virtual-clock.ts';
import type * as plays from './plays.ts';

type Poll = Parameters<typeof plays.createPlaysHandler>[0]['openApp'];
type PollPlays = ReturnType<Poll>['pollPlays'];

const SUMMARY: PollSummary = { returned: 50, new: 3, known: 47, gaps: 0 };
const REPORT: RunReport = {
  run_id: 'run-1',
  spotify_requests: 1,
  duration_ms: 250,
  read_units: 1,
  write_units: 1,
  cost_usd: 0.000006,
  prices_as_of: '2026-11-20',
  token_days_left: 90,
};
const MEASURES: RunMeasures = {
  rate_limited: 0,
  cooldown_seconds_left: 0,
  unprocessed_items: 0,
  failed_table_calls: 0,
};
const FIGURES = { run_id: 'run-1', spotify_requests: 1, duration_ms: 250, token_days_left: 90 };
const NEVER_OPENED = (): never => {
  throw new Error('the app was built');
};

const lines = captureLines();
let createPlaysHandler: typeof plays.createPlaysHandler;

beforeAll(async () => {
  // The logger takes its level when it is built.
  process.env.POWERTOOLS_LOG_LEVEL = 'INFO';
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
  process.env.POWERTOOLS_METRICS_NAMESPACE = 'spotify-etl-spring';
  ({ createPlaysHandler } = await import('./plays.ts'));
});

const create = (openApp: Poll): plays.PlaysHandler =>
  createPlaysHandler({ openApp, clock: createVirtualClock() });

const start = (poll: PollPlays, event: unknown = {}) =>
  create(() => ({ pollPlays: poll }))(event, CONTEXT);

const CONTEXT = { awsRequestId: 'run-1', getRemainingTimeInMillis: () => 60_000 };

/** Reports what the run took, as the app does. */
const ending =
  (poll: () => Promise<PollSummary>, report: Partial<RunReport> = {}): PollPlays =>
  (run) => {
    run.onEnd?.({ ...REPORT, ...report }, MEASURES);
    return poll();
  };
const answering = (summary: Partial<PollSummary> = {}, report?: Partial<RunReport>): PollPlays =>
  ending(() => Promise.resolve({ ...SUMMARY, ...summary }), report);
const failing = (error: Error): PollPlays => ending(() => Promise.reject(error));

const parsedLines = (): Record<string, unknown>[] =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>);
const logLines = (): unknown[] => parsedLines().filter((line) => !('_aws' in line));
const metrics = (): Record<string, unknown> =>
  Object.assign({}, ...parsedLines().filter((line) => '_aws' in line)) as Record<string, unknown>;

describe('a poll', () => {
  it('answers and logs what it did, in counts', async () => {
    const report = await start(answering({ unreadable: 1 }));

    expect(report).toEqual({ status: 'collected', ...SUMMARY, unreadable: 1, ...FIGURES });
    expect(logLines()).toEqual([
      expect.objectContaining({ message: 'run finished', run_id: 'run-1', result: report }),
    ]);
  });

  it('has the time of the function, less what the answer needs', async () => {
    const runs: Run[] = [];

    await start((run) => {
      runs.push(run);
      return Promise.resolve(SUMMARY);
    });

    expect(runs).toEqual([expect.objectContaining({ runId: 'run-1' })]);
    expect(runs[0]?.deadlineAt).toBe(START_MS + 58_500);
  });

  it('publishes few metrics, for one is paid by the month', async () => {
    await start(answering({ gaps: 1 }));

    expect(metrics()).toMatchObject({
      ...{ outcome: 'polled', function: 'plays', run_id: 'run-1' },
      ...{ Runs: 1, BrokenRuns: 0, SpotifyRequests: 1, Spotify429: 0, CooldownSecondsLeft: 0 },
      ...{ TokenDaysLeft: 90, CostUsd: 0.000006, NewPlays: 3, PlayGaps: 1, QuietDays: 0 },
    });
    expect(Object.keys(metrics())).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/Units|Duration|Items|Rows|Failed/)]),
    );
  });

  it('says how many days nothing was played, where that is unusual', async () => {
    const quietSince = new Date(START_MS - 4.5 * 86_400_000).toISOString();

    expect(await start(answering({ quiet_since: quietSince }))).toMatchObject({
      quiet_since: quietSince,
    });
    expect(metrics()).toMatchObject({ QuietDays: 4 });
  });

  it('logs the warnings of its run', async () => {
    await start(answering({}, { warnings: ['The Spotify login ends in 7 days.'] }));

    expect(logLines()[0]).toMatchObject({
      level: 'WARN',
      message: 'The Spotify login ends in 7 days.',
      run_id: 'run-1',
    });
  });

  it('that is tried only counts as no poll', async () => {
    const options: unknown[] = [];

    const report = await start(
      (_run, given) => {
        options.push(given);
        return Promise.resolve(SUMMARY);
      },
      { dryRun: true },
    );

    expect(report).toMatchObject({ status: 'dry-run', new: 3 });
    expect(options).toEqual([{ isDryRun: true }]);
    expect(metrics()).toMatchObject({ outcome: 'polled' });
    expect(metrics()).not.toHaveProperty('NewPlays');
  });

  it.each([
    ['a wait', new EtlError('SPOTIFY_RATE_LIMITED', 'Wait.', { retryAfterSeconds: 30 })],
    ['a spent budget', new EtlError('SPOTIFY_BUDGET_SPENT', 'Wait.', { retryAfterSeconds: 30 })],
    ['a database that is down', new EtlError('TABLE_UNAVAILABLE', 'No answer.')],
  ])('is later where %s passes by itself, and that is no error of Lambda', async (_, error) => {
    expect(await start(failing(error))).toEqual({ status: 'later', code: error.code, ...FIGURES });

    expect(logLines()).toEqual([
      expect.objectContaining({ level: 'WARN', message: 'run failed', code: error.code }),
    ]);
    expect(metrics()).toMatchObject({ outcome: 'retriable', BrokenRuns: 0 });
    expect(metrics()).not.toHaveProperty('NewPlays');
  });

  it.each([
    ['REAUTH_REQUIRED', new EtlError('REAUTH_REQUIRED', 'Log in.'), { TokenDaysLeft: 0 }],
    ['CONFIG_INVALID', new EtlError('CONFIG_INVALID', 'Set it.'), { TokenDaysLeft: 90 }],
    ['INTERNAL', new Error('a bug'), { outcome: 'defect' }],
  ])('fails where a person must act: %s', async (code, error, published) => {
    await expect(start(failing(error))).rejects.toBe(error);

    expect(logLines()).toEqual([
      expect.objectContaining({
        ...{ level: 'ERROR', message: 'run failed', code, run_id: 'run-1' },
        error: expect.objectContaining({ message: error.message }),
      }),
    ]);
    expect(metrics()).toMatchObject({ BrokenRuns: 1, ...published });
  });

  it.each([['yes'], [{ dryRun: 'yes' }]])('does not begin by the event %j', async (event) => {
    await expect(create(NEVER_OPENED)(event, CONTEXT)).rejects.toThrow(/expected/);
  });

  it('does not poll for real where dryRun is mistyped', async () => {
    const polling = create(NEVER_OPENED)({ dryrun: true }, CONTEXT);
    await expect(polling).rejects.toThrow(/^The event is wrong: .*dryrun/);
  });

  it('builds the app once, and tries again where that failed', async () => {
    let opened = 0;
    const handler = create(() => {
      opened += 1;
      if (opened === 1) throw new EtlError('CONFIG_INVALID', 'Set it.');
      return { pollPlays: answering() };
    });

    await expect(handler({}, CONTEXT)).rejects.toThrow('Set it.');
    await handler({}, CONTEXT);
    await handler({}, CONTEXT);

    expect(opened).toBe(2);
  });
});
