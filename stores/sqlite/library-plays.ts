import type { PlaySink, Poll, PollOutcome } from '../../etl/load/sinks.ts';
import { CATALOGUE_TABLES } from '../../etl/model/records.ts';
import { ConditionError, onlyIf, type SqlRow, type Statement } from './database.ts';
import { joinPlays } from './join-plays.ts';
import { toJsonPages } from './json-pages.ts';
import { type CallLimits, claimAccount, type Library } from './library.ts';
import { LibraryImports } from './library-imports.ts';
import {
  COUNT_FORGOTTEN,
  COUNT_FRESH,
  FIND_GAP,
  FIND_IMPORTED,
  FIND_QUIET,
  FORGET_POLLS,
  INSERT_GAP,
  INSERT_PLAYS,
  INSERT_POLL,
} from './poll-statements.ts';
import { candidatesOf, pruneRows } from './prune-rows.ts';
import { upsertRows } from './record-rows.ts';

/** The listening history in a library, as one run uses it. */
export class LibraryPlays implements PlaySink {
  readonly #library: Library;
  readonly #limits: CallLimits;

  constructor(library: Library, limits: CallLimits) {
    this.#library = library;
    this.#limits = limits;
  }

  /** One transaction, in one round trip. What an import has already is joined after it. */
  async putPoll(poll: Poll): Promise<PollOutcome> {
    const catalogue = CATALOGUE_TABLES.flatMap((table) =>
      toJsonPages(poll.records[`${table}s`]).flatMap((page) => upsertRows(table, page)),
    );
    const results = await this.#run(poll.accountId, [
      ...claim(poll.accountId),
      ...catalogue,
      ...toStatements([INSERT_GAP, INSERT_PLAYS, INSERT_POLL, FORGET_POLLS], poll),
      ...pruneRows(candidatesOf(poll.records), PRUNING),
      ...toStatements([COUNT_FORGOTTEN, FIND_QUIET, FIND_IMPORTED], poll),
    ]);
    const rows = results.flat();
    await this.#join(poll, rows.at(-1));
    return toOutcome(rows);
  }

  async previewPoll(poll: Poll): Promise<PollOutcome> {
    const isNobodys =
      "NOT EXISTS (SELECT 1 FROM meta WHERE key = 'account_id' AND value <> :account)";
    const results = await this.#run(poll.accountId, [
      onlyIf(isNobodys, { account: poll.accountId }),
      ...toStatements([FIND_GAP, COUNT_FRESH, COUNT_FORGOTTEN, FIND_QUIET], poll),
    ]);
    return toOutcome(results.flat());
  }

  /** What an import knows of these plays too, and an import that was stopped before it looked. */
  async #join({ askedAtMs }: Poll, found: SqlRow = {}): Promise<void> {
    if (found.has_pending === 1) {
      const sink = new LibraryImports(this.#library);
      await sink.finishImport(Math.floor(askedAtMs));
    }
    if (found.has_imported === 1) {
      const range = { firstMs: Number(found.page_oldest), lastMs: Number(found.page_newest) };
      await joinPlays(this.#library, range, this.#limits);
    }
  }

  async #run(accountId: string, statements: readonly Statement[]): Promise<SqlRow[][]> {
    try {
      return await this.#library.run(statements, this.#limits);
    } catch (error) {
      // It is the account's condition: this says so in words.
      if (error instanceof ConditionError) await this.#library.claim(accountId);
      throw error;
    }
  }
}

/** As `Library.claim`, inside the transaction. */
function claim(account: string): Statement[] {
  const isOurs = "(SELECT value FROM meta WHERE key = 'account_id') = :account";
  return [claimAccount(account), onlyIf(isOurs, { account })];
}

function toStatements(
  texts: readonly string[],
  { askedAtMs, records, returned }: Poll,
): Statement[] {
  const poll = JSON.stringify({ now: Math.floor(askedAtMs), returned, plays: records.plays });
  return texts.map((sql) => ({ sql, args: sql.includes(':poll') ? { poll } : {} }));
}

/** Of the rows of all statements. */
function toOutcome(rows: readonly SqlRow[]): PollOutcome {
  const found = Object.fromEntries(rows.flatMap((row) => Object.entries(row)));
  return {
    fresh: Number(found.fresh),
    forgotten: Number(found.forgotten),
    gaps: rows.filter((row) => 'found_at' in row).length,
    ...(found.newest !== undefined && { quietSinceMs: Number(found.newest) }),
  };
}

/** Rows of forgotten plays must not stay either. */
const PRUNING = { onlyIf: 'EXISTS (SELECT 1 FROM forgotten)', looksIntoVersions: true };
