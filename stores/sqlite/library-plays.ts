import type { PlaySink, Poll, PollOutcome } from '../../etl/load/sinks.ts';
import { CATALOGUE_TABLES } from '../../etl/model/records.ts';
import { ConditionError, onlyIf, type SqlRow, type Statement } from './database.ts';
import { joinPlays } from './join-plays.ts';
import { toJsonPages } from './json-pages.ts';
import type { CallLimits, Library } from './library.ts';
import { LibraryImports } from './library-imports.ts';
import {
  COUNT_FRESH,
  FIND_GAP,
  FIND_IMPORTED,
  FIND_QUIET,
  FORGET_POLLS,
  INSERT_GAP,
  INSERT_PLAYS,
  INSERT_POLL,
} from './poll-statements.ts';
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
    const found = await this.#run(poll.accountId, [
      ...claim(poll.accountId),
      ...catalogue,
      ...toStatements(
        [INSERT_GAP, INSERT_PLAYS, INSERT_POLL, FORGET_POLLS, FIND_QUIET, FIND_IMPORTED],
        poll,
      ),
    ]);
    const [gaps = [], , polls, , quiet, [imported] = []] = found.slice(-6);
    if (imported?.has_pending === 1) {
      const sink = new LibraryImports(this.#library);
      await sink.finishImport({ startedAt: Math.floor(poll.askedAtMs), sha256: [] });
    }
    if (imported?.has_imported === 1) {
      const range = { firstMs: Number(imported.oldest), lastMs: Number(imported.newest) };
      await joinPlays(this.#library, range, this.#limits);
    }
    return toOutcome(gaps.length, polls, quiet);
  }

  async previewPoll(poll: Poll): Promise<PollOutcome> {
    const statements = toStatements([FIND_GAP, COUNT_FRESH, FIND_QUIET], poll);
    const [gaps = [], fresh, quiet] = await this.#run(poll.accountId, statements);
    return toOutcome(gaps.length, fresh, quiet);
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
  const sql =
    "INSERT INTO meta (key, value) VALUES ('account_id', :account) ON CONFLICT (key) DO NOTHING";
  const isOurs = "(SELECT value FROM meta WHERE key = 'account_id') = :account";
  return [{ sql, args: { account } }, onlyIf(isOurs, { account })];
}

function toStatements(
  texts: readonly string[],
  { askedAtMs, records, returned }: Poll,
): Statement[] {
  const poll = JSON.stringify({ now: Math.floor(askedAtMs), returned, plays: records.plays });
  return texts.map((sql) => ({ sql, args: sql.includes(':poll') ? { poll } : {} }));
}

function toOutcome(
  gaps: number,
  [fresh]: readonly SqlRow[] = [],
  [quiet]: readonly SqlRow[] = [],
): PollOutcome {
  const quietSince = quiet === undefined ? {} : { quietSinceMs: Number(quiet.newest) };
  return { fresh: Number(fresh?.fresh), gaps, ...quietSince };
}
