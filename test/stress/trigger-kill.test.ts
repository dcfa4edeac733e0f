/** Killed at any moment, the file is whole, and what it calls answered is never asked again. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { createSeededRandom } from '../../local/simulator/seeded-random.ts';
import { type IngestServer, loaded, problem, startIngestServer } from '../support/ingest-server.ts';
import {
  createTriggerProgram,
  type Running,
  type TriggerProgram,
} from '../support/trigger-program.ts';

/** `TRIGGER_KILLS` asks for more; .ci/run does. */
const KILLS = Number(process.env.TRIGGER_KILLS ?? '50');
const ROWS = 100;

const KILLS_A_LANE = 50;
/** Files that are worked on and killed side by side: most of the time of each is waiting for the moment to kill. */
const LANES = Math.ceil(KILLS / KILLS_A_LANE);

type Cells = Record<string, string>;

/** One file, and the API that its rows are sent to. */
type Lane = { readonly folder: string; readonly file: string; readonly server: IngestServer };

type Tally = { readonly killedAtWork: number; readonly files: number };

let program: TriggerProgram;
let lanes: Lane[];

/** Every third row fails for good; every answer takes its time. */
beforeAll(async () => {
  program = await createTriggerProgram();
  lanes = await Promise.all(Array.from({ length: LANES }, (_, lane) => openLane(lane)));
});

afterAll(async () => {
  await Promise.all(lanes.map(({ server }) => server.close()));
  await program.remove();
});

async function openLane(lane: number): Promise<Lane> {
  const folder = join(program.folder, `lists-${lane}`);
  await mkdir(folder);
  const server = await startIngestServer(async (uri) => {
    await sleep(5);
    return uri.endsWith('3') ? problem('PLAYLIST_NOT_FOUND') : loaded(uri);
  });
  return { folder, file: join(folder, 'playlists.csv'), server };
}

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

async function readRows(file: string): Promise<Cells[]> {
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

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

const start = ({ file, server }: Lane): Running =>
  program.start(['trigger', file, '--endpoint', server.url]);

/** Kills starts at random moments, with a new file whenever one is done, until so many were killed. */
async function killStarts(lane: Lane, kills: number, startMs: number): Promise<Tally> {
  const { file, server } = lane;
  const random = createSeededRandom(7 + lanes.indexOf(lane));
  let killed = 0;
  let killedAtWork = 0;
  let files = 0;
  while (killed < kills) {
    await writeFile(file, freshFile());
    files += 1;
    for (let isDone = false; !isDone && killed < kills; ) {
      const known = answered(await readRows(file));
      server.asked.splice(0);
      const { child, finished } = start(lane);
      await sleep(random.integer(1, startMs));
      child.kill('SIGKILL');
      const { signal, code } = await finished;
      killed += signal === 'SIGKILL' ? 1 : 0;
      killedAtWork += signal === 'SIGKILL' && server.asked.length > 0 ? 1 : 0;
      isDone = code !== null;

      const rows = await readRows(file);
      expectWhole(rows);
      expect(server.asked.filter((uri) => known.has(uri))).toEqual([]);
      expect([...known].filter((uri) => !answered(rows).has(uri))).toEqual([]);
    }
  }
  return { killedAtWork, files };
}

/** How long a start takes on this machine, busy as it is: kills are to strike at its beginning, its work and its end. */
async function measureStarts(): Promise<number> {
  const startedAt = Date.now();
  await Promise.all(
    lanes.map(async (lane) => {
      await writeFile(lane.file, freshFile());
      await start(lane).finished;
    }),
  );
  return Math.max(450, Date.now() - startedAt);
}

test(`${KILLS} kills at random moments leave a whole file, and no answered row is asked again`, async () => {
  const startMs = await measureStarts();
  const tallies = await Promise.all(
    lanes.map((lane, index) => killStarts(lane, Math.floor((KILLS + index) / LANES), startMs)),
  );

  expect(sumOf(tallies.map(({ killedAtWork }) => killedAtWork))).toBeGreaterThan(KILLS / 4);
  expect(sumOf(tallies.map(({ files }) => files))).toBeGreaterThan(LANES);
  // What a start leaves that is killed in the middle of taking the lock is swept once it is a second old.
  await sleep(1_100);
  for (const lane of lanes) {
    const { code } = await start(lane).finished;
    const rows = await readRows(lane.file);
    expectWhole(rows);
    expect(answered(rows).size).toBe(ROWS);
    expect([0, 1]).toContain(code);
    expect(await readdir(lane.folder)).toEqual(['playlists.csv']);
  }
});
