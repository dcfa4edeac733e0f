import { describeTokenStore } from '../../test/support/token-store-contract.ts';
import { createFixedTokenStore } from './fixed-token-store.ts';

describeTokenStore('a token store in memory', () => {
  const store = createFixedTokenStore();
  return Promise.resolve({ open: () => store });
});

describe('a refresh token given outright', () => {
  it('is there from the start, and can be replaced', async () => {
    const store = createFixedTokenStore({ refreshToken: 'given', clientId: 'client-1' });
    const found = await store.find();
    if (found === undefined) throw new Error('The token is not there.');
    expect(found.login).toMatchObject({ refresh_token: 'given', client_id: 'client-1' });

    await store.put({ ...found.login, refresh_token: 'rotated' }, found.version);

    expect(await store.find()).toMatchObject({ login: { refresh_token: 'rotated' } });
  });
});
