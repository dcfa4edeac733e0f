/** What every token store must do; each adapter's test runs it. */
import { inspect } from 'node:util';
import type { Login, TokenStore } from '../../spotify/login/token-store.ts';

type Subject = {
  /** Of one and the same place, so that several stand for several processes. */
  readonly open: () => TokenStore;
  /** Puts there what is no login; left out by a store that nobody else can write to. */
  readonly spoil?: (content: string) => Promise<void>;
  readonly close?: () => Promise<void>;
};

export const LOGIN: Login = {
  refresh_token: 'canary-refresh-1',
  client_id: 'client-1',
  authorized_at: '2026-11-20T12:00:00.000Z',
  scopes: ['playlist-read-private'],
  user_id: 'user-1',
};

export function describeTokenStore(name: string, setUp: () => Promise<Subject>): void {
  describe(name, () => {
    let subject: Subject;
    let store: TokenStore;

    beforeEach(async () => {
      subject = await setUp();
      store = subject.open();
    });
    afterEach(() => subject.close?.());

    const putFirst = async (login: Login = LOGIN): Promise<string> => {
      const version = await store.put(login, undefined);
      if (version === undefined) throw new Error('The first put was refused.');
      return version;
    };

    it('finds nothing where nobody has logged in', async () => {
      expect(await store.find()).toBeUndefined();
    });

    it('gives back what was put, whoever asks', async () => {
      const login: Login = {
        ...LOGIN,
        account_id: 'account-1',
        access_token: 'canary-access-1',
        access_token_expires_at: '2026-11-20T13:00:00.000Z',
        refused_at: '2026-11-20T12:30:00.000Z',
        refresh_claim: { by: 'process-1', until: '2026-11-20T12:00:30.000Z' },
      };
      const version = await putFirst(login);

      expect(await subject.open().find()).toEqual({ login, version });
    });

    it('replaces the version it is told to, and gives a new one', async () => {
      const first = await putFirst();
      const next = { ...LOGIN, refresh_token: 'canary-refresh-2' };
      const second = await store.put(next, first);

      expect(second).not.toBe(first);
      expect(await store.find()).toEqual({ login: next, version: second });
    });

    it('refuses to replace a version that is no longer there, and leaves what is', async () => {
      const first = await putFirst();
      const kept = { ...LOGIN, refresh_token: 'canary-refresh-2' };
      const second = await store.put(kept, first);

      expect(await store.put({ ...LOGIN, refresh_token: 'late' }, first)).toBeUndefined();
      expect(await store.find()).toEqual({ login: kept, version: second });
    });

    it('refuses to create a login where one stands', async () => {
      const version = await putFirst();

      expect(await store.put({ ...LOGIN, refresh_token: 'late' }, undefined)).toBeUndefined();
      expect(await store.find()).toEqual({ login: LOGIN, version });
    });

    it('tells a login that was changed and changed back from the one before', async () => {
      const first = await putFirst();
      const second = await store.put({ ...LOGIN, refresh_token: 'canary-refresh-2' }, first);
      const third = await store.put(LOGIN, second);

      expect(new Set([first, second, third]).size).toBe(3);
      expect(await store.put({ ...LOGIN, refresh_token: 'late' }, first)).toBeUndefined();
      expect(await store.find()).toEqual({ login: LOGIN, version: third });
    });

    it('gives the same version to a repeat of a put, in whatever order its fields come', async () => {
      const first = await putFirst();
      expect(await store.put(LOGIN, undefined)).toBe(first);

      const next = { ...LOGIN, refresh_token: 'canary-refresh-2' };
      const second = await store.put(next, first);
      const reordered = Object.fromEntries(Object.entries(next).reverse()) as Login;
      expect(await subject.open().put(reordered, first)).toBe(second);
    });

    it('has one winner of twenty who replace the same version', async () => {
      const first = await putFirst();
      const versions = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          subject.open().put({ ...LOGIN, refresh_token: `canary-refresh-${index}` }, first),
        ),
      );
      const winner = versions.findIndex((version) => version !== undefined);

      expect(versions.filter((version) => version !== undefined)).toHaveLength(1);
      expect(await store.find()).toEqual({
        login: { ...LOGIN, refresh_token: `canary-refresh-${winner}` },
        version: versions[winner],
      });
    });

    it('has one winner of twenty who log in at once', async () => {
      const versions = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          subject.open().put({ ...LOGIN, refresh_token: `canary-refresh-${index}` }, undefined),
        ),
      );

      const won = versions.filter((version) => version !== undefined);
      expect(won).toHaveLength(1);
      expect((await store.find())?.version).toBe(won[0]);
    });

    it('forgets a login, however often it is told to', async () => {
      await store.remove();
      const version = await putFirst();
      await store.remove();
      await store.remove();

      expect(await store.find()).toBeUndefined();
      expect(await store.put({ ...LOGIN, refresh_token: 'late' }, version)).toBeUndefined();
      expect(await store.find()).toBeUndefined();
    });

    it('takes a new login after the old one was forgotten', async () => {
      await putFirst();
      await store.remove();
      const login = { ...LOGIN, refresh_token: 'canary-refresh-2' };
      const version = await putFirst(login);

      expect(await store.find()).toEqual({ login, version });
    });

    it('leaves fields out that are undefined', async () => {
      const version = await putFirst({ ...LOGIN, access_token: undefined });

      expect(await store.find()).toEqual({ login: LOGIN, version });
    });

    it.each([
      ['nothing', ''],
      ['no JSON', 'canary-refresh-1'],
      ['JSON cut short', '{"refresh_token":"canary-refresh-1"'],
      ['no login', '{"token":"canary-refresh-1"}'],
      ['no refresh token', '{"refresh_token":"","client_id":"canary-refresh-1","scopes":[]}'],
      ['null', 'null'],
    ])('says where, not what, if there stands %s', async (_fault, content) => {
      if (subject.spoil === undefined) return;
      await subject.spoil(content);

      for (const call of [store.find(), store.put(LOGIN, undefined).then(() => store.find())]) {
        const failed = await call.catch((error: unknown) => error);
        expect(failed).toMatchObject({ code: 'CONFIG_INVALID' });
        expect((failed as Error).message).toContain(store.place);
        expect(inspect(failed, { depth: null, showHidden: true })).not.toContain('canary');
      }
    });
  });
}
