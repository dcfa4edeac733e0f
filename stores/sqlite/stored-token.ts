import { EtlError } from '../../etl/errors.ts';
import type { Database } from './database.ts';
import { isTokenRefused } from './libsql-errors.ts';
import { openDatabase } from './open-database.ts';

/** Where a token is kept. */
export type StoredToken = {
  /** For messages. */
  readonly name: string;
  readonly read: () => Promise<string>;
};

/**
 * The database at the address of a libSQL server. Its token is read when it is first needed, and again where the server refuses
 * it: it may have been replaced.
 */
export function openWithStoredToken(place: string, stored: StoredToken): Database {
  let current: { readonly token: string; readonly database: Database } | undefined;
  const open = async () => {
    const token = await stored.read();
    if (token !== current?.token) current = { token, database: openDatabase(place, token) };
    return current;
  };
  return {
    place,
    run: async (statements, timeoutMs) => {
      const before = current ?? (await open());
      try {
        return await before.database.run(statements, timeoutMs);
      } catch (error) {
        if (!isTokenRefused(error)) throw error;
        const now = await open();
        if (now !== before) return await now.database.run(statements, timeoutMs);
        const message = `The library ${place} does not accept the token in ${stored.name}. Store a new one there: docs/listening.md, On AWS.`;
        throw new EtlError('CONFIG_INVALID', message, { cause: error });
      }
    },
    close: async () => current?.database.close(),
  };
}
