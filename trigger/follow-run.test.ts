import { createVirtualClock, START_MS } from '../test/support/virtual-clock.ts';
import { askForPlaylist } from './follow-run.ts';
import type { Answer } from './outcome.ts';

const URI = 'spotify:playlist:3cEYpjA9oz9GiPac4AsH4n';

const answerOf = (status: number | null, body: object, retryAfter?: string): Answer => ({
  status,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  body: JSON.stringify(body),
});
const goingOn = (retryAfter = '10'): Answer =>
  answerOf(202, { run_id: 'run-1', state: 'running' }, retryAfter);
const LOADED = answerOf(200, { run_id: 'run-1', state: 'succeeded', status: 'loaded' });
const FRESH = answerOf(200, { run_id: 'run-2', status: 'loaded' });
const LOST = answerOf(null, { code: 'TIMEOUT' });

/** Answers of the API in turn; the last one for ever. */
type Scripts = { readonly ingest?: readonly Answer[]; readonly run?: readonly Answer[] };

async function ask({ ingest = [], run = [] }: Scripts, recorded = '') {
  const clock = createVirtualClock();
  const halt = new AbortController();
  const asked: string[] = [];
  const inTurn = (name: string, answers: readonly Answer[]): Promise<Answer> => {
    const at = asked.filter((other) => other === name).length;
    asked.push(name);
    return Promise.resolve(answers[Math.min(at, answers.length - 1)] ?? LOST);
  };
  const answer = await askForPlaylist(
    { recorded, uri: URI },
    {
      requestIngest: () => inTurn('ingest', ingest),
      requestRun: (runId) => inTurn(runId, run),
      clock,
      halt,
    },
  );
  return { answer, asked, slept: clock.slept, waitedMs: clock.now() - START_MS };
}

describe('A playlist that is asked for', () => {
  it('is answered at once if its list is short', async () => {
    const { answer, asked, waitedMs } = await ask({ ingest: [FRESH] });

    expect([answer, asked, waitedMs]).toEqual([FRESH, ['ingest'], 0]);
  });

  it('is followed to the end of its run, and each answer says when to ask again', async () => {
    const run = [goingOn('20'), answerOf(202, { run_id: 'run-1', state: 'waiting' }, '60'), LOADED];
    const { answer, asked, slept } = await ask({ ingest: [goingOn('0')], run });

    expect(answer).toBe(LOADED);
    expect(asked).toEqual(['ingest', 'run-1', 'run-1', 'run-1']);
    expect(slept).toEqual([1_000, 20_000, 60_000]);
  });

  it('is followed for five minutes, and no longer than a wait fits into', async () => {
    const long = await ask({ ingest: [goingOn()], run: [goingOn()] });
    const tooLong = await ask({ ingest: [goingOn('301')] });

    expect(long.waitedMs).toBe(300_000);
    expect(long.answer).toEqual(goingOn());
    expect([tooLong.answer, tooLong.waitedMs]).toEqual([goingOn('301'), 0]);
  });

  it('keeps its run through answers that say nothing about it', async () => {
    const gateway = answerOf(504, { code: 'FUNCTION_TIMED_OUT', kind: 'later' });
    const { answer, asked } = await ask({ ingest: [goingOn()], run: [LOST, gateway, LOADED] });

    expect([answer, asked.length]).toEqual([LOADED, 4]);
  });

  it('is not followed without a run to ask for', async () => {
    const accepted = answerOf(202, { message: 'Somebody else works on it.' });

    expect(await ask({ ingest: [accepted] })).toMatchObject({ answer: accepted, waitedMs: 0 });
  });
});

describe('A row with the answer of a run that went on', () => {
  const recorded = JSON.stringify({ status: 202, code: 'running', run_id: 'run-1' });
  const failed = answerOf(413, { run_id: 'run-1', state: 'failed', kind: 'final' });

  it.each([
    ['has ended', LOADED],
    ['has failed', failed],
  ])('gets what the run says, where it %s, and starts no other', async (_how, end) => {
    expect(await ask({ run: [end] }, recorded)).toMatchObject({ answer: end, asked: ['run-1'] });
  });

  it.each([
    ['is forgotten', answerOf(404, { code: 'RUN_NOT_FOUND', kind: 'final' })],
    ['is unknown to an older deployment', answerOf(403, { code: 'CALLER_NOT_PERMITTED' })],
    ['cannot be reached', LOST],
  ])('is asked for anew, where it %s', async (_how, found) => {
    const { answer, asked } = await ask({ ingest: [FRESH], run: [found] }, recorded);

    expect([answer, asked]).toEqual([FRESH, ['run-1', 'ingest']]);
  });

  it('is asked for anew after any other answer', async () => {
    const other = JSON.stringify({ status: 503, code: 'RUN_OUT_OF_TIME', run_id: 'run-1' });

    expect(await ask({ ingest: [FRESH] }, other)).toMatchObject({ asked: ['ingest'] });
  });
});
