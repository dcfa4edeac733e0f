/** A pull that is killed at any moment and started again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TABLES } from '../../app/picture.ts';
import { createSeededRandom } from '../../local/simulator/seeded-random.ts';
import type { SqlRow } from '../../stores/sqlite/database.ts';
import { openDatabase } from '../../stores/sqlite/open-database.ts';
import { CLI } from '../support/cli.ts';
import { generateRows } from '../support/generated-rows.ts';
import { type ResultTables, startResultTables } from '../support/result-tables.ts';

const KILLS = 30;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-pull-'));
});
afterAll(() => rm(folder, { recursive: true }));

const CONTENT = [
  ...['artist', 'album', 'track', 'album_artist', 'track_artist', 'playlist', 'playlist_item'],
  ...['playlist_version', 'meta'],
].map((table) => `SELECT * FROM ${table} ORDER BY 1, 2`);

/** Items without their numbers, which depend on the order of reading. */
const ITEMS = 'SELECT uri, kind, track_id, name, main_artist, parent_name FROM item ORDER BY uri';

async function contentOf(place: string): Promise<SqlRow[][]> {
  const database = openDatabase(place);
  const content = await database.run(
    [...CONTENT, ITEMS].map((sql) => ({ sql })),
    60_000,
  );
  await database.close();
  return content;
}

describe('Killed', () => {
  let tables: ResultTables;
  beforeAll(async () => {
    tables = await startResultTables('local');
    const source = generateRows(800);
    for (const table of TABLES) {
      for await (const page of source.listPages(table)) await tables.put(table, page);
    }
    await tables.put('artist', [{ artist_id: 'odd' }]);
  });
  afterAll(() => tables.close());

  const start = (place: string) =>
    spawn(
      process.execPath,
      [
        ...[CLI, 'pull', '--stage', 'local', '--endpoint-url', tables.dynamodb.endpoint],
        ...['--library', place, '--read-units-per-second', '40000', '--quiet'],
      ],
      { stdio: 'ignore' },
    );

  test(`${KILLS} times at random moments and started again, it ends with the same library`, async () => {
    const undisturbed = join(folder, 'undisturbed.db');
    const startedAt = Date.now();
    await once(start(undisturbed), 'exit');
    const oneMs = Date.now() - startedAt;
    const expected = await contentOf(undisturbed);
    const random = createSeededRandom(7);
    let killed = 0;
    for (let round = 0; killed < KILLS; round += 1) {
      const place = join(folder, `killed-${round}.db`);
      for (let isDone = false; !isDone; ) {
        const child = start(place);
        const exited = once(child, 'exit');
        if (killed < KILLS) {
          await sleep(random.integer(1, oneMs));
          child.kill('SIGKILL');
        }
        const [code] = await exited;
        isDone = code !== null;
        killed += isDone ? 0 : 1;
      }
      expect(await contentOf(place)).toEqual(expected);
    }
    // All but `playlist_version`.
    expect(expected.map((rows) => rows.length > 0)).toEqual(expected.map((_, at) => at !== 7));
  });
});
