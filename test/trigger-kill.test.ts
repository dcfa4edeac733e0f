/** Killed at any moment, the file is whole, and what it calls answered is never asked again. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { createSeededRandom } from '../local/spotify/seeded-random.ts';
import { type IngestServer, loaded, problem, startIngestServer } from './support/ingest-server.ts';
import { createTriggerProgram, type TriggerProgram } from './support/trigger-program.ts';

/** `TRIGGER_KILLS` asks for more; .ci/run does. */
const KILLS = Number(process.env.TRIGGER_KILLS ?? '50');
const ROWS = 100;

type Cells = Record<string, string>;

let program: TriggerProgram;
let server: IngestServer;
let file: string;

/** Every third row fails for good; every answer takes its time. */
beforeAll(async () => {
  program = await createTriggerProgram();
  server = await startIngestServer(async (uri) => {
    await sleep(5);
    return uri.endsWith('3') ? problem(404, 'PLAYLIST_NOT_FOUND') : loaded(uri);
  });
  await mkdir(join(program.folder, 'lists'));
  file = join(program.folder, 'lists', 'playlists.csv');
});

afterAll(async () => {
  await server.close();
  await program.remove();
});

const HEADER = 'note,playlist_uri,request_sent,response,more\r\n';
const uriOf = (row: number): string => `uri-${row}`;
const noteOf = (row: number): string => `"note ""${row}"",\n=IMPORTXML(1)"`;

function freshFile(): string {
  const rows = Array.from(
    { length: ROWS },
    (_, row) => `${noteOf(row)},${uriOf(row)},False,,é\r\n`,
  );
  return `\ufeff${HEADER}${rows.join('')}`;
}

async function readRows(): Promise<Cells[]> {
  return parse(await readFile(file), { bom: true, columns: true });
}

/** Nothing lost, nothing added, nothing changed in the user's columns. */
function expectWhole(rows: readonly Cells[]): void {
  expect(rows.map(({ playlist_uri, note, more }) => [playlist_uri, note, more])).toEqual(
    Array.from({ length: ROWS }, (_, row) => [uriOf(row), `note "${row}",\n=IMPORTXML(1)`, 'é']),
  );
}

const answered = (rows: readonly Cells[]): Set<string> =>
  new Set(
    rows.flatMap(({ playlist_uri = '', request_sent }) =>
      request_sent === 'True' ? [playlist_uri] : [],
    ),
  );

test(`${KILLS} kills at random moments leave a whole file, and no answered row is asked again`, async () => {
  const random = createSeededRandom(7);
  let kills = 0;
  let files = 0;
  let killedAtWork = 0;
  await rm(file, { force: true });
  // As long as a start takes on this machine, busy as it is: kills are to strike at its beginning, its work and its end.
  await writeFile(file, freshFile());
  const startedAt = Date.now();
  await program.run(['trigger', file, '--endpoint', server.url]);
  const startMs = Math.max(450, Date.now() - startedAt);
  while (kills < KILLS) {
    await writeFile(file, freshFile());
    files += 1;
    for (let isDone = false; !isDone && kills < KILLS; ) {
      const known = answered(await readRows());
      server.asked.splice(0);
      const { child, finished } = program.start(['trigger', file, '--endpoint', server.url]);
      await sleep(random.integer(1, startMs));
      child.kill('SIGKILL');
      const { signal, code } = await finished;
      kills += signal === 'SIGKILL' ? 1 : 0;
      killedAtWork += signal === 'SIGKILL' && server.asked.length > 0 ? 1 : 0;
      isDone = code !== null;

      const rows = await readRows();
      expectWhole(rows);
      expect(server.asked.filter((uri) => known.has(uri))).toEqual([]);
      expect([...known].filter((uri) => !answered(rows).has(uri))).toEqual([]);
    }
  }

  expect(killedAtWork).toBeGreaterThan(KILLS / 4);
  expect(files).toBeGreaterThan(1);
  // What a start leaves that is killed in the middle of taking the lock is swept once it is a second old.
  await sleep(1_100);
  const { code } = await program.run(['trigger', file, '--endpoint', server.url]);
  const rows = await readRows();
  expectWhole(rows);
  expect(answered(rows).size).toBe(ROWS);
  expect([0, 1]).toContain(code);
  expect(await readdir(join(program.folder, 'lists'))).toEqual(['playlists.csv']);
}, 240_000);
