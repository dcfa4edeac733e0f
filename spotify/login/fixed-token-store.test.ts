import { createFixedTokenStore } from './fixed-token-store.ts';

test('a refresh token from the environment is a login at once, and is replaced in memory', async () => {
  const store = createFixedTokenStore({ refreshToken: 'given', clientId: 'client-1' });
  const found = await store.find();
  expect(found?.login).toEqual({
    refresh_token: 'given',
    client_id: 'client-1',
    scopes: [],
    needs_secret: true,
  });
  if (found === undefined) throw new Error('There is none.');

  const held = await store.hold(found);
  await held?.save({ ...found.login, refresh_token: 'rotated' });

  expect((await store.find())?.login.refresh_token).toBe('rotated');
});

test('without one nobody is logged in', async () => {
  expect(await createFixedTokenStore().find()).toBeUndefined();
});
