import { EtlError } from '../../etl/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { backoffMs, retry } from '../../lib/retry.ts';
import { ConditionError, type Database, type SqlRow, type Statement } from './database.ts';
import { migrationFrom, ONLY_THIS_VERSION, READ_VERSION, SCHEMA_VERSION } from './migrations.ts';

export type CallLimits = {
  /** Milliseconds since the epoch; no call and no wait goes beyond it. */
  readonly deadlineAt?: number;
  /** Forbids repeats. */
  readonly isOnce?: boolean;
};

const MAX_REPEATS = 5;
const WAITS = { baseMs: 100, maxMs: 2_000 };

/** Makes the library that account's, unless it has one. */
export function claimAccount(account: string): Statement {
  const sql =
    "INSERT INTO meta (key, value) VALUES ('account_id', :account) ON CONFLICT (key) DO NOTHING";
  return { sql, args: { account } };
}

/** The copy of a stage is the stage's. */
function describeOwner(account: string): string {
  return account.startsWith('stage ') ? account : `the Spotify account ${account}`;
}

/** A database with the schema of this program, made or brought up to date when it is first used. */
export class Library {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** A path or an address, for messages. */
  get place(): string {
    return this.#database.place;
  }

  /**
   * Runs these as one transaction and returns the rows of each. Calls without an answer are repeated.
   *
   * @throws EtlError `TABLE_UNAVAILABLE`, `RUN_OUT_OF_TIME`; `CONFIG_INVALID` where the library is not this program's to use
   * @throws ConditionError where a condition of `onlyIf` does not hold
   */
  async run(statements: readonly Statement[], limits: CallLimits = {}): Promise<SqlRow[][]> {
    const send = async (): Promise<SqlRow[][]> => {
      const [, ...results] = await this.#send([ONLY_THIS_VERSION, ...statements], limits);
      return results;
    };
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      // The version's condition or the caller's: the second time it is the caller's.
      await this.#migrate(limits);
      return await send();
    }
  }

  /**
   * Makes this the library of an account, unless it is one already.
   *
   * @throws EtlError `CONFIG_INVALID` where it belongs to another account
   */
  async claim(accountId: string): Promise<void> {
    const [, [row] = []] = await this.run([
      claimAccount(accountId),
      { sql: "SELECT value FROM meta WHERE key = 'account_id'" },
    ]);
    if (row?.value === accountId) return;
    throw new EtlError(
      'CONFIG_INVALID',
      `The library ${this.place} belongs to ${describeOwner(String(row?.value))}, not to ${describeOwner(accountId)}. Name another one with --library.`,
    );
  }

  /** What `meta` says of the library under this key. */
  async findFact(key: string): Promise<string | undefined> {
    const sql = 'SELECT value FROM meta WHERE key = :key';
    const [[row] = []] = await this.run([{ sql, args: { key } }]);
    return row && String(row.value);
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** Brings the schema up to date. */
  async #migrate(limits: CallLimits): Promise<void> {
    const found = await this.#readVersion(limits);
    for (let version = found; version < SCHEMA_VERSION; version += 1) {
      try {
        await this.#send(migrationFrom(version), limits);
      } catch (error) {
        // Another process was quicker.
        if (!(error instanceof ConditionError)) throw error;
      }
    }
  }

  async #readVersion(limits: CallLimits): Promise<number> {
    const [[row] = []] = await this.#send([READ_VERSION], limits);
    const version = Number(row?.user_version);
    if (version > SCHEMA_VERSION) {
      throw new EtlError(
        'CONFIG_INVALID',
        `The library ${this.place} was made by a newer version of this program (schema ${version}, here ${SCHEMA_VERSION}). Update: git pull && npm ci.`,
      );
    }
    if (version === 0 && Number(row?.things) > 0) {
      const message = `${this.place} is a database of another program. Name another --library.`;
      throw new EtlError('CONFIG_INVALID', message);
    }
    return version;
  }

  #send(statements: readonly Statement[], limits: CallLimits): Promise<SqlRow[][]> {
    const { deadlineAt = Number.POSITIVE_INFINITY, isOnce = false } = limits;
    const clock = this.#clock;
    const attempt = async (): Promise<SqlRow[][]> => {
      const leftMs = deadlineAt - clock.now();
      if (leftMs > 0) return await this.#database.run(statements, leftMs);
      const message = `The time of the run was up before the library ${this.place} was asked. Give it more time, or ask for less.`;
      throw new EtlError('RUN_OUT_OF_TIME', message);
    };
    return retry(attempt, {
      clock,
      planDelayMs: (error, attempts) => {
        const isPassing = error instanceof EtlError && error.code === 'TABLE_UNAVAILABLE';
        if (!isPassing || isOnce || attempts > MAX_REPEATS) return undefined;
        const delayMs = backoffMs(attempts, { chance: clock.random(), ...WAITS });
        return clock.now() + delayMs < deadlineAt ? delayMs : undefined;
      },
    });
  }
}
