import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import {
  closeScriptedServers,
  inTurn,
  type Script,
  type ScriptedReply,
  startScriptedServer,
} from '../test/support/scripted-server.ts';
import { playlistItemsRequest, playlistRequest, tokenRequest } from './requests.ts';
import { type Answer, createTransport } from './transport.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';
const MAX_BYTES = 4 * 1024 * 1024;
const NOW = Date.UTC(2026, 9, 21, 7, 28, 0);
const exchange = createTransport(() => NOW);

afterEach(closeScriptedServers);

async function ask(script: Script, timeoutMs = 5_000): Promise<Answer> {
  const { url } = await startScriptedServer(script);
  return exchange(playlistRequest(url, ID)('token-1'), timeoutMs);
}

describe('an exchange', () => {
  it('sends path, query and token as they are asked for', async () => {
    const { url, requests } = await startScriptedServer(inTurn({ body: {} }));
    const range = { offset: 0, limit: 50 };

    await exchange(playlistItemsRequest(url, ID, { api: 'items', range })('token-1'), 5_000);

    expect(requests).toMatchObject([
      {
        method: 'GET',
        path: `/v1/playlists/${ID}/items`,
        query: { additional_types: 'track,episode', offset: '0', limit: '50' },
        headers: { authorization: 'Bearer token-1', accept: 'application/json' },
        body: '',
      },
    ]);
  });

  it('posts a token request as a form', async () => {
    const { url, requests } = await startScriptedServer(inTurn({ body: {} }));
    const credentials = { clientId: 'id', clientSecret: 'secret' };

    const grant = { refreshToken: 'a+b &c', needsSecret: true };
    await exchange(tokenRequest(url, credentials, grant), 5_000);

    expect(requests).toMatchObject([
      {
        method: 'POST',
        path: '/api/token',
        headers: {
          'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
          authorization: `Basic ${btoa('id:secret')}`,
        },
        body: 'grant_type=refresh_token&refresh_token=a%2Bb+%26c',
      },
    ]);
  });

  it('answers 200 with the parsed body', async () => {
    expect(await ask(inTurn({ body: { name: 'Ä 😀' } }))).toEqual({
      ok: true,
      body: { name: 'Ä 😀' },
      sentAt: NOW,
    });
  });

  it.each<[string, ScriptedReply]>([
    ['half a body of JSON', { body: '{"items": [{"id"' }],
    ['nothing', {}],
  ])('answers 200 with %s as no JSON', async (_case, reply) => {
    expect(await ask(inTurn(reply))).toEqual({
      ok: false,
      failure: { kind: 'not-json', status: 200 },
    });
  });

  it('reads a body of 4 MB', async () => {
    const body = JSON.stringify('x'.repeat(MAX_BYTES - 2));

    expect((await ask(inTurn({ body }))).ok).toBe(true);
  });

  it.each([200, 503])(
    'gives up a larger body, of status %d, and its connection',
    async (status) => {
      const closed = new Promise((resolve) => {
        subscribe('net.server.socket', function onSocket(message) {
          unsubscribe('net.server.socket', onSocket);
          (message as { socket: Socket }).socket.once('close', resolve);
        });
      });

      const answer = await ask(inTurn({ status, body: JSON.stringify('x'.repeat(2 * MAX_BYTES)) }));

      expect(answer).toEqual({ ok: false, failure: { kind: 'too-large' } });
      await closed;
    },
  );

  it('that breaks off in the middle of the body is a network fault', async () => {
    const answer = await ask(inTurn({ body: { items: 'x'.repeat(1_000) }, end: 'cut' }));

    expect(answer).toMatchObject({ ok: false, failure: { kind: 'network' } });
  });

  it('with a host that is not there is a network fault', async () => {
    const { url } = await startScriptedServer(inTurn({}));
    await closeScriptedServers();

    const answer = await exchange(playlistRequest(url, ID)('token-1'), 5_000);

    expect(answer).toMatchObject({ ok: false, failure: { kind: 'network' } });
  });

  it('that gets no answer in time is a time-out', async () => {
    expect(await ask(inTurn({ end: 'never' }), 30)).toMatchObject({
      ok: false,
      failure: { kind: 'timeout' },
    });
  });

  it.each<[string, ScriptedReply]>([
    ['good', { body: {} }],
    ['refused', { status: 404, body: 'Not found.' }],
    ['empty', { status: 503 }],
  ])('goes over the connection of the one before it, which was %s', async (_case, reply) => {
    const { url } = await startScriptedServer(inTurn(reply));
    const connected = jest.fn();
    subscribe('net.server.socket', connected);

    for (let call = 0; call < 5; call += 1) {
      await exchange(playlistRequest(url, ID)('token-1'), 5_000);
      // fetch frees a connection just after it has handed out the body; a call at that very moment opens a second one.
      await setImmediate();
    }

    unsubscribe('net.server.socket', connected);
    expect(connected).toHaveBeenCalledTimes(1);
  });

  it('ends as soon as it is stopped', async () => {
    const stop = new AbortController();
    const { url } = await startScriptedServer(() => {
      stop.abort(new Error('nobody waits'));
      return { end: 'never' };
    });

    const answer = await exchange(playlistRequest(url, ID)('token-1'), 60_000, stop.signal);

    expect(answer).toMatchObject({
      ok: false,
      failure: { kind: 'network', cause: { message: 'nobody waits' } },
    });
  });

  it('leaves nothing behind that listens to its stop', async () => {
    const { signal } = new AbortController();
    const { url } = await startScriptedServer(inTurn({ body: {} }, { end: 'cut', body: 'xx' }));

    for (let call = 0; call < 2; call += 1) {
      await exchange(playlistRequest(url, ID)('token-1'), 5_000, signal);
    }

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('follows no redirect: a token goes nowhere but where it was sent', async () => {
    const elsewhere = await startScriptedServer(inTurn({ body: {} }));

    const answer = await ask(inTurn({ status: 302, headers: { location: elsewhere.url.href } }));

    expect(answer).toMatchObject({ ok: false, failure: { kind: 'intercepted', status: 302 } });
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('an answer in the place of Spotify', () => {
  it.each<[string, ScriptedReply]>([
    ['a success without data (204)', { status: 204 }],
    ['a success without data (202)', { status: 202, body: {} }],
    ['a redirect (301)', { status: 301, headers: { location: 'https://portal.example/' } }],
    ['a redirect (304)', { status: 304 }],
    ['a web page (200)', { body: ' <!doctype html><h1>Log in</h1>' }],
    ['a web page (403)', { status: 403, body: '<html>Blocked</html>' }],
  ])('is %s', async (what, reply) => {
    const { status = 200 } = reply;

    const answer = await ask(inTurn(reply));

    expect(answer).toEqual({ ok: false, failure: { kind: 'intercepted', status, what } });
  });
});

describe('a refusal', () => {
  it.each<[string, ScriptedReply, object]>([
    [
      'of the Web API',
      { status: 403, body: { error: { status: 403, message: 'Forbidden' } } },
      { status: 403, message: 'Forbidden', reason: undefined },
    ],
    [
      'by quota',
      {
        status: 429,
        headers: { 'retry-after': '48925' },
        body: { error: { status: 429, message: 'Too many requests', reason: 'QUOTA_EXCEEDED' } },
      },
      { status: 429, reason: 'QUOTA_EXCEEDED', retryAfterMs: 48_925_000 },
    ],
    [
      'of the accounts service',
      { status: 400, body: { error: 'invalid_grant', error_description: 'Refresh token expired' } },
      { status: 400, message: 'Refresh token expired', reason: 'invalid_grant' },
    ],
    [
      'of the accounts service without a description',
      { status: 400, body: { error: 'invalid_client' } },
      { status: 400, message: '', reason: 'invalid_client' },
    ],
    [
      'by quota without a message',
      { status: 429, body: { error: { status: 429, reason: 'QUOTA_EXCEEDED' } } },
      { status: 429, message: '', reason: 'QUOTA_EXCEEDED' },
    ],
    [
      'of the Web API with null for a reason',
      { status: 403, body: { error: { message: 'Forbidden', reason: null } } },
      { status: 403, message: 'Forbidden', reason: undefined },
    ],
    [
      'of the accounts service with null for a description',
      { status: 400, body: { error: 'invalid_grant', error_description: null } },
      { status: 400, message: '', reason: 'invalid_grant' },
    ],
    [
      'in plain text',
      { status: 429, body: 'Too many requests' },
      { status: 429, message: 'Too many requests', reason: undefined, retryAfterMs: undefined },
    ],
    ['in HTML', { status: 502, body: ' <html>' }, { status: 502, message: '' }],
    ['without a body', { status: 400 }, { status: 400, message: '' }],
    [
      'that gives a date',
      { status: 503, headers: { 'retry-after': 'Wed, 21 Oct 2026 07:28:05 GMT' } },
      { status: 503, retryAfterMs: 5_000 },
    ],
  ])('%s is read', async (_shape, reply, failure) => {
    expect(await ask(inTurn(reply))).toMatchObject({ ok: false, failure });
  });

  it('of any length is quoted short', async () => {
    for (const body of ['x'.repeat(9_999), { error: { message: 'x'.repeat(9_999) } }]) {
      expect(await ask(inTurn({ status: 400, body }))).toMatchObject({
        failure: { message: 'x'.repeat(200) },
      });
    }
  });
});
