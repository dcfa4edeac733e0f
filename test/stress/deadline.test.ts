/** A run whose time is up at any moment says how far it came and what to do, and leaves nothing that lies. */
import { withoutRun } from '../support/expected-rows.ts';
import { expectNoLie } from '../support/row-findings.ts';
import { changeAtSpotify, showcaseOfSize } from '../support/showcase.ts';
import { type Answer, createJumpingClock, createWorld, type World } from '../support/world.ts';

/** Every look at the clock takes a fifth of a second, so the time that a run needs is a matter of its steps. */
const TICK_MS = 200;
/** Kept back for the answer itself. */
const RESERVE_MS = 1_500;

let world: World;
beforeEach(async () => {
  world = await createWorld({ clock: createJumpingClock(TICK_MS) });
});
afterEach(() => world.close());

test.each([
  ['changed', 57],
  ['new', 120],
])('a %s list of %i items: whenever the time is up', async (state, size) => {
  const playlist = showcaseOfSize(world, size);
  if (state === 'changed') {
    await world.ingest(playlist.id, 600_000);
    changeAtSpotify(world, playlist);
  }
  const before = await world.rows();
  await world.ingest(playlist.id, 600_000);
  const after = withoutRun(await world.rows());
  const read = new Set<unknown>();

  for (let remainingMs = RESERVE_MS; ; remainingMs += TICK_MS) {
    await world.replaceRows(before);
    await world.replaceState();
    world.restart();
    const answer = await world.ingest(playlist.id, remainingMs);
    const rows = await world.rows();
    await expectNoLie(rows, { before, after });
    if (answer.status === 200) {
      expect(withoutRun(rows)).toEqual(after);
      break;
    }
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const { code, detail } = answer.body;
    expect(detail).toMatch(/time/);
    expect(detail).toMatch(/run it again|give|try again/i);
    expect(['LOAD_INCOMPLETE', 'RUN_OUT_OF_TIME']).toContain(code);
    if ('rows_to_write' in answer.body) expectProgress(answer.body);
    if ('total' in answer.body) read.add(answer.body.items_read);
  }

  expect([...read]).toEqual(size > 100 ? [100] : []);
});

/** Several writes are under way at once, so only this holds: a run that breaks off has written some rows and not all. */
function expectProgress({ rows_to_write: wanted, rows_written: written }: Answer['body']): void {
  expect(Number(written)).toBeGreaterThanOrEqual(0);
  expect(Number(written)).toBeLessThan(Number(wanted));
}
