import { EtlError } from '../../etl/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { EMPTY_STATE, type QuotaStore } from '../../spotify/quota/store.ts';
import { parseQuotaRow, quotaRowId, toQuotaRow } from '../quota-row.ts';
import type { Library } from './library.ts';

type QuotaStoreOptions = { readonly clientId: string; readonly clock: Clock };

const SELECT = 'SELECT body FROM state WHERE state_id = :state_id';
const INSERT =
  'INSERT INTO state (state_id, revision, body) VALUES (:state_id, 1, :body) ON CONFLICT (state_id) DO NOTHING RETURNING revision';
const UPDATE =
  'UPDATE state SET revision = revision + 1, body = :body WHERE state_id = :state_id AND revision = :seen RETURNING revision';

/** The quota's state as a row of the library: the ledger where there is no DynamoDB. */
export function createLibraryQuotaStore(
  library: Library,
  { clientId, clock }: QuotaStoreOptions,
): QuotaStore {
  const state_id = quotaRowId(clientId);
  return {
    read: async (limits) => {
      const [[row] = []] = await library.run([{ sql: SELECT, args: { state_id } }], limits);
      if (row === undefined) return EMPTY_STATE;
      const state = parseQuotaRow(parseJson(String(row.body)));
      if (state !== undefined) return state;
      throw new EtlError(
        'CONFIG_INVALID',
        `The row ${state_id} in table state of the library ${library.place} was not written by this version. Delete it: the next run starts a new one, and counts calls from 0.`,
      );
    },
    write: async (next, seen, limits) => {
      const body = JSON.stringify(toQuotaRow({ ...next, revision: seen + 1 }, clock.now()));
      const statement =
        seen === 0
          ? { sql: INSERT, args: { state_id, body } }
          : { sql: UPDATE, args: { state_id, body, seen } };
      const [written = []] = await library.run([statement], limits);
      return written.length === 1;
    },
  };
}
