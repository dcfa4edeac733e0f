import { describeTokenStore, LOGIN } from '../../test/support/token-store-contract.ts';
import { createFixedTokenStore } from './fixed-token-store.ts';

describeTokenStore('a token store in memory', () => {
  const store = createFixedTokenStore();
  return Promise.resolve({ open: () => store });
});

describe('a refresh token given outright', () => {
  it('is there from the start, and can be replaced', async () => {
    const store = createFixedTokenStore(LOGIN);
    const found = await store.find();
    expect(found?.login).toEqual(LOGIN);

    await store.put({ ...LOGIN, refresh_token: 'rotated' }, found?.version);

    expect(await store.find()).toMatchObject({ login: { refresh_token: 'rotated' } });
  });
});
