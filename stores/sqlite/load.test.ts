import { LIBRARIES } from '../../test/support/libraries.ts';
import { readLibraryRows } from '../../test/support/library-rows.ts';
import { type Cut, describeLoad, type LoadStore } from '../../test/support/load-contract.ts';
import { createVirtualClock, START_MS } from '../../test/support/virtual-clock.ts';
import { type Database, isReading } from './database.ts';
import { LibraryRepository } from './library-repository.ts';

/** The database of a process that is killed. */
const killed =
  ({ callsHeard, isLastApplied }: Cut) =>
  (database: Database): Database => {
    let calls = 0;
    return {
      ...database,
      run: async (statements, timeoutMs) => {
        calls += 1;
        if (calls <= callsHeard) return await database.run(statements, timeoutMs);
        if (isLastApplied && calls === callsHeard + 1) await database.run(statements, timeoutMs);
        throw new Error('killed');
      },
    };
  };

for (const [name, start] of LIBRARIES) {
  describeLoad(name, async (): Promise<LoadStore> => {
    const world = await start();
    // The schema is there.
    const empty = async (): Promise<void> => {
      await world.empty();
      await world.open().run([{ sql: 'SELECT 1' }]);
    };
    await empty();
    let writes = 0;
    const counting = (database: Database): Database => ({
      ...database,
      run: (statements, timeoutMs) => {
        if (!isReading(statements)) writes += 1;
        return database.run(statements, timeoutMs);
      },
    });
    return {
      writes: () => writes,
      open: (cut) => {
        const clock = createVirtualClock();
        const library = world.open({ clock, wrap: cut ? killed(cut) : counting });
        return Promise.resolve(
          new LibraryRepository(library, { clock, deadlineAt: START_MS + 600_000 }),
        );
      },
      rows: () => readLibraryRows(world),
      empty,
      close: world.close,
    };
  });
}
