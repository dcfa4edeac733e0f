import {
  closeScriptedServers,
  inTurn,
  type ScriptedReply,
  startScriptedServer,
} from '../test/support/scripted-server.ts';
import { createVirtualClock } from '../test/support/virtual-clock.ts';
import { getAccount } from './account.ts';

const ME = { id: 'ada123', account_id: 'a-1', display_name: 'Ada', product: 'premium' };
const refused = (status: number, message: string): ScriptedReply => ({
  status,
  body: { error: { status, message } },
});

afterEach(closeScriptedServers);

async function ask(...replies: readonly ScriptedReply[]) {
  const server = await startScriptedServer(inTurn(...replies));
  const clock = createVirtualClock();
  const account = getAccount({ apiUrl: server.url, clock }, 'token-1');
  return { account, clock, requests: server.requests };
}

it('costs one call with the token given', async () => {
  const { account, requests } = await ask({ body: ME });

  expect(await account).toEqual({ userId: 'ada123', accountId: 'a-1', displayName: 'Ada' });
  expect(requests).toMatchObject([
    { method: 'GET', path: '/v1/me', headers: { authorization: 'Bearer token-1' } },
  ]);
});

it.each([{ id: 'ada123' }, { id: 'ada123', account_id: null, display_name: null }])(
  'has no name where Spotify gives none: %j',
  async (body) => {
    const { account } = await ask({ body });

    expect(await account).toEqual({ userId: 'ada123' });
  },
);

it('asks again a moment after a good token was refused, and once only', async () => {
  const refusal = refused(401, 'Access token missing');
  const recovered = await ask(refusal, { body: ME });
  expect(await recovered.account).toMatchObject({ userId: 'ada123' });
  expect(recovered.clock.slept).toEqual([1_000]);

  const lost = await ask(refusal);
  await expect(lost.account).rejects.toMatchObject({ code: 'SPOTIFY_UNAVAILABLE' });
  expect(lost.requests).toHaveLength(2);
});

it.each<[string, ScriptedReply, { code: string; message: RegExp }]>([
  [
    'an account that is not on the list',
    refused(403, 'The user is not registered for this application.'),
    { code: 'APP_NOT_PERMITTED', message: /not on this app's list of users/ },
  ],
  [
    'the same in plain text',
    { status: 403, body: 'User not registered in the Developer Dashboard' },
    { code: 'APP_NOT_PERMITTED', message: /not on this app's list of users/ },
  ],
  [
    'an owner without Premium',
    refused(403, 'Active premium subscription required for the owner of the app.'),
    { code: 'APP_NOT_PERMITTED', message: /Premium/ },
  ],
  [
    'a refusal without a reason',
    refused(403, 'Forbidden'),
    { code: 'SPOTIFY_RESPONSE_INVALID', message: /403/ },
  ],
  [
    'a used-up quota',
    {
      status: 429,
      headers: { 'retry-after': '48925' },
      body: { error: { status: 429, message: 'Too many requests', reason: 'QUOTA_EXCEEDED' } },
    },
    { code: 'SPOTIFY_QUOTA_EXCEEDED', message: /48925/ },
  ],
  [
    'a reply without an ID',
    { body: { id: '' } },
    { code: 'SPOTIFY_RESPONSE_INVALID', message: /me\.id/ },
  ],
])('tells %s', async (_what, reply, { code, message }) => {
  const { account } = await ask(reply);

  await expect(account).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});
