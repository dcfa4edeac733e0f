/** What every token store must do; each adapter's test runs it. */
import { inspect } from 'node:util';
import type { HeldLogin, Login, StoredLogin, TokenStore } from '../../spotify/login/token-store.ts';

type Subject = {
  /** Of one and the same place, so that several stand for several processes. */
  readonly open: () => TokenStore;
  /** Puts something else there than a login. */
  readonly spoil: (content: string) => Promise<void>;
};

export const LOGIN: Login = {
  refresh_token: 'canary-refresh-1',
  client_id: 'client-1',
  authorized_at: '2026-11-20T12:00:00.000Z',
  scopes: ['playlist-read-private'],
  user_id: 'user-1',
};

/** What a refresh makes of it. */
export const REFRESHED: Login = { ...LOGIN, refresh_token: 'canary-refresh-2' };
/** Somebody has logged in again. */
export const NEW_LOGIN: Login = {
  ...LOGIN,
  refresh_token: 'canary-refresh-new',
  authorized_at: '2026-11-20T13:00:00.000Z',
};

export async function getStored(store: TokenStore): Promise<StoredLogin> {
  const found = await store.find();
  if (found === undefined) throw new Error('Nobody is logged in.');
  return found;
}

/** Holds what is stored now. */
export async function hold(store: TokenStore): Promise<HeldLogin> {
  const held = await store.hold(await getStored(store));
  if (held === undefined) throw new Error('Another holds the login.');
  return held;
}

export function describeTokenStore(name: string, setUp: () => Promise<Subject>): void {
  describe(name, () => {
    let subject: Subject;
    let store: TokenStore;
    let other: TokenStore;

    beforeEach(async () => {
      subject = await setUp();
      store = subject.open();
      other = subject.open();
    });

    it('finds nothing where nobody has logged in', async () => {
      expect(await store.find()).toBeUndefined();
    });

    it('gives back what was stored, to every process, without fields that are undefined', async () => {
      const login: Login = {
        ...LOGIN,
        account_id: 'account-1',
        access_token: 'canary-access-1',
        access_token_expires_at: '2026-11-20T13:00:00.000Z',
        refused_at: '2026-11-20T12:30:00.000Z',
      };
      await store.replace({ ...login, needs_secret: undefined });

      expect((await getStored(other)).login).toStrictEqual(login);
    });

    it('replaces a login, and says whether there was one', async () => {
      expect(await store.replace(LOGIN)).toBe(false);
      expect(await other.replace(NEW_LOGIN)).toBe(true);

      expect((await getStored(store)).login).toEqual(NEW_LOGIN);
    });

    it('is held by one process at a time, until that has saved and released', async () => {
      await store.replace(LOGIN);
      const held = await hold(store);
      expect(await other.hold(await getStored(other))).toBeUndefined();

      expect(await held.save(REFRESHED)).toBe(true);
      await held.release();

      expect((await getStored(other)).login).toEqual(REFRESHED);
      await (await hold(other)).release();
    });

    it('is as before when a holder releases it without a change', async () => {
      await store.replace(LOGIN);
      await (await hold(store)).release();

      expect((await getStored(other)).login).toEqual(LOGIN);
      await (await hold(other)).release();
    });

    it('is not held by a process that has seen an older version', async () => {
      await store.replace(LOGIN);
      const seen = await getStored(other);
      const held = await hold(store);
      await held.save(REFRESHED);
      await held.release();

      expect(await other.hold(seen)).toBeUndefined();
    });

    it('has one holder of twenty who try at once', async () => {
      await store.replace(LOGIN);
      const found = await getStored(store);
      const holds = await Promise.all(Array.from({ length: 20 }, () => subject.open().hold(found)));

      expect(holds.filter((held) => held !== undefined).length).toBeLessThanOrEqual(1);
      for (const held of holds) await held?.release();
    });

    it('keeps one whole login of twenty that are stored at once', async () => {
      const logins = Array.from({ length: 20 }, (_, index) => ({
        ...LOGIN,
        refresh_token: `canary-refresh-${index}`,
      }));
      const stored = await Promise.allSettled(logins.map((login) => subject.open().replace(login)));

      expect(stored.some(({ status }) => status === 'fulfilled')).toBe(true);
      expect(logins).toContainEqual((await getStored(store)).login);
    });

    it('keeps a login that is stored while another is held, and forgets one that is removed', async () => {
      for (const [change, left] of [
        [() => other.replace(NEW_LOGIN), NEW_LOGIN],
        [() => other.remove(), undefined],
      ] as const) {
        await store.replace(LOGIN);
        const held = await hold(store);
        const changed = change();
        await held.save(REFRESHED);
        await held.release();
        await changed;

        expect((await store.find())?.login).toEqual(left);
      }
    });

    it('forgets a login, however often it is asked to, and takes a new one', async () => {
      await store.remove();
      await store.replace(LOGIN);
      const seen = await getStored(store);
      await store.remove();
      await store.remove();
      expect(await store.find()).toBeUndefined();
      expect(await store.hold(seen)).toBeUndefined();

      expect(await store.replace(NEW_LOGIN)).toBe(false);
      expect(await store.hold(seen)).toBeUndefined();
      expect((await getStored(other)).login).toEqual(NEW_LOGIN);
    });

    it.each([
      ['nothing', ''],
      ['no JSON', 'canary-refresh-1'],
      ['JSON cut short', '{"refresh_token":"canary-refresh-1"'],
      ['no login', '{"token":"canary-refresh-1"}'],
      ['no refresh token', '{"refresh_token":"","client_id":"canary-refresh-1","scopes":[]}'],
      ['null', 'null'],
    ])('says where, not what, if it finds %s', async (_fault, content) => {
      await subject.spoil(content);

      for (const call of [store.find(), store.replace(LOGIN)]) {
        const failed = await call.catch((error: unknown) => error);
        expect(failed).toMatchObject({ code: 'CONFIG_INVALID' });
        expect((failed as Error).message).toContain(store.place);
        expect(inspect(failed, { depth: null, showHidden: true })).not.toContain('canary');
      }
      await store.remove();
      expect(await store.find()).toBeUndefined();
    });
  });
}
