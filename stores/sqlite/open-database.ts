import { EtlError } from '../../etl/errors.ts';
import { isLoopbackUrl } from '../../lib/loopback-url.ts';
import type { Database } from './database.ts';
import { createFileDatabase } from './file-database.ts';
import { createServerDatabase } from './libsql-database.ts';

/** Longer than the letter of a drive. */
const SCHEME = /^[a-z][a-z\d+.-]+:/i;

/**
 * The database at a path, or at the address of a libSQL server. Nothing is opened yet.
 *
 * @throws EtlError `CONFIG_INVALID` for an address that cannot be used
 */
export function openDatabase(place: string, authToken?: string): Database {
  if (!SCHEME.test(place)) return createFileDatabase(place);
  const url = URL.parse(place);
  const isPlain = url?.username === '' && url.password === '' && url.search === '';
  if (url === null || !isPlain || !isEncrypted(url)) {
    // Not what was given: it may hold a token.
    throw new EtlError(
      'CONFIG_INVALID',
      'A library is a file, or the address of a libSQL server: libsql://<host>, https://<host>, or http://127.0.0.1:<port>. A token goes into TURSO_AUTH_TOKEN.',
    );
  }
  if (authToken !== undefined && !/^[\w.~+/=-]+$/.test(authToken)) {
    // An error of `fetch` would quote it.
    throw new EtlError('CONFIG_INVALID', 'TURSO_AUTH_TOKEN has characters that no token has.');
  }
  return createServerDatabase({ url, authToken });
}

/** Tokens go there: encrypted, or never leaving the machine. */
function isEncrypted(url: URL): boolean {
  const isHere = url.protocol === 'http:' && isLoopbackUrl(url);
  return isHere || url.protocol === 'https:' || url.protocol === 'libsql:';
}
