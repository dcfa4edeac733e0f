import type { Connection } from '@tursodatabase/serverless';
import * as z from 'zod/mini';
import { systemClock } from '../../lib/system-clock.ts';
import { type Database, isReading, rowsSchema } from './database.ts';
import { BrokenAnswerError, toServerError } from './libsql-errors.ts';

export type ServerSettings = {
  /** `libsql:`, `https:`, or `http:` on loopback. */
  readonly url: URL;
  readonly authToken?: string | undefined;
};

/** More than the largest transaction takes on a slow line. */
const MAX_CALL_MS = 60_000;

/** A server forgets a connection that was idle for so long. */
const MAX_IDLE_MS = 10_000;

const resultsSchema = z.array(z.object({ rows: rowsSchema }));

/** A database on a libSQL server, such as Turso. */
export function createServerDatabase({ authToken, url }: ServerSettings): Database {
  const place = url.href.replace(/\/$/, '');
  const closing = new Set<Promise<void>>();
  let last: Connection | undefined;
  let lastUsedAt = 0;
  /** Closing is a request of its own. The last connection waits for the next one, or for the server, which ends idle ones. */
  const keep = (next: Connection | undefined): void => {
    const now = systemClock.now();
    const isOpen = now - lastUsedAt < MAX_IDLE_MS;
    const closed = isOpen ? last?.close().catch(() => undefined) : undefined;
    last = next;
    lastUsedAt = now;
    if (closed === undefined) return;
    closing.add(closed);
    void closed.finally(() => closing.delete(closed));
  };
  return {
    place,
    run: async (statements, timeoutMs) => {
      // Here, because only those who use it should load it.
      const { connect } = await import('@tursodatabase/serverless');
      // One each time: the last one may be forgotten.
      const connection = connect({ url: place, ...(authToken !== undefined && { authToken }) });
      try {
        const mode = isReading(statements) ? 'deferred' : 'immediate';
        const queryTimeout = Math.min(MAX_CALL_MS, Math.ceil(timeoutMs));
        const results: unknown = await connection.batch([...statements], mode, { queryTimeout });
        // An answer that has ended before its transaction did; an empty one from something in between, for example.
        if (connection.inTransaction) throw new BrokenAnswerError();
        return resultsSchema.parse(results).map(({ rows }) => rows);
      } catch (error) {
        throw toServerError({ place, hasToken: authToken !== undefined }, error);
      } finally {
        keep(connection);
      }
    },
    close: async () => {
      keep(undefined);
      await Promise.all(closing);
    },
  };
}
