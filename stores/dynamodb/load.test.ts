import { describeLoad, type LoadStore } from '../../test/support/load-contract.ts';
import { closeScriptedServers } from '../../test/support/scripted-server.ts';
import { createTableRows } from '../../test/support/table-rows.ts';
import {
  startDoor,
  startTestTables,
  TEST_TABLES,
  wireError,
} from '../../test/support/test-tables.ts';
import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import { NO_ROWS, TABLES, type Tables } from '../../test/support/world.ts';
import { RecordRepository } from './record-repository.ts';

describeLoad('DynamoDB', async (): Promise<LoadStore> => {
  const tables = await startTestTables();
  const tableRows = createTableRows(tables);
  let writes = 0;
  return {
    writes: () => writes,
    open: async (cut) => {
      let calls = 0;
      const { client } = await startDoor(tables.url, async (call) => {
        calls += 1;
        if (/^(?:BatchWrite|Put|Update)Item$/.test(call.operation)) writes += 1;
        if (cut === undefined || calls <= cut.callsHeard) return await call.forward();
        if (cut.isLastApplied && calls === cut.callsHeard + 1) await call.forward();
        return wireError('AccessDeniedException');
      });
      const limits = { clock: createVirtualClock(), deadlineAt: START_MS + 600_000 };
      return new RecordRepository(client, TEST_TABLES, limits);
    },
    rows: async () => {
      const scanned = await Promise.all(
        TABLES.map(async (table) => [
          table,
          await tableRows.scan(TEST_TABLES[table], `${table}_id`),
        ]),
      );
      return Object.fromEntries(scanned) as Tables;
    },
    empty: async () => {
      for (const table of TABLES) {
        await tableRows.replace(TEST_TABLES[table], `${table}_id`, NO_ROWS[table]);
      }
      await closeScriptedServers();
    },
    close: async () => {
      tableRows.close();
      await tables.close();
    },
  };
});
