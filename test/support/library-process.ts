/** A process that shares a library: waits for a line, claims it and counts calls in it, one at a time. For the tests only. */
import { once } from 'node:events';
import { systemClock as clock } from '../../lib/system-clock.ts';
import { Quota } from '../../spotify/quota/quota.ts';
import { RunQuota } from '../../spotify/quota/run-quota.ts';
import { Library } from '../../stores/sqlite/library.ts';
import { openDatabase } from '../../stores/sqlite/open-database.ts';
import { createLibraryQuotaStore } from '../../stores/sqlite/quota-store.ts';

const [place = '', calls = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  const library = new Library(openDatabase(place), clock);
  const store = createLibraryQuotaStore(library, { clientId: 'client-1', clock });
  const quota = new Quota({ settings: { pace: undefined, budget: undefined }, store, clock });
  await library.claim('smedjan');
  for (let call = 0; call < Number(calls); call += 1) {
    const run = new RunQuota(quota, { deadlineAt: clock.now() + 60_000, purpose: 'load' });
    await run.reserve();
  }
  await library.close();
  process.exit();
}

void main();
