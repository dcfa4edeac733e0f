import {
  closeScriptedServers,
  inTurn,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../test/support/scripted-server.ts';
import { createVirtualClock, START_MS, type VirtualClock } from '../test/support/virtual-clock.ts';
import { RequestSender } from './request-sender.ts';
import { playlistRequest } from './requests.ts';
import { type Answer, createTransport } from './transport.ts';

afterEach(closeScriptedServers);

type Bench = {
  readonly clock: VirtualClock;
  readonly server: ScriptedServer;
  readonly attempts: () => number;
  readonly send: (playlistId?: string, stop?: AbortSignal) => Promise<Answer>;
};

type Setting = { readonly clock?: VirtualClock; readonly leftMs?: number };

async function setUp(
  script: Script,
  { clock = createVirtualClock(), leftMs = 60_000 }: Setting = {},
): Promise<Bench> {
  const server = await startScriptedServer(script);
  let attempts = 0;
  const transport = createTransport(clock.now);
  const sender = new RequestSender({
    exchange: (...request) => {
      attempts += 1;
      return transport(...request);
    },
    clock,
    deadlineAt: START_MS + leftMs,
  });
  return {
    clock,
    server,
    attempts: () => attempts,
    send: (playlistId = 'list', stop?) =>
      sender.send(playlistRequest(server.url, playlistId)('token-1'), { stop }),
  };
}

const OK = { body: { snapshot_id: 'x' } };
const asksToWait = (retryAfter: string): { status: number; headers: Record<string, string> } => ({
  status: 429,
  headers: { 'retry-after': retryAfter },
});

describe('RequestSender', () => {
  it('hands back an answer at once that is good, or final', async () => {
    for (const status of [200, 400, 401, 403, 404]) {
      const { attempts, clock, send } = await setUp(inTurn({ status, body: {} }));

      expect((await send()).ok).toBe(status === 200);

      expect([attempts(), clock.slept]).toEqual([1, []]);
    }
  });

  it('repeats after 5xx with growing waits, and counts every attempt', async () => {
    const { attempts, clock, send } = await setUp(
      inTurn({ status: 500 }, { status: 502 }, { status: 503 }, OK),
    );

    expect((await send()).ok).toBe(true);

    expect(clock.slept).toEqual([125, 250, 500]);
    expect(attempts()).toBe(4);
  });

  it('gives up after the fourth attempt with the last answer', async () => {
    const { attempts, send } = await setUp(inTurn({ status: 503 }));

    expect(await send()).toMatchObject({ ok: false, failure: { status: 503 } });

    expect(attempts()).toBe(4);
  });

  it('repeats after a connection that breaks off and after a body that is cut', async () => {
    const { server, send } = await setUp(
      inTurn({ body: { a: 'xxxx' }, end: 'cut' }, { body: '{"a":' }, OK),
    );

    expect(await send()).toMatchObject({ ok: true, body: OK.body });

    expect(server.requests).toHaveLength(3);
  });

  it.each([
    ['0', '0'],
    ['a date gone by', 'Wed, 21 Oct 2020 07:28:00 GMT'],
  ])('waits as usual after a Retry-After of %s', async (_form, retryAfter) => {
    const { clock, send } = await setUp(inTurn(asksToWait(retryAfter)));

    await send();

    expect(clock.slept).toEqual([125, 250, 500]);
  });

  it('waits exactly as long as a short Retry-After asks', async () => {
    const { clock, send } = await setUp(inTurn(asksToWait('2'), OK));

    await send();

    expect(clock.slept).toEqual([2_000]);
  });

  it('waits as usual where Retry-After is missing or malformed', async () => {
    for (const refusal of [{ status: 429 }, asksToWait('-3'), asksToWait('soon')]) {
      const { clock, send } = await setUp(inTurn(refusal, OK));

      await send();

      expect(clock.slept).toEqual([125]);
    }
  });

  it('gives up at once where Retry-After is long or the quota is used up', async () => {
    const quota = { error: { message: 'Too many requests', reason: 'QUOTA_EXCEEDED' } };
    for (const refusal of [asksToWait('86400'), { ...asksToWait('1'), body: quota }]) {
      const { clock, attempts, send } = await setUp(inTurn(refusal, OK));

      expect(await send()).toMatchObject({ ok: false, failure: { status: 429 } });

      expect([attempts(), clock.slept]).toEqual([1, []]);
    }
  });

  it('keeps the other requests back while one waits for a rate limit to pass', async () => {
    const clock = createVirtualClock();
    const arrivals: [string, number][] = [];
    const { send } = await setUp(
      ({ path }, index) => {
        arrivals.push([path.slice('/v1/playlists/'.length), clock.now() - START_MS]);
        return index === 0 ? asksToWait('5') : OK;
      },
      { clock },
    );

    const first = send('first');
    while (clock.slept.length === 0) await new Promise(setImmediate);
    await Promise.all([first, send('second'), send('third')]);

    expect(arrivals[0]).toEqual(['first', 0]);
    expect(arrivals.slice(1).map(([, at]) => at)).toEqual([5_000, 5_000, 5_000]);
  });

  it('lets no later refusal shorten a pause that an earlier one asked for', async () => {
    const clock = createVirtualClock();
    const arrivals: number[] = [];
    const refusals = [5_000, 1_000].map((retryAfterMs): Answer => {
      return {
        ok: false,
        failure: { kind: 'status', status: 429, message: '', reason: undefined, retryAfterMs },
      };
    });
    // Without a network between, both refusals arrive before any time passes.
    const exchange = (): Promise<Answer> => {
      arrivals.push(clock.now() - START_MS);
      return Promise.resolve(refusals.shift() ?? { ok: true, body: {}, sentAt: 0 });
    };
    const sender = new RequestSender({ exchange, clock, deadlineAt: START_MS + 60_000 });
    const request = playlistRequest(new URL('http://127.0.0.1'), 'list')('token-1');

    await Promise.all([sender.send(request), sender.send(request)]);

    expect(arrivals).toEqual([0, 0, 5_000, 5_000]);
  });

  it('sends nothing when the time is up', async () => {
    const { attempts, send, server } = await setUp(inTurn(OK), { leftMs: 0 });

    expect(await send()).toMatchObject({ ok: false, failure: { kind: 'out-of-time' } });

    expect([attempts(), server.requests]).toEqual([0, []]);
  });

  it('does not wait for what comes after the deadline', async () => {
    const { attempts, clock, send } = await setUp(inTurn(asksToWait('5'), OK), { leftMs: 5_000 });

    expect(await send()).toMatchObject({ ok: false, failure: { status: 429 } });

    expect([attempts(), clock.slept]).toEqual([1, []]);
  });

  it('gives one attempt no more time than is left', async () => {
    const { send } = await setUp(inTurn({ end: 'never' }), { leftMs: 30 });

    // The clock stands still while the server is silent; all that ends this is the limit of the attempt.
    expect(await send()).toMatchObject({ ok: false, failure: { kind: 'timeout' } });
  });

  it('says that our own time was up where Spotify had been answering', async () => {
    const { send } = await setUp(inTurn({ status: 404 }, { end: 'never' }), { leftMs: 30 });
    await send();

    expect(await send()).toEqual({ ok: false, failure: { kind: 'out-of-time' } });
  });

  it('says what the attempt before said where our time cut the next one short', async () => {
    const clock = createVirtualClock();
    const { send } = await setUp(inTurn({ status: 503 }, { end: 'never' }), {
      clock,
      leftMs: 125 + 30,
    });

    expect(await send()).toMatchObject({ failure: { status: 503 } });
    expect(clock.slept).toEqual([125]);
  });

  it.each([
    ['before it began', 0],
    ['while an attempt is in flight', 1],
    ['while it waits to repeat', 2],
  ])('sends nothing more once it is stopped: %s', async (_when, attemptsMade) => {
    const stop = new AbortController();
    const why = new Error('nobody waits');
    const virtual = createVirtualClock();
    const clock = {
      ...virtual,
      sleep: (ms: number): Promise<void> => {
        if (attemptsMade === 2 && virtual.slept.length === 1) stop.abort(why);
        return virtual.sleep(ms);
      },
    };
    if (attemptsMade === 0) stop.abort(why);
    const { attempts, send } = await setUp(
      () => {
        if (attemptsMade === 1) stop.abort(why);
        return { status: 503 };
      },
      { clock },
    );

    await expect(send('list', stop.signal)).rejects.toBe(why);

    expect(attempts()).toBe(attemptsMade);
  });

  it('ends within its budget whatever the server does', async () => {
    const { clock, send } = await setUp(inTurn(asksToWait('9')), { leftMs: 600_000 });

    await send();

    expect(clock.slept).toEqual([9_000, 9_000]);
  });

  it.each([
    ['a long rate limit', asksToWait('3600')],
    [
      'a used-up quota',
      { ...asksToWait('5'), body: { error: { message: 'x', reason: 'QUOTA_EXCEEDED' } } },
    ],
  ])('sends nothing more after %s, and gives all the same answer', async (_, refusal) => {
    const { attempts, send } = await setUp(inTurn(refusal, OK));

    const answers = [await send('one'), await send('two')];

    expect(answers[1]).toEqual(answers[0]);
    expect(attempts()).toBe(1);
  });
});
