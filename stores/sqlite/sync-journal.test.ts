import { LIBRARIES } from '../../test/support/libraries.ts';
import { describeSyncJournal } from '../../test/support/sync-journal-contract.ts';
import { LibrarySyncJournal } from './sync-journal.ts';

for (const [name, start] of LIBRARIES) {
  describeSyncJournal(name, async () => {
    const library = await start();
    return {
      open: () => new LibrarySyncJournal(library.open()),
      empty: () => library.empty(),
      close: () => library.close(),
    };
  });
}
