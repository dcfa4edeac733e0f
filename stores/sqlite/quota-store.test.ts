import { LIBRARIES } from '../../test/support/libraries.ts';
import { describeQuotaStore } from '../../test/support/quota-store-contract.ts';
import { createLibraryQuotaStore } from './quota-store.ts';

for (const [name, start] of LIBRARIES) {
  describeQuotaStore(`a library in ${name}`, async () => {
    const world = await start();
    const library = world.open();
    return {
      open: (clientId, clock) =>
        createLibraryQuotaStore(world.open({ clock }), { clientId, clock }),
      row: async (clientId) => {
        const [found] = await world.query(
          `SELECT body FROM state WHERE state_id = 'app#${clientId}'`,
        );
        return found && (JSON.parse(String(found.body)) as object);
      },
      replace: async (clientId, row) => {
        const revision = 'revision' in row ? Number(row.revision) : 0;
        await library.run([
          {
            sql: 'INSERT INTO state VALUES (:id, :revision, :body)',
            args: { id: `app#${clientId}`, revision, body: JSON.stringify(row) },
          },
        ]);
      },
      empty: async () => {
        await library.run([{ sql: 'DELETE FROM state' }]);
      },
      close: world.close,
    };
  });
}
