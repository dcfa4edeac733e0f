import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { countCalls } from '../spotify/quota/ledger.ts';
import { createLibraryQuotaStore } from '../stores/sqlite/quota-store.ts';
import { LIBRARIES, type TestLibrary } from './support/libraries.ts';
import { createMachineClock } from './support/world.ts';

const PROCESSES = 4;
const CALLS = 10;

describe.each(LIBRARIES)('Processes that share a new library in %s', (_, start) => {
  let world: TestLibrary;
  beforeAll(async () => {
    world = await start();
  });
  afterAll(() => world.close());

  test('make it once, and lose no call that one of them counts', async () => {
    const program = ['--import', 'tsx', 'test/support/library-process.ts', world.place, `${CALLS}`];
    const children = Array.from({ length: PROCESSES }, () =>
      spawn(process.execPath, program, { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));

    const ended = children.map((child) => once(child, 'exit'));
    for (const { stdin } of children) stdin.write('go\n');

    expect(await Promise.all(ended)).toEqual(children.map(() => [0, null]));
    const clock = createMachineClock();
    const store = createLibraryQuotaStore(world.open({ clock }), { clientId: 'client-1', clock });
    const { calls, revision } = await store.read({ deadlineAt: clock.now() + 10_000 });
    expect(countCalls(calls, clock.now())).toBe(PROCESSES * CALLS);
    expect(revision).toBe(PROCESSES * CALLS);
    expect(await world.query('SELECT * FROM meta')).toEqual([
      { key: 'account_id', value: 'smedjan' },
    ]);
  });
});
